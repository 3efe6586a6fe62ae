//! `rebuild-cached-tasks`: creates again all tasks whose results other pushes use.

use crate::actions::action::{Action, Context, always};
use crate::actions::call::Call;
use crate::actions::create_again::Creation;
use crate::actions::plan::Plan;
use crate::actions::previous_decision::PreviousDecision;
use taskgraph::error::Result;
use taskgraph::task::Task;
use taskgraph_compat::value::Value;

/// The action.
pub(super) const REBUILD_CACHED_TASKS: Action = Action {
    name: "rebuild-cached-tasks",
    callback_name: "rebuild-cached-tasks",
    title: "Rebuild Cached Tasks",
    description: "Rebuild cached tasks.",
    symbol: "rebuild-cached",
    order: 1_000,
    context: Context::Group,
    permission: "rebuild-cached-tasks",
    is_available: always,
    schema: None,
    plan: |call| rebuild(call, |task| task.attributes.get("cached_task").is_some_and(Value::truthy)),
};

/// Plans to create all tasks of the graph anew that `wants` picks.
pub fn rebuild(call: &Call<'_>, wants: impl Fn(&Task) -> bool) -> Result<Plan> {
    let previous = PreviousDecision::fetch(call)?;
    let tasks = previous.graph.tasks.values().filter(|task| wants(task));
    let labels: Vec<_> = tasks.map(|task| task.label.clone()).collect();
    let mut plan = Plan::default();
    plan.note(format!("{} tasks are made anew", labels.len()));
    if !labels.is_empty() {
        let mut creation = Creation::new(call, &previous);
        creation.round("", labels)?;
        creation.finish(&mut plan)?;
    }
    Ok(plan)
}
