//! `rerun`: runs a failed task again, under the same task ID.

use std::time::SystemTime;

use indexmap::IndexSet;

use crate::actions::action::{Action, Context, GENERIC, always};
use crate::actions::call::{Call, name_of};
use crate::actions::plan::Plan;
use crate::actions::previous_decision::{find_decision, group_of, labels, later_tasks};
use taskgraph::diagnostics::{Problem, Problems};
use taskgraph::error::Result;
use taskgraph::task::id::TaskId;
use taskgraph_compat::map;
use taskgraph_compat::time::parse_json_date;
use taskgraph_compat::value::Value;

/// The states from which a task may be rerun.
const STATES: [&str; 2] = ["exception", "failed"];

/// The action.
pub(super) const RERUN: Action = Action {
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
    let deciders = deciders(call)?;
    if !is_made_by(call, &deciders, &definition)? && !stands_for_a_label(call, &deciders, task)? {
        let message =
            format!("`{name}` is not rerun: `{task}` was made by no decision or action of this push");
        let known = deciders.iter().map(|task| format!("`{task}`"));
        let help = format!("these are asked for what they made: {}", known.collect::<Vec<_>>().join(", "));
        return Err(Problems::from(Problem::error("foreign-task", message).help(help)).into());
    }
    let mut plan = Plan::default();
    rerun(call, task, name, &definition, &mut plan)?;
    Ok(plan)
}

/// The tasks that decided something about the push: the decision, its actions and scheduled ones, and whoever decided on
/// the group of this action.
fn deciders(call: &Call<'_>) -> Result<IndexSet<TaskId>> {
    let mut deciders: IndexSet<TaskId> = call.group.iter().cloned().collect();
    deciders.insert(find_decision(call, call.group.as_ref())?);
    deciders.extend(later_tasks(call)?);
    Ok(deciders)
}

/// Whether a task was made by one of these, or by an action in one of their groups. Nobody else can put a task into
/// such a group: that takes the scope of its scheduler.
fn is_made_by(call: &Call<'_>, deciders: &IndexSet<TaskId>, definition: &Value) -> Result<bool> {
    let is_in_group =
        |definition: &Value| group_of(definition).is_some_and(|group| deciders.contains(&group));
    let parent = definition.get("extra").and_then(|extra| extra.get("parent")?.as_str());
    let Some(parent) = parent.and_then(|parent| TaskId::parse(parent).ok()) else { return Ok(false) };
    if !is_in_group(definition) || deciders.contains(&parent) {
        return Ok(is_in_group(definition));
    }
    // Actions on pull requests stand in no index.
    let made = call.service.definition(&parent)?;
    let kind = |made: &Value| made.get("tags").and_then(|tags| tags.get("kind")?.as_str().map(str::to_owned));
    Ok(made.is_some_and(|made| is_in_group(&made) && kind(&made).as_deref() == Some("action-callback")))
}

/// Whether one of these says that the task stands for a label, wherever it was made.
fn stands_for_a_label(call: &Call<'_>, deciders: &IndexSet<TaskId>, task: &TaskId) -> Result<bool> {
    for decider in deciders {
        if labels(call, decider)?.unwrap_or_default().values().any(|known| known == task) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Plans to rerun a task, unless its state says that there is no need.
pub(super) fn rerun(
    call: &Call<'_>,
    task: &TaskId,
    name: &str,
    definition: &Value,
    plan: &mut Plan,
) -> Result<()> {
    let state = call.service.state(task)?;
    let state = state.as_deref().unwrap_or("unknown");
    if !STATES.contains(&state) {
        plan.note(format!("{name} is not rerun: its state is `{state}`"));
        return Ok(());
    }
    let deadline = definition.get("deadline").and_then(Value::as_str);
    if let Some(deadline) = deadline.filter(|deadline| is_over(deadline, call.now)) {
        let message = format!("`{name}` (`{task}`) cannot be rerun: its deadline was {deadline}");
        let help = "the queue starts no task after its deadline; retrigger it";
        return Err(Problems::from(Problem::error("deadline", message).help(help)).into());
    }
    plan.rerun.push(task.clone());
    Ok(())
}

fn is_over(deadline: &str, now: SystemTime) -> bool {
    let now = now.duration_since(SystemTime::UNIX_EPOCH).map_or(0, |since| since.as_micros());
    parse_json_date(deadline).is_some_and(|deadline| i128::from(deadline) < now as i128)
}
