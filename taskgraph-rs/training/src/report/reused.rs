//! Inputs that earlier runs have made: the task that fetches each, the tasks that it replaces, the dependencies that
//! it moves.
//!
//! Transforms record all of it; this module groups it by the key of the config.

use indexmap::IndexMap;
use serde::Serialize;

use crate::model::MovedDependency;
use crate::model::TrainingExtensions as _;
use crate::pipeline::ProvidedInput;
use crate::report::run::Run;
use taskgraph::diagnostics::Problem;
use taskgraph::extension::Extension;
use taskgraph::parameters::Params;
use taskgraph::task::{Label, Task};
use taskgraph_compat::natural_order::natural;
use taskgraph_compat::redact::redact;
use taskgraph_compat::value::Str;
use taskgraph_compat::value::path::KeyPath;

/// Something that an earlier run has made: a model, a corpus, a vocabulary.
#[derive(Debug, Serialize)]
pub struct ReusedInput {
    /// The path of its key in the training config.
    pub path: String,
    /// Sort of the input: `model`, `corpus`, `vocabulary`.
    pub what: &'static str,
    /// Urls of its files.
    pub urls: Vec<NamedUrl>,
    /// The tasks that bring it into the graph.
    pub brought_by: Vec<SupplyingTask>,
    /// Use of the input.
    pub usage: Usage,
    /// Kinds that make nothing any more, or less, because of it.
    pub gone: Vec<RemovedKind>,
    /// Dependencies that have moved because of it.
    pub moved: Vec<Dependency>,
}

/// The url of a file or a folder.
#[derive(Debug, Serialize)]
pub struct NamedUrl {
    /// Its key, below that of the whole: `src`, `urls[0]`.
    pub name: String,
    /// The url.
    pub url: String,
}

/// A task that brings something into the graph.
#[derive(Debug, Serialize)]
pub struct SupplyingTask {
    /// Its label.
    pub label: Label,
    /// Whether it runs: what is asked for needs it.
    pub runs: bool,
}

/// Use of an input.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Usage {
    /// The target tasks need it.
    Used,
    /// Tasks need it that are not asked for.
    NotAskedFor,
    /// No task needs it.
    Unused,
}

/// A kind that makes less than it would.
#[derive(Debug, Serialize)]
pub struct RemovedKind {
    /// The kind.
    pub kind: Str,
    /// The stages of its tasks that are not made.
    pub stages: Vec<Str>,
    /// Whether it makes no task at all.
    pub wholly: bool,
    /// Reason.
    pub why: String,
}

/// A dependency that has moved.
#[derive(Debug, Serialize)]
pub struct Dependency {
    /// The former dependency.
    pub from: Str,
    /// The new dependency; `None` if the former one is only removed.
    pub to: Option<Str>,
    /// The tasks whose dependency it is.
    pub tasks: Vec<Label>,
}

/// Everything that the parameters hand in, in the order of the extension.
pub(crate) fn reused(extension: &Extension, params: &Params, run: &Run) -> Vec<ReusedInput> {
    let given = crate::pipeline::given(extension, params);
    given.iter().map(|given| one(given, params, run)).collect()
}

fn one(given: &ProvidedInput, params: &Params, run: &Run) -> ReusedInput {
    let tasks = || run.full.graph.tasks.values();
    let bringing: Vec<&Task> =
        tasks().map(|task| &**task).filter(|task| brings(task) == Some(&given.path)).collect();
    let mut brought_by: Vec<SupplyingTask> = bringing
        .iter()
        .map(|task| SupplyingTask { label: task.label.clone(), runs: runs(run, &task.label) })
        .collect();
    brought_by.sort_by(|a, b| natural(a.label.as_str(), b.label.as_str()));
    let usage = match () {
        () if brought_by.iter().any(|task| task.runs) => Usage::Used,
        () if bringing.iter().any(|task| is_needed(run, &task.label)) => Usage::NotAskedFor,
        () => Usage::Unused,
    };
    let url = |(path, url): &(KeyPath, Str)| NamedUrl { name: path.to_string(), url: redact(url) };
    ReusedInput {
        path: params.path_in_file(&given.path).to_string(),
        what: given.what,
        urls: given.urls.iter().map(url).collect(),
        brought_by,
        usage,
        gone: gone(&given.path, run),
        moved: moved(&given.path, run),
    }
}

fn brings(task: &Task) -> Option<&KeyPath> {
    task.extensions.reuse()?.brings.as_ref()
}

fn runs(run: &Run, label: &Label) -> bool {
    run.targets.graph.tasks.contains_key(label)
}

/// Whether any task of the full graph needs `label`.
fn is_needed(run: &Run, label: &Label) -> bool {
    run.full.graph.tasks.values().any(|task| task.dependencies.values().any(|needed| needed == label))
}

/// The kinds of which tasks are gone because of what stands at `path`.
fn gone(path: &KeyPath, run: &Run) -> Vec<RemovedKind> {
    let mut kinds: IndexMap<&Str, (Vec<Str>, String)> = IndexMap::new();
    for dropped in run.full.dropped.iter().filter(|dropped| dropped.by.as_ref() == Some(path)) {
        let (stages, _) = kinds.entry(&dropped.kind).or_insert_with(|| (Vec::new(), dropped.why.clone()));
        if let Some(stage) = dropped.stage.as_ref().filter(|stage| !stages.contains(stage)) {
            stages.push(stage.clone());
        }
    }
    let is_left = |kind: &Str| run.full.graph.tasks.values().any(|task| task.kind == *kind);
    kinds
        .into_iter()
        .map(|(kind, (stages, why))| RemovedKind { kind: kind.clone(), stages, wholly: !is_left(kind), why })
        .collect()
}

/// Dependencies that moved because of what stands at `path`, each with its tasks.
fn moved(path: &KeyPath, run: &Run) -> Vec<Dependency> {
    let mut folded: IndexMap<(&Str, &Option<Str>), Vec<Label>> = IndexMap::new();
    for task in run.full.graph.tasks.values() {
        let moved = task.extensions.reuse().into_iter().flat_map(|reuse| &reuse.moved);
        for MovedDependency { from, to, .. } in moved.filter(|moved| moved.by == *path) {
            folded.entry((from, to)).or_default().push(task.label.clone());
        }
    }
    let dependency = |((from, to), mut tasks): ((&Str, &Option<Str>), Vec<Label>)| {
        tasks.sort_by(|a, b| natural(a.as_str(), b.as_str()));
        Dependency { from: from.clone(), to: to.clone(), tasks }
    };
    folded.into_iter().map(dependency).collect()
}

/// Warns of what is handed in and not used. `stage` is the target stage, if targets are chosen by it.
pub(crate) fn not_used(
    extension: &Extension,
    params: &Params,
    run: &Run,
    stage: Option<&str>,
) -> Vec<Problem> {
    let given = crate::pipeline::given(extension, params);
    let inputs = given.iter().filter_map(|given| {
        let reused = one(given, params, run);
        let supplier = reused.brought_by.first().map(|task| format!("`{}`", task.label));
        let (message, label) = match (reused.usage, supplier, stage) {
            (Usage::Used, ..) => return None,
            // Whoever knows why nothing takes a model has said it.
            (Usage::Unused, None, _) if given.what == "model" => return None,
            (Usage::Unused, None, _) => {
                (format!("no task takes this {}", given.what), "no task of the graph brings it in".into())
            }
            (Usage::Unused, Some(task), _) => (
                format!("no task needs this {}", given.what),
                format!("{task} would bring it in, but nothing depends on that task"),
            ),
            (Usage::NotAskedFor, task, Some(stage)) => (
                format!("target stage `{stage}` does not need this {}", given.what),
                format!("{} brings it in, and is not run", task.unwrap_or_default()),
            ),
            (Usage::NotAskedFor, task, None) => (
                format!("what is asked for does not need this {}", given.what),
                format!("{} brings it in, and is not run", task.unwrap_or_default()),
            ),
        };
        let place = params.place_of_key(&given.path);
        Some(Problem::warning("unused", message).at(params.path_in_file(&given.path), label).in_place(place))
    });
    inputs.collect()
}
