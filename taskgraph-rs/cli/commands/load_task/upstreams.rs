//! Fetches of a task from its dependencies: from the folder of artifacts, or else from Taskcluster.

use crate::commands::load_image::in_index;
use crate::commands::load_task::artifacts::Store;
use crate::commands::load_task::definition::Task;
use crate::commands::load_task::known_tasks::KnownTasks;
use crate::commands::load_task::payload::FETCHES;
use crate::commands::load_task::plain_path::is_plain;
use crate::output_medium::one_line;
use crate::progress::connect_for_a_look;
use anstream::eprintln;
use indexmap::IndexMap;
use serde_json::{Map as JsonMap, Value as Json};
use std::cell::OnceCell;
use std::path::PathBuf;
use taskgraph::diagnostics::{Problem, Problems};
use taskgraph::error::Result;
use taskgraph::graph::TaskGraph;
use taskgraph::task::Label;
use taskgraph::task::id::TaskId;
use taskgraph_taskcluster::Taskcluster;

/// Fetches of a task.
pub(super) struct Fetches {
    /// The artifacts, by the label of their task; each label with the id that stands for it in the task.
    wanted: IndexMap<Label, (TaskId, Vec<String>)>,
    /// The value of the variable that says so.
    pub variable: String,
}

impl Fetches {
    /// Returns the fetches of a task of a graph; nothing for other tasks, which fetch from Taskcluster themselves.
    pub(super) fn read(task: &Task, env: &IndexMap<String, String>) -> Result<Option<Self>> {
        let Some(text) = env.get(FETCHES).filter(|_| !task.upstreams.is_empty()) else { return Ok(None) };
        let refuse = |what: String| {
            let message = format!("`{FETCHES}` of `{}` {what}", task.name);
            Problems::from(Problem::error("fetches", message))
        };
        let mut entries: Vec<JsonMap<String, Json>> = serde_json::from_str(text)
            .map_err(|error| refuse(format!("is not a JSON list of maps: {error}")))?;
        let mut wanted: IndexMap<Label, (TaskId, Vec<String>)> = IndexMap::default();
        for entry in &mut entries {
            let at = |key: &str| entry.get(key).and_then(Json::as_str);
            let (Some(id), Some(artifact)) = (at("task"), at("artifact")) else {
                return Err(refuse("has an entry without `task` or `artifact`".into()).into());
            };
            if !is_plain(artifact) {
                return Err(refuse(format!(
                    "names the artifact `{artifact}`, which is not a path below a folder"
                ))
                .into());
            }
            let found = task.upstreams.iter().find(|(known, _)| known.as_str() == id);
            let Some((id, label)) = found else {
                return Err(refuse(format!(
                    "names the task `{id}`, which `{}` does not depend on",
                    task.name
                ))
                .into());
            };
            let (_, artifacts) = wanted.entry(label.clone()).or_insert_with(|| (id.clone(), Vec::new()));
            artifacts.push(artifact.to_owned());
            // The chain of trust has the hashes; what lies here was made without one.
            entry.shift_remove("verify-hash");
        }
        Ok(Some(Fetches { wanted, variable: serde_json::to_string(&entries)? }))
    }

    /// The labels of the tasks, and the ids that stand for them in the task.
    pub(super) fn tasks(&self) -> impl Iterator<Item = (&Label, &TaskId)> {
        self.wanted.iter().map(|(label, (id, _))| (label, id))
    }
}

/// Source of the artifacts of a graph's tasks.
pub(super) struct Provider<'p> {
    /// The folder of artifacts.
    pub store: &'p Store,
    /// The graph.
    pub graph: &'p TaskGraph,
    /// Tasks that the flags name.
    pub known: &'p KnownTasks,
    /// Whether the index is not to be asked.
    pub offline: bool,
    /// Taskcluster, once somebody has asked it.
    pub taskcluster: OnceCell<Taskcluster>,
}

impl Provider<'_> {
    /// Taskcluster. Nothing is opened before the first call.
    pub(super) fn taskcluster(&self) -> Result<&Taskcluster> {
        if let Some(opened) = self.taskcluster.get() {
            return Ok(opened);
        }
        let opened = connect_for_a_look()?;
        Ok(self.taskcluster.get_or_init(|| opened))
    }

    /// The task of Taskcluster that has done what a task of the graph would do, if anybody knows one.
    pub(super) fn find(&self, label: &Label) -> Result<Option<TaskId>> {
        if let Some(id) = self.known.get(label) {
            return Ok(Some(id.clone()));
        }
        match self.graph.tasks.get(label).filter(|_| !self.offline) {
            Some(task) => in_index(self.taskcluster()?, task),
            None => Ok(None),
        }
    }

    /// Makes sure that all fetches are in the folder; reports all that are missing.
    pub(super) fn provide(&self, fetches: &Fetches) -> Result<()> {
        let mut problems = Vec::new();
        for (label, (_, artifacts)) in &fetches.wanted {
            let absent: Vec<&String> =
                artifacts.iter().filter(|artifact| !self.store.has(label.as_str(), artifact)).collect();
            if absent.is_empty() {
                continue;
            }
            let Some(id) = self.find(label)? else {
                problems.push(self.nobody_has(label, &absent));
                continue;
            };
            for artifact in absent {
                eprintln!("fetching {} of {} ({id})", one_line(artifact), one_line(label.as_str()));
                if !self.store.fetch(label.as_str(), artifact, self.taskcluster()?, &id)? {
                    let message =
                        format!("the task {id}, which stands for `{label}`, has no artifact `{artifact}`");
                    let help = "it may have expired, or be one of another config";
                    problems.push(Problem::error("no-artifact", message).help(help));
                }
            }
        }
        Ok(Problems(problems).check()?)
    }

    /// An artifact of a task that the definition names, as a file here.
    pub(super) fn artifact(&self, task: &Task, id: &TaskId, artifact: &str) -> Result<PathBuf> {
        let label = task.upstreams.get(id);
        let folder = label.map_or(id.as_str(), Label::as_str);
        if self.store.has(folder, artifact) {
            return Ok(self.store.folder(folder).join(artifact));
        }
        let real = match label {
            Some(label) => self
                .find(label)?
                .ok_or_else(|| Problems::from(self.nobody_has(label, &[&artifact.to_owned()])))?,
            None => id.clone(),
        };
        eprintln!("fetching {} of {} ({real})", one_line(artifact), one_line(folder));
        if !self.store.fetch(folder, artifact, self.taskcluster()?, &real)? {
            let message = format!("the task {real} has no artifact `{artifact}`");
            return Err(Problems::from(Problem::error("no-artifact", message)).into());
        }
        Ok(self.store.folder(folder).join(artifact))
    }

    fn nobody_has(&self, label: &Label, absent: &[&String]) -> Problem {
        let (first, more) = (absent[0], absent.len() - 1);
        let named = if more == 0 { format!("`{first}`") } else { format!("`{first}` and {more} more") };
        let message = format!("`{label}` has left nothing here: {named} would be fetched");
        let folder = self.store.folder(label.as_str());
        let note = match self.store.is_temporary() {
            true => "no folder of artifacts is named".to_owned(),
            false => format!("there is no `{}`", folder.join(first).display()),
        };
        let source = if self.offline { "" } else { ", and the index does not know it" };
        let help = format!(
            "run `load-task {label}` with the same --config and --artifacts first, put the files there, or name its task with --upstream {label}=TASK_ID or --decision TASK_ID"
        );
        Problem::error("no-upstream", message).at(Default::default(), format!("{note}{source}")).help(help)
    }
}
