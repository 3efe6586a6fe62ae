//! The action as such, and how its parts follow each other.

use crate::actions::train::input::TrainInput;
use crate::actions::train::{check, from_stage, from_task_groups, input_schema};
use crate::pipeline_version::PipelineVersion;
use indexmap::IndexMap;
use taskgraph::diagnostics::{Problem, Problems};
use taskgraph::error::Result;
use taskgraph::optimize::existing_tasks;
use taskgraph::parameters::{Layer, Params};
use taskgraph::schema::fields::Fields as _;
use taskgraph::task::Label;
use taskgraph::task::id::TaskId;
use taskgraph_compat::value::path::KeyPath;
use taskgraph_compat::value::{Map, Str, Value};
use taskgraph_decision::actions::{Action, Call, Context, Plan};

/// The parameter that the input becomes.
const PARAMETER: &str = "training_config";

/// The parameter, and the key of the input, that names existing tasks.
const EXISTING: &str = "existing_tasks";

/// The action in trees of December 2024.
pub(crate) const TRAIN_2024: Action = Action {
    name: "train",
    callback_name: "train",
    title: "Train",
    description: "Initiate part or all of the training pipeline",
    symbol: "train",
    order: 500,
    context: Context::Group,
    permission: "train",
    is_available: can_train,
    schema: Some(|project| input_schema::schema(project, PipelineVersion::December2024)),
    plan: |call| plan(call, PipelineVersion::December2024),
};

/// The action in trees of July 2026.
pub(crate) const TRAIN_2026: Action = Action {
    schema: Some(|project| input_schema::schema(project, PipelineVersion::July2026)),
    plan: |call| plan(call, PipelineVersion::July2026),
    ..TRAIN_2024
};

/// The repositories that have machines to train on.
const REPOSITORIES: [&str; 2] = [
    "https://github.com/mozilla/translations",
    "https://github.com/mozilla-releng/staging-firefox-translations-training",
];

/// A fork may not train, but a pull request from it may.
fn can_train(params: &Params) -> bool {
    let is_one = |parameter: &str| REPOSITORIES.contains(&params.text(parameter));
    is_one("head_repository") || is_one("base_repository") && params.is_pull_request()
}

fn plan(call: &Call<'_>, pipeline_version: PipelineVersion) -> Result<Plan> {
    let mut params = asked(call)?;
    let words = check::words(call, &params, pipeline_version)?;
    let mut problems = Vec::new();
    let input = TrainInput::take(&mut params, pipeline_version, &mut problems);
    problems.extend(check::config(call, &params, pipeline_version));
    // A second opinion about the same value only confuses.
    let wrong = problems.iter().filter(|one| one.is_error() && one.code != "missing-key");
    let known: Vec<KeyPath> = wrong.map(|one| one.path.clone()).collect();
    problems.extend(words.into_iter().filter(|word| !known.contains(&word.path)));
    if problems.iter().any(Problem::is_error) {
        let others = check::others(call, &params, &problems)?.into_iter();
        // That nothing reads a key that nobody knows says less.
        let is_new = |one: &Problem| problems.iter().all(|known| known.path != one.path);
        let others: Vec<Problem> = others.filter(|one| one.code != "no-effect" || is_new(one)).collect();
        problems.extend(others);
        return Err(Problems(problems).distinct().into());
    }
    let mut plan = Plan { warnings: problems, ..Plan::default() };
    let mut existing = match pipeline_version {
        PipelineVersion::December2024 => from_stage::existing_tasks(call, &params, &input, &mut plan)?,
        PipelineVersion::July2026 => from_task_groups::existing_tasks(call, &params, &input, &mut plan)?,
    }
    // Without groups, those of the decision itself stay.
    .map_or_else(|| existing_tasks(call.params), Ok)?;
    // What is wrong with one of them is reported where it is named.
    plan.found_tasks =
        existing.keys().filter(|label| !input.existing.contains_key(*label)).cloned().collect();
    let written = (!input.existing.is_empty()).then_some(call.input.document.as_ref()).flatten();
    replace(&mut existing, input.existing, &mut plan);
    let existing = existing.iter().map(|(label, task)| (Str::clone(label.text()), task.text().into()));
    let existing = existing.collect::<Map>();
    match written {
        None => params.values_mut().put(EXISTING, existing),
        Some(document) => {
            let path = KeyPath::dotted(EXISTING);
            let own = Layer { document: document.clone(), inside: path.clone(), mount: path };
            params.replace(EXISTING, existing.into(), own);
        }
    }
    plan.decide = Some(params);
    Ok(plan)
}

/// The parameters of the decision with the input in the place of the training config. Only the input is a text that
/// somebody can look at.
fn asked(call: &Call<'_>) -> Result<Params> {
    let mut values = call.params.values().clone();
    values.put(
        PARAMETER,
        if call.input.value == Value::Null { Value::map() } else { call.input.value.clone() },
    );
    values.put("target_tasks_method", "train-target-tasks");
    values.put("optimize_target_tasks", true);
    values.put("tasks_for", "action");
    let mount = KeyPath::dotted(PARAMETER);
    let layers = call.input.document.iter().map(|document| Layer {
        document: document.clone(),
        inside: KeyPath::default(),
        mount: mount.clone(),
    });
    let mut params = Params::new(values, layers.collect());
    call.project.extension.normalize(&mut params);
    Ok(params)
}

/// Tasks that the input names go before those that were found.
fn replace(existing: &mut IndexMap<Label, TaskId>, given: IndexMap<Label, TaskId>, plan: &mut Plan) {
    for (label, task) in given {
        if let Some(old) = existing.insert(label.clone(), task.clone()).filter(|old| *old != task) {
            plan.note(format!("{label}: `{task}` stands in, as the input says, and not `{old}`"));
        }
    }
    if !existing.is_empty() {
        plan.note(format!("{} existing tasks may stand in for tasks of the graph", existing.len()));
    }
}
