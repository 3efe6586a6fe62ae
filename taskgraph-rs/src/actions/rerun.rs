//! `rerun`: runs a task that failed once more, under the same id.

use anyhow::Result;

use super::action::{Action, Context, GENERIC, always};
use super::call::{Call, name_of};
use super::plan::Plan;
use super::previous::Previous;
use crate::map;
use crate::problem::{Problem, Problems};
use crate::task_id::TaskId;
use crate::value::Value;

/// The states from which a task may be rerun.
const STATES: [&str; 2] = ["exception", "failed"];

/// The action.
pub const RERUN: Action = Action {
    name: "rerun",
    callback_name: "rerun",
    title: "Rerun",
    description: "Rerun a task.\n\n\
                  This only works on failed or exception tasks in the original taskgraph, and is CoT friendly.",
    symbol: "rr",
    order: 300,
    context: Context::AnyTask,
    permission: GENERIC,
    is_available: always,
    schema: Some(|_| Ok(map! { "type" => "object", "properties" => Value::map() }.into())),
    plan,
};

fn plan(call: &Call<'_>) -> Result<Plan> {
    let task = call.task()?;
    let definition = call.definition()?;
    let name = name_of(&definition);
    let previous = Previous::fetch(call)?;
    if !previous.label_to_taskid.values().any(|known| known == task) {
        let message =
            format!("`{name}` is not rerun: `{task}` is no task of the decision `{}`", previous.decision);
        let help =
            "only tasks that the decision or its actions made, and that stand for their labels, are rerun";
        return Err(Problems::from(Problem::error("foreign-task", message).help(help)).into());
    }
    let mut plan = Plan::default();
    rerun(call, task, name, &mut plan)?;
    Ok(plan)
}

/// Plans to rerun a task, unless its state says that there is no need.
pub fn rerun(call: &Call<'_>, task: &TaskId, name: &str, plan: &mut Plan) -> Result<()> {
    let state = call.service.state(task)?;
    let state = state.as_deref().unwrap_or("unknown");
    match STATES.contains(&state) {
        true => plan.rerun.push(task.clone()),
        false => plan.note(format!("{name} is not rerun: its state is `{state}`")),
    }
    Ok(())
}
