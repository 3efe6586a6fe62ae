//! The program as a person calls it: in a folder of their own, with nothing in the environment.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

/// Result of a call.
pub(crate) struct Outcome {
    pub status: i32,
    pub out: String,
    pub err: String,
}

impl From<Output> for Outcome {
    fn from(output: Output) -> Self {
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Outcome { status: output.status.code().unwrap(), out: text(output.stdout), err: text(output.stderr) }
    }
}

/// Returns a command that runs the program in a folder, with nothing in its environment but where programs are.
pub(crate) fn program(directory: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_taskgraph-rs"));
    command.current_dir(directory).env_clear().env("PATH", "/usr/local/bin:/usr/bin:/bin");
    command
}

/// Runs a command.
pub(crate) fn run(mut command: Command) -> Outcome {
    command.output().unwrap().into()
}

/// Calls the program in a folder.
pub(crate) fn call(directory: &Path, arguments: &[&str]) -> Outcome {
    call_with(directory, arguments, "")
}

/// Calls the program in a folder, with `input` on its standard input.
pub(crate) fn call_with(directory: &Path, arguments: &[&str], input: &str) -> Outcome {
    let mut child = program(directory)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    child.wait_with_output().unwrap().into()
}
