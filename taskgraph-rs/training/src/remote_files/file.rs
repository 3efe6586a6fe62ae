//! The files that tasks mount by url, and those that a config hands in.

use crate::model::TrainingExtensions as _;
use crate::model::Variant;
use crate::pipeline::TrainingPipeline;
use taskgraph::extension::Extension;
use taskgraph::graph::TaskGraph;
use taskgraph::parameters::Params;
use taskgraph::task::{Label, Task};
use taskgraph_compat::value::path::KeyPath;
use taskgraph_compat::value::{Str, Value};

/// A file that a run would fetch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remote {
    /// The key among the parameters that asks for it.
    pub path: KeyPath,
    /// Where it lies.
    pub url: String,
    /// What it is called in its folder.
    pub file: String,
    /// The task that mounts it; nothing if it is handed in as it is.
    pub task: Option<Label>,
    /// The kind of that task.
    pub kind: Option<Str>,
    /// What becomes of the model that it belongs to.
    pub variant: Option<Variant>,
}

impl Remote {
    /// The folder that it lies in.
    pub fn folder(&self) -> &str {
        self.url.strip_suffix(&*self.file).unwrap_or(&self.url)
    }
}

/// All files of a graph, in the order of the config and of the tasks.
pub fn remotes(extension: &Extension, params: &Params, graph: &TaskGraph) -> Vec<Remote> {
    let given = crate::pipeline::given(extension, params);
    let mut all = Vec::new();
    for given in given {
        for (key, url) in &given.urls {
            let path = given.path.concat(key);
            if given.what != "model" {
                let file = url.rsplit('/').next().unwrap_or_default().to_owned();
                let url = url.to_string();
                all.push(Remote { path, url, file, task: None, kind: None, variant: None });
                continue;
            }
            let folder = format!("{}/", url.trim_end_matches('/'));
            for task in graph.tasks.values() {
                all.extend(mounted(task, &folder).into_iter().map(|url| Remote {
                    path: path.clone(),
                    file: url[folder.len()..].to_owned(),
                    url,
                    task: Some(task.label.clone()),
                    kind: Some(task.kind.clone()),
                    variant: task.extensions.model().map(|model| model.variant),
                }));
            }
        }
    }
    all
}

/// The files of datasets that are named by their urls, in the order of the config; none if no task of the graph is for
/// such a dataset.
pub fn dataset_files(extension: &Extension, params: &Params, graph: &TaskGraph) -> Vec<Remote> {
    let is_for_url = |task: &Task| task.attribute("provider") == Some("url");
    let pipeline = TrainingPipeline::of(extension);
    let Some(files) = pipeline
        .map(|pipeline| pipeline.dataset_files)
        .filter(|_| graph.tasks.values().any(|task| is_for_url(task)))
    else {
        return Vec::new();
    };
    let remote = |(path, url): (KeyPath, String)| {
        let file = url.rsplit('/').next().unwrap_or_default().to_owned();
        Remote { path, url, file, task: None, kind: None, variant: None }
    };
    files(params).into_iter().map(remote).collect()
}

/// The urls below a folder that a task mounts.
fn mounted(task: &Task, folder: &str) -> Vec<String> {
    let mounts = task.definition.get("payload").and_then(|payload| payload.get("mounts")?.as_list());
    let urls = mounts.unwrap_or_default().iter().filter_map(|mount| mount.get("content")?.get("url"));
    urls.filter_map(Value::as_str).filter(|url| url.starts_with(folder)).map(str::to_owned).collect()
}
