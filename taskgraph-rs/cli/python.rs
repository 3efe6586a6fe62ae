//! Python for the engine: which interpreter, within which limits, and where its output goes.

use crate::args::{NativeChoice, PythonOptions};
use crate::environment::python_environment;
use crate::output_medium::one_line;
use anstream::eprintln;
use std::sync::Arc;
use std::time::Duration;
use taskgraph::python_worker::NativeParts;
use taskgraph_python::{Choice, Limits, PythonSupport};

/// Returns the Python support that the flags select. Nothing is started.
pub(crate) fn support(options: &PythonOptions) -> Arc<PythonSupport> {
    let choice = match options.python.as_str() {
        "auto" => Choice::Auto,
        "never" => Choice::Never,
        path => Choice::Path(path.into()),
    };
    let native_parts = match options.native {
        NativeChoice::Auto => NativeParts::Known,
        NativeChoice::Always => NativeParts::Always,
        NativeChoice::Never => NativeParts::Never,
    };
    let limits = Limits {
        time: Duration::from_secs(options.python_timeout),
        memory: Some(options.python_memory << 20).filter(|bytes| *bytes > 0),
    };
    let log = Arc::new(|line: &str| eprintln!("{}", one_line(line)));
    Arc::new(PythonSupport::new(choice, native_parts, &python_environment(), limits, log))
}
