//! `retrigger-multiple`: retriggers tasks that allow it, and reruns the others.

use indexmap::IndexSet;

use crate::actions::action::{Action, Context};
use crate::actions::add_new_jobs::labels_schema;
use crate::actions::call::Call;
use crate::actions::create_again::Creation;
use crate::actions::plan::Plan;
use crate::actions::previous_decision::PreviousDecision;
use crate::actions::rerun::rerun;
use crate::actions::retrigger::{RETRIGGER, is_retriggerable};
use crate::actions::times;
use crate::actions::times::TIMES;
use taskgraph::diagnostics::Problems;
use taskgraph::error::{Error, Result};
use taskgraph::schema::fields::Fields;
use taskgraph::schema::{STRINGS, Schema, optional, required};
use taskgraph::task::Label;
use taskgraph_compat::map;
use taskgraph_compat::value::Value;
use taskgraph_compat::value::path::KeyPath;

/// The action.
pub(super) const RETRIGGER_MULTIPLE: Action = Action {
    name: "retrigger-multiple",
    callback_name: "retrigger-multiple",
    order: 10_000,
    context: Context::Group,
    schema: Some(|project| Ok(schema(project.config.version.has_form_of_requests()))),
    plan,
    ..RETRIGGER
};

const REQUEST: Schema = Schema::Map(&[required("tasks", STRINGS), TIMES]);

const INPUT: Schema = Schema::Map(&[optional("requests", Schema::List(&REQUEST))]);

/// Python: until 17.0 the schema has keywords where names of keys belong, and so fits no request. What is checked is `INPUT`.
fn schema(fits: bool) -> Value {
    let mut times = times::schema();
    times.take("default");
    let mut items = map! { "tasks" => labels_schema(), "times" => times };
    if fits {
        items = map! { "type" => "object", "properties" => items };
    }
    items.put("additionalProperties", false);
    let properties = map! {
        "requests" => map! { "type" => "array", "items" => items },
        "additionalProperties" => false,
    };
    map! { "type" => "object", "properties" => properties }.into()
}

/// One request, checked.
struct Request {
    again: Vec<Label>,
    retrigger: Vec<Label>,
    times: i64,
}

fn plan(call: &Call<'_>) -> Result<Plan> {
    let input = call.input.checked(&INPUT)?;
    let previous = PreviousDecision::fetch(call)?;
    let requests = requests(call, &previous, input.get("requests").and_then(Value::as_list))?;
    let mut plan = Plan::default();
    let mut creation = Creation::new(call, &previous);
    let again: IndexSet<&Label> = requests.iter().flat_map(|request| &request.again).collect();
    for label in again {
        let task = &previous.label_to_taskid[label];
        let definition = call.service.definition(task)?.unwrap_or_default();
        rerun(call, task, label.as_str(), &definition, &mut plan)?;
    }
    for (index, request) in requests.iter().enumerate() {
        for round in 0..request.times {
            creation.round(format!("{index}-{round}"), request.retrigger.iter().cloned())?;
        }
    }
    creation.finish(&mut plan)?;
    Ok(plan)
}

/// Looks at all requests before anything is done about one.
fn requests(call: &Call<'_>, previous: &PreviousDecision, given: Option<&[Value]>) -> Result<Vec<Request>> {
    let mut problems = Vec::new();
    let mut requests = Vec::new();
    for (index, request) in given.unwrap_or_default().iter().enumerate() {
        let path = KeyPath::dotted("requests").join(index);
        let Some(map) = request.as_map() else { continue };
        let labels = map.get("tasks").and_then(Value::as_list).unwrap_or_default().iter().enumerate();
        let paths = path.join("tasks");
        let labels = labels.map(|(index, label)| (paths.join(index), label));
        let (times, labels) = (times::read(call, map, &path), previous.check_labels(call, labels));
        match (times, labels) {
            (Ok(times), Ok(labels)) => {
                let may = |label: &Label| is_retriggerable(&previous.graph, label.as_str());
                let (retrigger, again) = labels.into_iter().partition::<Vec<Label>, _>(may);
                problems.extend(
                    again.iter().filter(|label| !previous.label_to_taskid.contains_key(*label)).map(
                        |label| {
                            let message = format!("there is no task of `{label}` that could be rerun");
                            call.input.refused(
                                &paths,
                                message,
                                "it was never created, and may not be retriggered",
                            )
                        },
                    ),
                );
                requests.push(Request { again, retrigger, times });
            }
            (times, labels) => {
                problems.extend(times.err().into_iter().flat_map(|found| found.0));
                problems.extend(labels.err().map(Error::into_problems).transpose()?.into_iter().flatten());
            }
        }
    }
    Problems(problems).check()?;
    Ok(requests)
}
