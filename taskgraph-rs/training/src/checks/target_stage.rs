//! Checks the target stage: whether it exists, and why it selects no task.

use std::collections::{BTreeMap, BTreeSet};

use indexmap::IndexSet;

use crate::model::OnlyHere;
use crate::model::TrainingExtensions as _;
use crate::pipeline::Training;
use crate::report::run::Run;
use taskgraph::diagnostics::{Problem, Severity};
use taskgraph::generator::Project;
use taskgraph::graph::TaskGraph;
use taskgraph::parameters::Params;
use taskgraph::task::Label;
use taskgraph_compat::suggest;
use taskgraph_compat::value::path::KeyPath;
use taskgraph_compat::value::{Map, Value};

/// Refuses a stage that is neither in `valid-stages` of config.yml nor written in a kind. `given` is whether it came
/// from a flag, and so has no place in the config.
pub(crate) fn check(project: &Project, training: &Training, params: &Params, given: bool) -> Option<Problem> {
    let path = KeyPath::dotted(training.stage);
    let stage = params.find(&path)?.as_str()?;
    let stages = stages(project);
    if stages.is_empty() || stages.contains(stage) {
        return None;
    }
    let label = match suggest::nearest(stage, stages.iter().copied()) {
        Some(nearest) => format!("did you mean `{nearest}`?"),
        None => "there is no such stage".into(),
    };
    let problem = Problem::error("unknown-stage", format!("unknown target stage `{stage}`"));
    Some(
        placed(problem, params, &path, label, given)
            .help(format!("the stages are {}", suggest::list(&stages))),
    )
}

/// Builds the problem of a stage that selects no task.
pub(crate) fn selects_nothing(
    training: &Training,
    params: &Params,
    run: &Run,
    given: bool,
) -> Option<Problem> {
    if !run.targets.set.tasks.is_empty() {
        return None;
    }
    let path = KeyPath::dotted(training.stage);
    let stage = params.find(&path).and_then(Value::as_str).unwrap_or_default();
    let locale = |path: &str| params.find(&path.into()).cloned().unwrap_or_default();
    let (src, trg) = (locale(training.src), locale(training.trg));
    let reasons: IndexSet<String> = run
        .full
        .dropped
        .iter()
        .filter(|dropped| dropped.stage.as_deref() == Some(stage))
        .map(|dropped| format!("{}: {}", dropped.kind, dropped.why))
        .collect();
    let label = match reasons.is_empty() {
        true => "no kind makes a task of this stage for this config".into(),
        false => reasons.into_iter().collect::<Vec<_>>().join("; "),
    };
    let there: BTreeSet<&str> = run
        .full
        .graph
        .tasks
        .values()
        .filter(|task| {
            task.attributes.get("src_locale") == Some(&src) && task.attributes.get("trg_locale") == Some(&trg)
        })
        .filter_map(|task| task.attribute("stage"))
        .collect();
    let help = match there.is_empty() {
        true => "no stage has tasks for these languages".into(),
        false => format!("stages that have tasks: {}", there.into_iter().collect::<Vec<_>>().join(", ")),
    };
    let problem = Problem::error("empty-stage", format!("target stage `{stage}` selects no task"));
    Some(placed(problem, params, &path, label, given).help(help))
}

/// Builds the problem of a stage that selects tasks here and none with Python Taskgraph, which may be what runs the
/// decision. It is an error if `by` says that the key because of which it differs has no effect in any other way.
pub(crate) fn selects_nothing_elsewhere(
    training: &Training,
    params: &Params,
    run: &Run,
    given: bool,
    has_no_effect: impl Fn(&KeyPath) -> bool,
) -> Option<Problem> {
    let only_here = only_here(&run.full.graph);
    let targets = &run.targets.set.tasks;
    let first = targets.keys().next().and_then(|label| only_here.get(label))?;
    if !targets.keys().all(|label| only_here.contains_key(label)) {
        return None;
    }
    let path = KeyPath::dotted(training.stage);
    let stage = params.find(&path).and_then(Value::as_str).unwrap_or_default();
    let message = format!("target stage `{stage}` selects no task with Python Taskgraph");
    let ending = if targets.len() == 1 { "" } else { "s" };
    let label = format!("{}; this program would select {} task{ending}", first.why, targets.len());
    let mut problem = Problem::error("empty-stage", message);
    if !has_no_effect(&first.by) {
        problem.severity = Severity::Warning;
    }
    let problem = placed(problem, params, &path, label, given);
    let problem = problem.with(params.place_of_key(&first.by), "because of this model");
    Some(problem.help("ask for another stage, or leave the model out"))
}

/// The tasks that Python Taskgraph does not make, each with why.
fn only_here(full: &TaskGraph) -> BTreeMap<&Label, &OnlyHere> {
    let mut found: BTreeMap<&Label, &OnlyHere> = BTreeMap::new();
    // What a task needs was made before it.
    for (label, task) in &full.tasks {
        let own = task.extensions.reuse().and_then(|reuse| reuse.only_here.as_ref());
        // What is made of such a task alone is not made either; what needs others as well is made without it.
        let mut upstream = task.dependencies.values().map(|needed| found.get(needed).copied());
        let first = upstream.next().flatten().filter(|_| upstream.all(|why| why.is_some()));
        if let Some(why) = own.or(first) {
            found.insert(label, why);
        }
    }
    found
}

fn placed(problem: Problem, params: &Params, path: &KeyPath, label: String, given: bool) -> Problem {
    match given {
        true => problem.at(KeyPath::default(), format!("given with --target-stage: {label}")),
        false => problem.at(params.path_in_file(path), label).in_place(params.place_of_value(path)),
    }
}

fn stages(project: &Project) -> IndexSet<&str> {
    let valid = project.config.get("valid-stages").and_then(Value::as_list).unwrap_or_default();
    let descriptions = project.kinds.values().flat_map(|kind| &kind.descriptions);
    let written = descriptions.filter_map(|description| written(&description.fields));
    // Names with braces are filled in later.
    valid.iter().filter_map(Value::as_str).chain(written.filter(|stage| !stage.contains('{'))).collect()
}

fn written(description: &Map) -> Option<&str> {
    description.get("attributes")?.get("stage")?.as_str()
}
