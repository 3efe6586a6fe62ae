//! Messages about a Python process that a signal has ended.

use crate::error::Error;

/// Signals that end processes, as people know them.
const NAMES: &[(i32, &str)] = &[
    (1, "SIGHUP"),
    (4, "SIGILL"),
    (6, "SIGABRT"),
    (7, "SIGBUS"),
    (8, "SIGFPE"),
    (9, "SIGKILL"),
    (10, "SIGUSR1"),
    (11, "SIGSEGV"),
    (15, "SIGTERM"),
    (24, "SIGXCPU"),
    (25, "SIGXFSZ"),
];

/// The error of a request that a signal put an end to. `what` was to be done: ``kind `build` ``.
pub fn killed(what: &str, signal: i32) -> Error {
    let name = NAMES.iter().find(|(number, _)| *number == signal).map_or("an unknown one", |(_, name)| name);
    let reason = match name {
        "SIGKILL" => {
            "the system does that when memory runs out; --python-memory MIB limits what Python may take"
        }
        "SIGSEGV" | "SIGBUS" | "SIGILL" | "SIGABRT" | "SIGFPE" => {
            "that is a fault of the interpreter, or of a package that is written in C"
        }
        _ => "somebody has sent it",
    };
    Error::machine(reason)
        .context(format!("{what}: the Python of the tree was killed by signal {signal} ({name})"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signal_is_the_fault_of_the_machine_and_has_a_name() {
        for (signal, reported) in
            [(9, "by signal 9 (SIGKILL): the system"), (11, "(SIGSEGV): that is"), (63, "unknown")]
        {
            let error = killed("kind `build`", signal);
            assert!(matches!(error, Error::Machine(_)));
            assert!(format!("{error:#}").contains(reported), "{error:#}");
        }
    }
}
