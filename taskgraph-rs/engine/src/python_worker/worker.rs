//! The worker of a tree, once its Python is registered.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use anyhow::Context as _;

use crate::diagnostics::{Problem, Problems};
use crate::error::{Error, Result};
use crate::known_python::{Package, Pins, requirements};
use crate::python_worker::channel::{Channel, Python, Reply, Request};
use crate::python_worker::exception;
use crate::python_worker::exception::Asked;
use crate::python_worker::session::Session;
use crate::python_worker::tasks::fields;
use crate::tree::Tree;
use taskgraph_compat::json;
use taskgraph_compat::source::Place;
use taskgraph_compat::value::{Map, Str, Value};

/// The objects that the tree's Python has registered beyond Taskgraph's own, or has replaced.
#[derive(Clone, Debug, Default)]
pub struct Registered {
    /// Target methods.
    pub target_methods: BTreeSet<String>,
    /// Filters.
    pub filters: BTreeSet<String>,
    /// Optimization strategies that are none of Taskgraph's own.
    pub strategies: BTreeSet<String>,
    /// Worker implementations with a payload of their own.
    pub payloads: BTreeSet<String>,
    /// Values of `run.using`.
    pub run_using: BTreeSet<String>,
    /// Names of functions for `from-deps`: of `group-by` and `set-name`.
    pub from_deps: BTreeSet<String>,
    /// Types of index routes.
    pub index_types: BTreeSet<String>,
    /// The number of verifications, by phase.
    pub verifications: BTreeMap<String, i64>,
    /// Whether there are morphs.
    pub morphs: bool,
    /// Whether parameters were added, or have defaults of the tree.
    pub parameters: bool,
    /// Schemas of Taskgraph that were extended: what does not fit here may fit there.
    pub schemas: Vec<Str>,
}

/// The facts that a worker reports about itself and its tree.
#[derive(Debug, Default)]
pub struct Opened {
    /// The version of Python.
    pub python: String,
    /// The path of the interpreter.
    pub executable: String,
    /// The version of Taskgraph.
    pub taskgraph: String,
    /// The version of mozilla-taskgraph, if it is installed.
    pub mozilla_taskgraph: Option<String>,
    /// Whether this version of Taskgraph makes each kind in a process of its own, so that nothing is carried over.
    pub forks: bool,
    /// Whether the JSON of a graph has all dependencies of its tasks, and not only its edges.
    pub writes_all_dependencies: bool,
    /// The registered objects.
    pub registered: Registered,
    /// Parts of Taskgraph that were replaced: `taskgraph.transforms.task.get_default_deadline`.
    pub replaced: Vec<Str>,
}

/// A worker that has registered what the Python of its tree adds.
pub struct Worker {
    channel: Arc<dyn Channel>,
    /// The facts that it reports about itself.
    pub opened: Opened,
}

impl Worker {
    /// Starts Python for a tree on disk, and lets it register what it adds to Taskgraph.
    pub fn open(python: &dyn Python, tree: &Tree) -> Result<Self> {
        let (directory, root) = tree.root_for_python()?.context("the embedded kinds have no Python")?;
        let channel = python.start(directory)?;
        let memory = python.memory().and_then(|bytes| i64::try_from(bytes).ok());
        let arguments = fields([("root", root.display().to_string().into()), ("memory", memory.into())])?;
        let worker = Worker { channel, opened: Opened::default() };
        let what = "registering the Python of the tree";
        let request = Request { session: None, method: "open", what, arguments };
        let answer = match worker.channel.call(request)? {
            Reply::Done(answer) => read(&answer, what)?,
            Reply::Raised(error) => {
                return Err(cannot_open(&error, python, &Asked { tree, what, place: None }));
            }
        };
        Ok(Worker { opened: Opened::read(&answer), ..worker })
    }

    /// Asks for something outside of any session.
    fn ask(
        &self,
        tree: &Tree,
        method: &str,
        what: &str,
        place: Option<Place>,
        arguments: String,
    ) -> Result<Value> {
        ask(&*self.channel, None, tree, method, what, place, arguments)
    }

    /// Begins a session: a copy of the worker as it is now, for one graph.
    pub fn session<'w>(&'w self, tree: &'w Tree) -> Result<Session> {
        let answer = self.ask(tree, "session", "beginning a session", None, "{}".into())?;
        let number = answer.get("session").and_then(Value::as_int).context("the session has no number")?;
        Ok(Session::new(self.channel.clone(), number, &self.opened))
    }

    /// Fills in the defaults of the tree and checks parameters. The errors are those of the reference.
    pub fn parameters(&self, tree: &Tree, values: &Map, is_strict: bool) -> Result<Map> {
        let arguments = fields([
            ("values", values.clone().into()),
            ("strict", is_strict.into()),
            ("repo_root", tree.top_on_disk().map(|top| top.display().to_string()).into()),
        ])?;
        values_of(self.ask(tree, "parameters", "parameters", None, arguments)?)
    }

    /// Lets a function of the tree change the parameters of a decision.
    pub fn decision_parameters(
        &self,
        tree: &Tree,
        name: &str,
        place: Option<Place>,
        values: &Map,
    ) -> Result<Map> {
        let arguments = fields([("name", name.into()), ("values", values.clone().into())])?;
        values_of(self.ask(tree, "decision_parameters", "decision parameters", place, arguments)?)
    }

    /// actions.json, as the reference renders it.
    pub fn actions(&self, tree: &Tree, values: &Map, task_id: &str) -> Result<Value> {
        let arguments = fields([("values", values.clone().into()), ("task_id", task_id.into())])?;
        self.ask(tree, "actions", "actions.json", None, arguments)
    }
}

fn values_of(answer: Value) -> Result<Map> {
    match answer.get("values") {
        Some(Value::Map(values)) => Ok(Map::clone(values)),
        _ => Err(Error::refused("the worker answers without parameters")),
    }
}

/// Sends a request. An exception of the tree's Python becomes an error.
pub(crate) fn ask(
    channel: &dyn Channel,
    session: Option<i64>,
    tree: &Tree,
    method: &str,
    what: &str,
    place: Option<Place>,
    arguments: String,
) -> Result<Value> {
    match channel.call(Request { session, method, what, arguments })? {
        Reply::Done(answer) => read(&answer, what),
        Reply::Raised(error) => Err(exception::problem(&error, &Asked { tree, what, place })),
    }
}

fn read(answer: &str, what: &str) -> Result<Value> {
    json::read(answer).map_err(|error| {
        Error::refused(format!("{what}: the worker sent an answer that is not JSON: {error}"))
    })
}

/// The code of the problem that an interpreter has no Taskgraph.
pub const NO_TASKGRAPH: &str = "no-taskgraph";

/// The reason why a tree cannot be opened. An interpreter without Taskgraph is the most frequent one.
fn cannot_open(error: &str, python: &dyn Python, asked: &Asked<'_>) -> Error {
    let missing = json::read(error).ok().and_then(|error| Some(error.get("module")?.as_str()?.to_owned()));
    let Some(package) = missing.as_deref().and_then(Package::of_object) else {
        return exception::problem(error, asked);
    };
    let Some(interpreter) = python.interpreter() else { return exception::problem(error, asked) };
    let program = interpreter.program.display();
    let message = format!("`{program}` ({}) has no {}", interpreter.found_by, package.name());
    let requirements = requirements(&Pins::of(asked.tree));
    let help = format!(
        "`{program} -m pip install {requirements}` installs what the tree asks for; --python or TASKGRAPH_PYTHON names \
         another interpreter"
    );
    Problems::from(Problem::error(NO_TASKGRAPH, message).help(help)).into()
}

impl Opened {
    fn read(answer: &Value) -> Self {
        let text = |key: &str| answer.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
        let flag = |key: &str| answer.get(key).is_some_and(Value::truthy);
        let strategies = answer.get("strategies").and_then(Value::as_map).into_iter().flatten();
        let strategies =
            strategies.filter(|(_, strategy)| !strategy.get("native").is_some_and(Value::truthy));
        let verifications = answer.get("verifications").and_then(Value::as_map).into_iter().flatten();
        let mut from_deps = names(answer, "group_by");
        from_deps.extend(names(answer, "set_name"));
        Opened {
            python: text("python"),
            executable: text("executable"),
            taskgraph: text("taskgraph"),
            mozilla_taskgraph: answer.get("mozilla_taskgraph").and_then(Value::as_str).map(str::to_owned),
            forks: flag("forks"),
            writes_all_dependencies: flag("writes_dependencies_of_tasks"),
            registered: Registered {
                target_methods: names(answer, "target_methods"),
                filters: names(answer, "filters"),
                strategies: strategies.map(|(name, _)| name.to_string()).collect(),
                payloads: names(answer, "payload_builders"),
                run_using: names(answer, "run_using"),
                from_deps,
                index_types: names(answer, "index_builders"),
                verifications: verifications
                    .filter_map(|(phase, count)| Some((phase.to_string(), count.as_int()?)))
                    .filter(|(_, count)| *count > 0)
                    .collect(),
                morphs: flag("morphs"),
                parameters: flag("parameters"),
                schemas: texts(answer, "schemas"),
            },
            replaced: texts(answer, "patched"),
        }
    }
}

/// A list of names, or of pairs of which the last one is the name.
fn names(answer: &Value, key: &str) -> BTreeSet<String> {
    let items = answer.get(key).and_then(Value::as_list).unwrap_or_default();
    let name = |item: &Value| match item {
        Value::List(pair) => pair.last().and_then(Value::as_str).map(str::to_owned),
        other => other.as_str().map(str::to_owned),
    };
    items.iter().filter_map(name).collect()
}

/// A list of texts.
pub(crate) fn texts(answer: &Value, key: &str) -> Vec<Str> {
    let items = answer.get(key).and_then(Value::as_list).unwrap_or_default();
    items.iter().filter_map(Value::as_str).map(Str::from).collect()
}
