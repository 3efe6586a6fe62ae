//! One graph in the worker: its parameters, the tasks that it has, and the kinds that it makes.
//!
//! Invariant: a task is handed over once. What the worker has made itself it keeps, as long as its Taskgraph does.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use indexmap::IndexSet;

use crate::diagnostics::{Problem, Problems, place_of_value};
use crate::error::{Error, Result};
use crate::parameters::Params;
use crate::python_worker::call::Call;
use crate::python_worker::channel::{Channel, Request};
use crate::python_worker::facts::{WorkerFacts, texts};
use crate::python_worker::tasks;
use crate::python_worker::tasks::{fields, json, object};
use crate::settings::Settings;
use crate::task::{Label, Task, TasksByLabel};
use crate::tree::Tree;
use taskgraph_compat::source::Place;
use taskgraph_compat::value::{Map, Str, Value, intern};
use taskgraph_compat::yaml::Document;

/// A copy of the worker that serves one graph, so that what its Python remembers ends with that graph.
pub struct Session {
    channel: Arc<dyn Channel>,
    number: i64,
    /// Whether each kind is made in a process of its own.
    pub forks: bool,
    /// Whether the JSON of a graph has all dependencies of its tasks, and not only its edges.
    pub(crate) writes_all_dependencies: bool,
    /// The tasks that the worker has.
    known: Mutex<IndexSet<Label>>,
}

/// A kind that is to be made by Python.
pub struct KindRequest<'a> {
    /// The tree.
    pub tree: &'a Tree,
    /// The name of the kind.
    pub name: &'a Str,
    /// Its kind.yml.
    pub document: &'a Arc<Document>,
    /// The place of the key because of which Python makes it.
    pub place: Option<Place>,
    /// The tasks of the kinds that it depends on, in order.
    pub upstream: &'a TasksByLabel,
    /// All tasks that were made before, for a loader that may look at them.
    pub all: Option<&'a TasksByLabel>,
    /// Whether the graph is that of a decision, for which kinds may write artifacts.
    pub writes_artifacts: bool,
}

/// The schema of a transform's result.
const A_TASK: &str = "`label` and `description` are strings, `attributes`, `task` and `dependencies` maps";

/// Effects of kinds in Python on others.
#[derive(Debug, Default)]
pub struct SideEffects {
    /// Tasks that are no longer as they were handed over or returned.
    pub changed: Vec<Value>,
    /// Parts of Taskgraph that are replaced by now.
    pub replaced: Vec<Str>,
}

impl Session {
    pub(crate) fn new(channel: Arc<dyn Channel>, number: i64, opened: &WorkerFacts) -> Self {
        let WorkerFacts { forks, writes_all_dependencies, .. } = *opened;
        Session { channel, number, forks, writes_all_dependencies, known: Mutex::default() }
    }

    /// Asks for something in this session.
    pub(crate) fn ask(&self, call: Call<'_>) -> Result<Value> {
        call.send(&*self.channel, Some(self.number))
    }

    /// Hands over the parameters of the graph, and what the call says of its surroundings.
    pub fn set_parameters(&self, tree: &Tree, params: &Params, settings: &Settings) -> Result<()> {
        let folder = |name| settings.python_artifacts.as_ref().map(|to| to.join(name).display().to_string());
        let files = settings.run_task.iter().flat_map(|run_task| &run_task.files);
        let run_task: Map =
            files.map(|(name, path)| (intern(name), path.display().to_string().into())).collect();
        let arguments = fields([
            ("values", params.values().clone().into()),
            ("strict", false.into()),
            ("artifacts", folder("artifacts").into()),
            ("contexts", folder("contexts").into()),
            ("run_task", run_task.into()),
        ])?;
        self.ask(Call::new(tree, "set_parameters", "parameters", arguments))?;
        Ok(())
    }

    /// Runs what the tree verifies before there are tasks.
    pub fn verify_early(&self, tree: &Tree, phase: &'static str, targets: Value, all: bool) -> Result<()> {
        let arguments = fields([("phase", phase.into()), ("target_kinds", targets), ("all", all.into())])?;
        self.ask(Call::new(tree, "verify_early", "verifying", arguments))?;
        Ok(())
    }

    /// Makes the tasks of a kind.
    pub fn kind(&self, request: &KindRequest<'_>) -> Result<Vec<Arc<Task>>> {
        let KindRequest { tree, name, document, place, upstream, all, writes_artifacts } = request;
        let new = self.new_tasks(all.unwrap_or(upstream).values())?;
        let labels = |tasks: &TasksByLabel| tasks.keys().map(Label::text).collect::<Value>();
        let arguments = object(&[
            ("name", &json(&(*name).into())?),
            ("upstream", &json(&labels(upstream))?),
            ("loaded", &json(&labels(all.unwrap_or(upstream)))?),
            ("new", &new),
            ("write_artifacts", &writes_artifacts.to_string()),
            ("fork", &self.forks.to_string()),
        ]);
        let what = format!("kind `{name}`");
        let answer = self.ask(Call::new(tree, "kind", &what, arguments).at(place.clone()))?;
        let Value::Map(answer) = answer else {
            return Err(Error::refused(format!("{what}: the worker answers with no map")));
        };
        let mut answer = Arc::unwrap_or_clone(answer);
        let Some(Value::List(made)) = answer.shift_remove("tasks") else {
            return Err(Error::refused(format!("{what}: the worker answers without tasks")));
        };
        let mut tasks = Vec::with_capacity(made.len());
        let mut problems = Vec::new();
        for task in Arc::unwrap_or_clone(made) {
            match tasks::from_value(task, name, document) {
                Ok(task) => tasks.push(Arc::new(task)),
                Err(error) => {
                    let place = Some(place_of_value(document, &"transforms".into()));
                    let problem = Problem::error("python", format!("{what}: {error:#}")).in_place(place);
                    problems.push(problem.help(A_TASK));
                }
            }
        }
        Problems(problems).check()?;
        lock(&self.known).extend(tasks.iter().map(|task| task.label.clone()));
        Ok(tasks)
    }

    /// Returns the effects of kinds on others, once all are made. There are none if each has a process of its own.
    pub fn side_effects(&self, tree: &Tree) -> Result<SideEffects> {
        if self.forks {
            return Ok(SideEffects::default());
        }
        let answer =
            self.ask(Call::new(tree, "finish_kinds", "looking at what kinds have changed", "{}".into()))?;
        let changed = answer.get("changed").and_then(Value::as_list).unwrap_or_default().to_vec();
        Ok(SideEffects { changed, replaced: texts(&answer, "patched") })
    }

    /// The tasks that the worker does not have yet, as JSON. It has them then.
    fn new_tasks<'t>(&self, tasks: impl Iterator<Item = &'t Arc<Task>>) -> Result<String> {
        let mut known = lock(&self.known);
        let new = tasks.filter(|task| known.insert(task.label.clone()));
        list(new.map(task_json))
    }

    /// Tasks as JSON: labels of those that the worker has, and the others whole. It has them then.
    pub(crate) fn labels_or_tasks<'t>(&self, tasks: impl Iterator<Item = &'t Arc<Task>>) -> Result<String> {
        let mut known = lock(&self.known);
        list(tasks.map(|task| match known.insert(task.label.clone()) {
            true => task_json(task),
            false => Ok(json(&task.label.text().into())?),
        }))
    }
}

fn task_json(task: &Arc<Task>) -> Result<String> {
    json(&tasks::to_value(task)).map_err(|error| task.origin.locate(error))
}

/// A JSON list of items that are written already.
fn list(items: impl Iterator<Item = Result<String>>) -> Result<String> {
    Ok(format!("[{}]", items.collect::<Result<Vec<_>>>()?.join(",")))
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session").field("number", &self.number).finish_non_exhaustive()
    }
}

impl Drop for Session {
    /// Ends the copy of the worker. If the worker is gone, so is the copy.
    fn drop(&mut self) {
        let what = "ending a session";
        let arguments = object(&[("number", &self.number.to_string())]);
        let _ = self.channel.call(Request { session: None, method: "end_session", what, arguments });
    }
}
