//! The worker of a tree, once its Python is registered.

use std::sync::Arc;

use anyhow::Context as _;

use crate::diagnostics::{Problem, Problems};
use crate::error::{Error, Result};
use crate::known_python::{Package, Pins, requirements};
use crate::python_worker::call::{Call, read};
use crate::python_worker::channel::{Channel, Python, Reply, Request};
use crate::python_worker::exception;
use crate::python_worker::exception::Circumstances;
use crate::python_worker::facts::WorkerFacts;
use crate::python_worker::session::Session;
use crate::python_worker::tasks::fields;
use crate::tree::Tree;
use taskgraph_compat::json;
use taskgraph_compat::source::Place;
use taskgraph_compat::value::{Map, Value};

/// A worker that has registered what the Python of its tree adds.
pub struct Worker {
    channel: Arc<dyn Channel>,
    /// The facts that it reports about itself.
    pub opened: WorkerFacts,
}

impl Worker {
    /// Starts Python for a tree on disk, and lets it register what it adds to Taskgraph.
    pub fn open(python: &dyn Python, tree: &Tree) -> Result<Self> {
        let (directory, root) = tree.root_for_python()?.context("the embedded kinds have no Python")?;
        let channel = python.start(directory)?;
        let memory = python.memory().and_then(|bytes| i64::try_from(bytes).ok());
        let arguments = fields([("root", root.display().to_string().into()), ("memory", memory.into())])?;
        let worker = Worker { channel, opened: WorkerFacts::default() };
        let what = "registering the Python of the tree";
        let request = Request { session: None, method: "open", what, arguments };
        let answer = match worker.channel.call(request)? {
            Reply::Done(answer) => read(&answer, what)?,
            Reply::Raised(error) => {
                return Err(cannot_open(&error, python, &Circumstances { tree, what, place: None }));
            }
        };
        Ok(Worker { opened: WorkerFacts::read(&answer), ..worker })
    }

    /// Asks for something outside of any session.
    fn ask(&self, call: Call<'_>) -> Result<Value> {
        call.send(&*self.channel, None)
    }

    /// Begins a session: a copy of the worker as it is now, for one graph.
    pub fn session<'w>(&'w self, tree: &'w Tree) -> Result<Session> {
        let answer = self.ask(Call::new(tree, "session", "beginning a session", "{}".into()))?;
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
        values_of(self.ask(Call::new(tree, "parameters", "parameters", arguments))?)
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
        values_of(
            self.ask(Call::new(tree, "decision_parameters", "decision parameters", arguments).at(place))?,
        )
    }

    /// actions.json, as the reference renders it.
    pub fn actions(&self, tree: &Tree, values: &Map, task_id: &str) -> Result<Value> {
        let arguments = fields([("values", values.clone().into()), ("task_id", task_id.into())])?;
        self.ask(Call::new(tree, "actions", "actions.json", arguments))
    }
}

fn values_of(answer: Value) -> Result<Map> {
    match answer.get("values") {
        Some(Value::Map(values)) => Ok(Map::clone(values)),
        _ => Err(Error::refused("the worker answers without parameters")),
    }
}

/// The code of the problem that an interpreter has no Taskgraph.
pub const NO_TASKGRAPH: &str = "no-taskgraph";

/// The reason why a tree cannot be opened. An interpreter without Taskgraph is the most frequent one.
fn cannot_open(error: &str, python: &dyn Python, asked: &Circumstances<'_>) -> Error {
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
