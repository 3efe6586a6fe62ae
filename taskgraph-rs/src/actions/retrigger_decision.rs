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
    let task_id = (call.new_id)(&label);
    Ok(Plan { copy: Some(NewTask { label, task_id, definition }), ..Plan::default() })
}
