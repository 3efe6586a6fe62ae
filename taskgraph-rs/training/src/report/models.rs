//! The training kinds that can start from a model, by task.

use indexmap::IndexMap;
use serde::Serialize;

use crate::model;
use crate::model::TrainingExtensions as _;
use crate::pipeline::Training;
use crate::report::command::excerpt;
use taskgraph::generator::Full;
use taskgraph::graph::TaskGraph;
use taskgraph::task::{Label, Task};
use taskgraph_compat::natural_order::natural;
use taskgraph_compat::redact::redact;
use taskgraph_compat::value::{Str, Value};

/// Start of a kind's training.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Variant {
    /// Without a model.
    FromScratch,
    /// Nothing is trained: the model is downloaded and published.
    DownloadOnly,
    /// At the checkpoint of the model.
    Continue,
    /// With the weights of the model.
    Init,
}

/// A training kind and the models that it starts from.
#[derive(Debug, Serialize)]
pub struct KindModels {
    /// The kind.
    pub kind: Str,
    /// Start of its training.
    pub variant: Variant,
    /// The `type` of the config; nothing without a model.
    #[serde(rename = "type")]
    pub model_type: Option<Str>,
    /// Its tasks: one for each member of an ensemble.
    pub members: Vec<Member>,
}

/// A training task.
#[derive(Debug, Serialize)]
pub struct Member {
    /// Its label.
    pub label: Label,
    /// Whether the target stage needs it.
    pub runs: bool,
    /// Url of its model.
    pub url: Option<String>,
    /// Mount point of the model.
    pub directory: Option<Str>,
    /// The files that are mounted.
    pub files: Vec<String>,
    /// Dependencies.
    pub needs: Vec<NamedDependency>,
    /// Names of dependencies that it has no longer, because of the model.
    pub no_longer: Vec<Str>,
    /// The part of its command that shows the model; nothing if nothing is trained.
    pub command: Option<String>,
}

/// A dependency.
#[derive(Debug, Serialize)]
pub struct NamedDependency {
    /// The name that the task has for it.
    pub name: Str,
    /// Its label.
    pub label: Label,
}

/// Returns the start of each training kind, and of each other kind with a task that starts from a model. `scratch` is
/// the graph without models.
pub(crate) fn models(
    training: &Training,
    full: &Full,
    to_run: &TaskGraph,
    scratch: Option<&Full>,
) -> Vec<KindModels> {
    let all = || full.graph.tasks.values();
    let mut kinds: IndexMap<&str, Vec<_>> = training.kinds.iter().map(|kind| (*kind, Vec::new())).collect();
    for task in all().filter(|task| task.extensions.model().is_some()) {
        kinds.entry(&task.kind).or_default();
    }
    for task in all() {
        if let Some(tasks) = kinds.get_mut(&*task.kind) {
            tasks.push(task);
        }
    }
    // How tasks begin that Python has made, nobody has noted.
    let is_native = |kind: &str| !full.in_python.contains_key(kind);
    let kinds = kinds.into_iter().filter(|(kind, tasks)| !tasks.is_empty() && is_native(kind));
    kinds
        .map(|(kind, mut tasks)| {
            tasks.sort_by(|a: &&std::sync::Arc<Task>, b| natural(a.label.as_str(), b.label.as_str()));
            let model = tasks.iter().find_map(|task| task.extensions.model());
            let members = tasks.iter().map(|task| {
                let without = scratch.and_then(|scratch| scratch.graph.tasks.get(&task.label));
                member(task, to_run.tasks.contains_key(&task.label), without.map(|task| &**task))
            });
            KindModels {
                kind: kind.into(),
                variant: model.map_or(Variant::FromScratch, |model| variant(model.variant)),
                model_type: model.map(|model| model.model_type.clone()),
                members: members.collect(),
            }
        })
        .collect()
}

fn variant(variant: model::Variant) -> Variant {
    match variant {
        model::Variant::DownloadOnly => Variant::DownloadOnly,
        model::Variant::Continue => Variant::Continue,
        model::Variant::Init => Variant::Init,
    }
}

fn member(task: &Task, runs: bool, without: Option<&Task>) -> Member {
    let model = task.extensions.model();
    let directory = model.and_then(|model| model.directory.clone());
    let mounted = directory.as_ref().map(|directory| mounted(task, directory)).unwrap_or_default();
    // What a task fetches itself stands in no mount.
    let own = model.filter(|model| model.directory.is_none()).and_then(|model| model.urls.first());
    let is_trained = model.is_none_or(|model| model.variant != model::Variant::DownloadOnly);
    let mut needs: Vec<NamedDependency> = task
        .dependencies
        .iter()
        .map(|(name, label)| NamedDependency { name: name.clone(), label: label.clone() })
        .collect();
    needs.sort_by(|a, b| a.name.cmp(&b.name));
    Member {
        label: task.label.clone(),
        runs,
        url: mounted
            .first()
            .map(|(file, url)| url.strip_suffix(file.as_str()).unwrap_or(url))
            .or(own.map(|url| &**url))
            .map(|url| redact(url.trim_end_matches('/'))),
        directory,
        files: mounted.into_iter().map(|(file, _)| file).collect(),
        needs,
        no_longer: model.map(|model| model.dropped.clone()).unwrap_or_default(),
        command: excerpt(task, without).filter(|_| is_trained).map(|text| redact(&text)),
    }
}

/// The files that a task mounts by url below a directory, and their urls: what the worker will really fetch.
fn mounted(task: &Task, directory: &Str) -> Vec<(String, String)> {
    let mounts = task.definition.get("payload").and_then(|payload| payload.get("mounts")?.as_list());
    let file = |mount: &Value| {
        let file = mount.get("file")?.as_str()?.strip_prefix(&**directory)?.strip_prefix('/')?;
        let url = mount.get("content")?.get("url")?.as_str()?;
        Some((file.to_owned(), url.to_owned()))
    };
    mounts.unwrap_or_default().iter().filter_map(file).collect()
}
