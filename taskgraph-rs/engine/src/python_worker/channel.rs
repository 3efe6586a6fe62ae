//! The connection of the engine to a Python process, and the conditions for it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::error::Result;
use crate::python_worker::refusal::Refusal;

/// The native parts that stand in for Python.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum NativeParts {
    /// Those that are known to equal the Python of the tree.
    #[default]
    Known,
    /// All there are, whatever the Python of the tree is: the user says so.
    Always,
    /// None: everything is made by Python.
    Never,
}

/// An interpreter of Python.
#[derive(Clone, Copy, Debug)]
pub struct Interpreter<'p> {
    /// The program.
    pub program: &'p Path,
    /// The reason for this one: `--python`, `the virtual environment that is active`.
    pub found_by: &'static str,
}

/// Runs Python for the engine.
pub trait Python: Send + Sync {
    /// The native parts that stand in for Python.
    fn native_parts(&self) -> NativeParts;

    /// Starts an interpreter, in a folder if it is not the current one. An error names what is missing, and how to get it.
    fn start(&self, directory: Option<&Path>) -> Result<Arc<dyn Channel>>;

    /// The folders that packages are installed in beside the interpreter. No process is started for that.
    fn site_packages(&self) -> &[PathBuf];

    /// The limit on the memory of the tree's Python, in bytes; `None` for no limit.
    fn memory(&self) -> Option<u64>;

    /// The interpreter that would be started.
    fn interpreter(&self) -> Option<Interpreter<'_>>;

    /// Returns the reason why no interpreter would be started.
    fn refusal(&self) -> Option<Refusal>;
}

/// A request to the worker.
pub struct Request<'r> {
    /// The session that it belongs to; nothing for the worker itself.
    pub session: Option<i64>,
    /// The name of the method.
    pub method: &'r str,
    /// The activity, for messages: `kind build`.
    pub what: &'r str,
    /// The arguments: a JSON object.
    pub arguments: String,
}

/// An answer of the worker, as JSON.
pub enum Reply {
    /// The request.
    Done(String),
    /// An exception of the tree's Python.
    Raised(String),
}

/// A running Python process that answers requests.
pub trait Channel: Send + Sync {
    /// Sends a request and waits for the answer. An error says that there will be none: the process ended, or took too
    /// long.
    fn call(&self, request: Request<'_>) -> Result<Reply>;
}
