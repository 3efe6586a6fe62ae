//! The command line as a person meets it: in a terminal of some width, in a shell that completes, behind a pipe.
mod files;
mod flags;
mod shells;
mod terminal;
mod transforms;
mod watch;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The program.
const PROGRAM: &str = env!("CARGO_BIN_EXE_taskgraph-rs");

/// A file of the project.
fn project(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// The config of README.md.
fn example() -> PathBuf {
    project("docs/examples/pretrained-ru-en.yml")
}

/// The program in `folder`, with nothing in the environment.
fn program(folder: &Path) -> Command {
    let mut command = crate::support::program::program(folder);
    command.stdin(Stdio::null());
    command
}

/// Whether there is a program. Where it has to be (in CI), a test that needs it fails without it; elsewhere it says in
/// one line that it is left out.
#[expect(clippy::disallowed_methods, reason = "tests have no command line that could hand it down")]
fn has(name: &str) -> bool {
    let found = Command::new(name).arg("--version").stdin(Stdio::null()).output().is_ok();
    assert!(found || std::env::var_os("TASKGRAPH_NEEDS_SHELLS").is_none(), "there is no `{name}`");
    if !found {
        eprintln!("left out: there is no `{name}`");
    }
    found
}
