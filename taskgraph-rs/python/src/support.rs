//! Python support for the engine: whether Python may run, which interpreter, and within which limits.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use crate::find::{Choice, Interpreter, PythonEnvironment, find};
use crate::limits::Limits;
use crate::process::{Log, Process};
use taskgraph::diagnostics::{Problem, Problems};
use taskgraph::error::Result;
use taskgraph::python_worker;
use taskgraph::python_worker::{Channel, NativeParts, Python, Refusal};

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
        environment: &PythonEnvironment,
        limits: Limits,
        log: Log,
    ) -> Self {
        let interpreter = find(&choice, environment);
        PythonSupport { choice, native_parts, interpreter, limits, log, running: Mutex::default() }
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

    fn start(&self, directory: Option<&Path>) -> Result<Arc<dyn Channel>> {
        let Some(interpreter) = &self.interpreter else {
            let refusal = self.refusal().unwrap_or(Refusal::NoInterpreter);
            let problem = Problem::error("no-python", refusal.message());
            return Err(Problems::from(problem.help(refusal.way_out("taskcluster-taskgraph"))).into());
        };
        let process = Arc::new(Process::start(interpreter, directory, self.limits, self.log.clone())?);
        self.running.lock().unwrap_or_else(PoisonError::into_inner).push(process.clone());
        Ok(process)
    }

    fn site_packages(&self) -> &[PathBuf] {
        self.interpreter.as_ref().map_or(&[], |interpreter| &interpreter.site_packages)
    }

    fn memory(&self) -> Option<u64> {
        self.limits.memory
    }

    fn interpreter(&self) -> Option<python_worker::Interpreter<'_>> {
        let Interpreter { program, found_by, .. } = self.interpreter.as_ref()?;
        Some(python_worker::Interpreter { program, found_by })
    }

    fn refusal(&self) -> Option<Refusal> {
        match (&self.interpreter, &self.choice) {
            (Some(_), _) => None,
            (None, Choice::Never) => Some(Refusal::Forbidden),
            (None, _) => Some(Refusal::NoInterpreter),
        }
    }
}
