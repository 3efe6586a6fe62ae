//! `examples/own_transform.rs`: the whole command line with a transform of one's own.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]
#![allow(clippy::disallowed_methods, reason = "a test starts programs")]
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a test says what it counted and what it left out"
)]

use std::fs;
use std::path::Path;
use std::process::{Command, ExitCode, Output};

mod support;

use support::{CONFIG, PARAMETERS};

#[path = "../examples/own_transform.rs"]
mod own_transform;

const KIND: &str = "\
loader: taskgraph.loader.transform:loader
transforms: [my.transforms.shout, taskgraph.transforms.task]
tasks:
    one: {description: quiet words, worker-type: w, worker: {docker-image: {indexed: x}, max-run-time: 60}}
";

/// Without a harness: called with `full` this is the example, called otherwise it is what calls that.
fn main() -> ExitCode {
    if std::env::args().nth(1).as_deref() == Some("full") {
        return own_transform::main();
    }
    a_program_with_its_own_transform_makes_graphs_with_it();
    ExitCode::SUCCESS
}

fn a_program_with_its_own_transform_makes_graphs_with_it() {
    let own = std::env::current_exe().unwrap();
    let made = full(&own);
    let err = String::from_utf8_lossy(&made.stderr);
    assert_eq!(made.status.code(), Some(0), "{err}");
    let graph: serde_json::Value = serde_json::from_slice(&made.stdout).unwrap();
    assert_eq!(graph["k-one"]["task"]["metadata"]["description"], "QUIET WORDS");

    let refused = full(Path::new(env!("CARGO_BIN_EXE_taskgraph-rs")));
    let err = String::from_utf8_lossy(&refused.stderr);
    assert_eq!(refused.status.code(), Some(2), "{err}");
    assert!(err.contains("unknown transform `my.transforms.shout`"), "{err}");
}

/// Calls a program over a tree whose kind names the transform of the example.
fn full(program: &Path) -> Output {
    let folder = tempfile::tempdir().unwrap();
    for (file, text) in [("config.yml", CONFIG), ("kinds/k/kind.yml", KIND)] {
        let file = folder.path().join("taskcluster").join(file);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, text).unwrap();
    }
    fs::write(folder.path().join("p.yml"), PARAMETERS).unwrap();
    let mut command = Command::new(program);
    command.args(["full", "-J", "-p", "p.yml"]).current_dir(folder.path()).env_clear();
    command.output().unwrap()
}
