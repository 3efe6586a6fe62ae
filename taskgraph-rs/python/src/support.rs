//! What the command line hands to the engine: whether Python may run, which one, and within which limits.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::Result;
use taskgraph::problem::{Problem, Problems};
use taskgraph::worker::{Channel, NativeParts, Python};

use crate::find::{Choice, Interpreter, Surroundings, find};
use crate::process::Process;

/// How much the Python of a tree may take.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// How long one request may take; a kind is one.
    pub time: Duration,
    /// How many bytes of memory it may have; nothing for no limit.
    pub memory: Option<u64>,
}

impl Default for Limits {
    /// Much more than the largest trees need.
    fn default() -> Self {
        Limits { time: Duration::from_secs(900), memory: Some(16 << 30) }
    }
}

/// Told what the Python of a tree prints and logs, line by line.
pub type Log = Arc<dyn Fn(&str) + Send + Sync>;

/// Runs Python for the engine.
pub struct PythonSupport {
    choice: Choice,
    native_parts: NativeParts,
    interpreter: Option<Interpreter>,
    limits: Limits,
    log: Log,
    running: Mutex<Vec<Arc<Process>>>,
}

impl PythonSupport {
    /// Looks for an interpreter; starts nothing.
    pub fn new(
        choice: Choice,
        native_parts: NativeParts,
        surroundings: &Surroundings,
        limits: Limits,
        log: Log,
    ) -> Self {
        let interpreter = find(&choice, surroundings);
        PythonSupport { choice, native_parts, interpreter, limits, log, running: Mutex::default() }
    }

    /// The interpreter that is run if one is needed.
    pub fn interpreter(&self) -> Option<&Interpreter> {
        self.interpreter.as_ref()
    }

    /// Ends every process that was started, and shows the last of what they print.
    pub fn end(&self) {
        let running = std::mem::take(&mut *self.running.lock().unwrap_or_else(PoisonError::into_inner));
        running.iter().for_each(|process| process.end());
    }
}

impl Python for PythonSupport {
    fn native_parts(&self) -> NativeParts {
        self.native_parts
    }

    fn start(&self) -> Result<Arc<dyn Channel>> {
        let Some(interpreter) = &self.interpreter else { return Err(self.none()) };
        let process = Arc::new(Process::start(interpreter, self.limits, self.log.clone())?);
        self.running.lock().unwrap_or_else(PoisonError::into_inner).push(process.clone());
        Ok(process)
    }

    fn site_packages(&self) -> &[PathBuf] {
        self.interpreter.as_ref().map_or(&[], |interpreter| &interpreter.site_packages)
    }

    fn memory(&self) -> Option<u64> {
        self.limits.memory
    }

    fn refusal(&self) -> Option<Problem> {
        self.interpreter.is_none().then(|| self.refused())
    }
}

impl PythonSupport {
    fn none(&self) -> anyhow::Error {
        Problems::from(self.refused()).into()
    }

    fn refused(&self) -> Problem {
        match self.choice {
            Choice::Never => Problem::error("no-python", "parts of this tree have to be made by its Python, and `--python never` forbids it")
                .help("leave the flag out, or take the native parts for what they are with `--native always`"),
            _ => Problem::error("no-python", "parts of this tree have to be made by its Python, and there is no Python")
                .help("install Python 3 and `taskcluster-taskgraph` in the version that the tree pins, activate the environment, or name its interpreter with --python or TASKGRAPH_PYTHON"),
        }
    }
}
