//! `retrigger` for decision, action and cron tasks: the same task once more.

use anyhow::Result;

use super::action::{Action, Context};
use super::call::{Call, name_of};
use super::plan::Plan;
use super::relative::relative;
use super::retrigger::RETRIGGER;
use crate::fields::Fields;
use crate::submit::NewTask;
use crate::task::Label;
use crate::task_id::TaskId;

/// The action. Its task may lack the scopes that the new one needs.
pub const RETRIGGER_DECISION: Action = Action {
    callback_name: "retrigger-decision",
    description: "Create a clone of the task (retriggering decision, action, and cron tasks requires\n\
                  special scopes).",
    order: 11,
    context: Context::Tagged(&[
        ("kind", "decision-task"),
        ("kind", "action-callback"),
        ("kind", "cron-task"),
    ]),
    permission: "retrigger-decision",
    schema: None,
    plan,
    ..RETRIGGER
};

fn plan(call: &Call<'_>) -> Result<Plan> {
    let definition = call.definition()?;
    let label = Label::parse(&name_of(&definition).into())?;
    let mut definition = relative(definition.as_map().unwrap_or(&Default::default()));
    definition.put("schedulerId", call.scheduler_id());
    let task_id = match &call.own {
        // An earlier run of the action's task may have created it.
        Some(own) => TaskId::made_of(call.task()?, own),
        None => (call.new_id)(&label),
    };
    let mut plan = Plan::default();
    if call.own.is_some() && call.service.state(&task_id)?.is_some() {
        plan.note(format!("{label} ({task_id}) was created by an earlier run of this task"));
    } else {
        plan.copy = Some(NewTask { label, task_id, definition });
    }
    Ok(plan)
}
