//! `cancel` and `cancel-all`: cancel tasks that have not ended.

use crate::actions::action::{Action, Context, GENERIC, always};
use crate::actions::call::Call;
use crate::actions::plan::Plan;
use taskgraph::diagnostics::{Problem, Problems};
use taskgraph::error::Result;

/// The action for one task.
pub(super) const CANCEL: Action = Action {
    name: "cancel",
    callback_name: "cancel",
    title: "Cancel Task",
    description: "Cancel the given task",
    symbol: "cx",
    order: 350,
    context: Context::AnyTask,
    permission: GENERIC,
    is_available: always,
    schema: None,
    plan: |call| Ok(Plan { cancel: vec![call.task()?.clone()], ..Plan::default() }),
};

/// The action for a whole group.
pub(super) const CANCEL_ALL: Action = Action {
    name: "cancel-all",
    callback_name: "cancel-all",
    title: "Cancel All",
    description: "Cancel all running and pending tasks created by the decision task this action task is \
                  associated with.",
    symbol: "cAll",
    order: 400,
    context: Context::Group,
    plan: plan_all,
    ..CANCEL
};

/// The states in which a task can be cancelled.
const OPEN: [&str; 3] = ["running", "pending", "unscheduled"];

fn plan_all(call: &Call<'_>) -> Result<Plan> {
    let group = call.group()?;
    let Some(members) = call.service.group(group)? else {
        let message = format!("there is no task group `{group}`");
        return Err(Problems::from(Problem::error("no-group", message)).into());
    };
    let mut plan = Plan::default();
    // The action itself is a task of the group.
    let open = members.iter().filter(|member| OPEN.contains(&&*member.state));
    plan.cancel
        .extend(open.map(|member| member.task_id.clone()).filter(|task| call.own.as_ref() != Some(task)));
    plan.note(format!("{} of {} tasks of the group are open", plan.cancel.len(), members.len()));
    Ok(plan)
}
