//! `add-new-jobs`: creates tasks of the full graph by their labels.

use crate::actions::action::{Action, Context, GENERIC, always};
use crate::actions::call::Call;
use crate::actions::create_again::Creation;
use crate::actions::plan::Plan;
use crate::actions::previous_decision::PreviousDecision;
use crate::actions::times;
use crate::actions::times::TIMES;
use taskgraph::error::Result;
use taskgraph::schema::{STRINGS, Schema, required};
use taskgraph_compat::map;
use taskgraph_compat::value::path::KeyPath;
use taskgraph_compat::value::{Map, Value};

/// The action.
pub(super) const ADD_NEW_JOBS: Action = Action {
    name: "add-new-jobs",
    callback_name: "add-new-jobs",
    title: "Add new jobs",
    description: "Add new jobs using task labels.",
    symbol: "add-new",
    order: 100,
    context: Context::Group,
    permission: GENERIC,
    is_available: always,
    schema: Some(|_| {
        let properties = map! { "tasks" => labels_schema(), "times" => times::schema() };
        Ok(map! { "type" => "object", "properties" => properties }.into())
    }),
    plan,
};

const INPUT: Schema = Schema::Map(&[required("tasks", STRINGS), TIMES]);

/// A list of labels, as a JSON schema.
pub(super) fn labels_schema() -> Map {
    map! {
        "type" => "array",
        "description" => "An array of task labels",
        "items" => map! { "type" => "string" },
    }
}

fn plan(call: &Call<'_>) -> Result<Plan> {
    let input = call.input.checked(&INPUT)?;
    let times = times::read(call, &input, &KeyPath::default())?;
    let previous = PreviousDecision::fetch(call)?;
    let path = KeyPath::dotted("tasks");
    let asked = input.get("tasks").and_then(Value::as_list).unwrap_or_default();
    let asked = asked.iter().enumerate().map(|(index, label)| (path.join(index), label));
    let labels = previous.check_labels(call, asked)?;
    let mut plan = Plan::default();
    let mut creation = Creation::new(call, &previous);
    for round in 0..times {
        creation.round(round.to_string(), labels.iter().cloned())?;
    }
    creation.finish(&mut plan)?;
    Ok(plan)
}
