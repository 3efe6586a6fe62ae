//! `retrigger`: creates a task of the graph again, on request with all tasks that depend on it.

use indexmap::IndexSet;

use crate::actions::action::{Action, Context, GENERIC, always};
use crate::actions::call::{Call, name_of};
use crate::actions::create_again::Creation;
use crate::actions::plan::Plan;
use crate::actions::previous_decision::PreviousDecision;
use crate::actions::times;
use crate::actions::times::TIMES;
use taskgraph::diagnostics::{Problem, Problems};
use taskgraph::error::Result;
use taskgraph::graph::TaskGraph;
use taskgraph::schema::fields::Fields;
use taskgraph::schema::{Schema, optional};
use taskgraph::task::Label;
use taskgraph_compat::map;
use taskgraph_compat::value::path::KeyPath;
use taskgraph_compat::value::{Map, Value};

/// The action for tasks that may be retriggered.
pub(super) const RETRIGGER: Action = Action {
    name: "retrigger",
    callback_name: "retrigger",
    title: "Retrigger",
    description: "Create a clone of the task.",
    symbol: "rt",
    order: 19,
    context: Context::Tagged(&[("retrigger", "true")]),
    permission: GENERIC,
    is_available: always,
    schema: Some(|_| Ok(object(properties()))),
    plan,
};

/// The action for all other tasks: it needs to be forced.
pub(super) const RETRIGGER_DISABLED: Action = Action {
    callback_name: "retrigger-disabled",
    title: "Retrigger (disabled)",
    description: "Create a clone of the task.\n\n\
                  This type of task should typically be re-run instead of re-triggered.",
    order: 20,
    context: Context::AnyTask,
    schema: Some(|_| {
        let mut properties = properties();
        let description =
            "This task should not be re-triggered. This can be overridden by passing `true` here.";
        properties
            .put("force", map! { "type" => "boolean", "default" => false, "description" => description });
        Ok(object(properties))
    }),
    ..RETRIGGER
};

const INPUT: Schema =
    Schema::Map(&[optional("downstream", Schema::Bool), optional("force", Schema::Bool), TIMES]);

fn properties() -> Map {
    let description = "If true, downstream tasks from this one will be cloned as well. \
                       The dependencies will be updated to work with the new task at the root.";
    map! {
        "downstream" => map! { "type" => "boolean", "description" => description, "default" => false },
        "times" => times::schema(),
    }
}

fn object(properties: Map) -> Value {
    map! { "type" => "object", "properties" => properties }.into()
}

/// Whether a label may be retriggered. What the graph does not have may not.
pub(super) fn is_retriggerable(graph: &TaskGraph, label: &str) -> bool {
    graph.tasks.get(label).is_some_and(|task| task.attributes.get("retrigger").is_some_and(Value::truthy))
}

fn plan(call: &Call<'_>) -> Result<Plan> {
    let input = call.input.checked(&INPUT)?;
    let times = times::read(call, &input, &KeyPath::default())?;
    let definition = call.definition()?;
    let name = name_of(&definition);
    let previous = PreviousDecision::of_task(call, &definition)?;
    let Some(label) = previous.graph.tasks.get_key_value(name).map(|(label, _)| label) else {
        let message = format!("`{name}` is not a task of the graph that `{}` decided", previous.decision);
        return Err(Problems::from(Problem::error("no-task", message)).into());
    };
    if !input.is_set("force") && !is_retriggerable(&previous.graph, name) {
        let message =
            format!("`{label}` is not to be retriggered: its attribute `retrigger` does not say so");
        let help = "rerun it, or pass `force: true`";
        return Err(Problems::from(Problem::error("no-retrigger", message).help(help)).into());
    }
    let mut to_run = IndexSet::from([label.clone()]);
    if input.is_set("downstream") {
        // Only what there is already: a task that was never created needs no new one.
        let known = |label: &Label| previous.label_to_taskid.contains_key(label);
        to_run = previous.graph.dependents(&to_run).into_iter().filter(known).collect();
    }
    let mut plan = Plan::default();
    let with = if input.is_set("downstream") { ", with all that came out of it" } else { "" };
    plan.note(format!("{label}: {times} new{with}"));
    let mut creation = Creation::new(call, &previous);
    for round in 0..times {
        creation.round(round.to_string(), to_run.iter().cloned())?;
    }
    creation.finish(&mut plan)?;
    Ok(plan)
}
