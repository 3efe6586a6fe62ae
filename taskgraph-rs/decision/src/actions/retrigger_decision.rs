//! `retrigger` for decision, action and cron tasks: creates the same task again.

use crate::actions::action::{Action, Context};
use crate::actions::call::{Call, name_of};
use crate::actions::plan::Plan;
use crate::actions::relative_times::relative;
use crate::actions::retrigger::RETRIGGER;
use taskgraph::error::Result;
use taskgraph::schema::fields::Fields;
use taskgraph::task::Label;
use taskgraph::task::id::TaskId;
use taskgraph_taskcluster::NewTask;

/// The action. Its task may lack the scopes that the new one needs.
pub(super) const RETRIGGER_DECISION: Action = Action {
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
