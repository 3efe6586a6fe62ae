//! Shared parts of tests: the folder beside the project that has the reference's answers, and JSON diffs.
#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::panic,
    reason = "each test uses a part of it, and fails by panicking"
)]

pub(crate) mod preview_schema;
pub(crate) mod program;
pub(crate) mod student;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// The smallest config.yml that tasks can be made with.
pub(crate) const CONFIG: &str = "\
trust-domain: t
task-priority: low
taskgraph: {repositories: {ci: {name: CI}}}
workers: {aliases: {w: {provisioner: p, implementation: docker-worker, os: linux, worker-type: w}}}
";

/// The parameters of a small tree, at a fixed time.
pub(crate) const PARAMETERS: &str = "\
base_repository: https://github.com/example/tree
build_date: 1700000000
head_repository: https://github.com/example/tree
head_rev: abc
head_ref: main
moz_build_date: '20231114221320'
project: tree
pushdate: 1700000000
";

/// `../shared` beside the project, or where TASKGRAPH_SHARED says. Says in one line if it is left out.
#[expect(clippy::print_stderr, reason = "a test says what it leaves out")]
pub(crate) fn shared(part: &str) -> Option<PathBuf> {
    let given = std::env::var_os("TASKGRAPH_SHARED").map(PathBuf::from);
    let shared = given.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared"));
    let path = shared.join(part);
    if path.exists() {
        return Some(path);
    }
    eprintln!("left out: there is no {part} in {}", shared.display());
    None
}

/// A training config that has only what is of interest, completed with what else a run needs: the keys of the config
/// that comes with the program.
pub(crate) fn whole(config: &str) -> String {
    completed(config, &Path::new(env!("CARGO_MANIFEST_DIR")).join("kinds/training-config.yml"))
}

/// The same for a tree: the keys of `defaults`, a training config of it. Maps whose keys are free are taken as a whole.
pub(crate) fn completed(config: &str, defaults: &Path) -> String {
    use taskgraph_compat::value::Value as Own;
    use taskgraph_compat::value::path::KeyPath;

    const FREE: [&str; 3] = ["datasets", "dataset-thresholds", "worker-classes"];

    fn fill(draft: &mut taskgraph_training::upgrade::Draft, path: &KeyPath, defaults: &Own) {
        for (key, theirs) in defaults.as_map().into_iter().flatten() {
            let inside = path.join(key);
            match draft.get(&inside).map(|ours| ours.as_map().is_some()) {
                None => {
                    let text = serde_json::to_string(theirs).unwrap();
                    assert!(draft.add(path, key, &text), "{inside}: {text}");
                }
                Some(true) if !FREE.contains(&&**key) && !path.to_string().starts_with("marian-args") => {
                    fill(draft, &inside, theirs);
                }
                Some(_) => {}
            }
        }
    }

    let source = |name: &str, text: String| taskgraph_compat::source::Source::new(name, text);
    let (_, defaults) =
        taskgraph::diagnostics::document::load(source("d", std::fs::read_to_string(defaults).unwrap()))
            .unwrap();
    // What is not a map at all stays what it is.
    let Ok(mut draft) =
        taskgraph_training::upgrade::Draft::read(source("c", config.to_owned()), "training_config")
    else {
        return config.to_owned();
    };
    if draft.config().as_map().is_some() {
        fill(&mut draft, &KeyPath::default(), &defaults);
    }
    draft.text().to_owned()
}

/// A copy of a tree in a repository of its own, as the program finds it in a checkout.
pub(crate) fn checkout(tree: &Path) -> tempfile::TempDir {
    let copy = tempfile::tempdir().unwrap();
    copy_all(tree, copy.path());
    for arguments in [
        &["init", "--quiet", "--initial-branch=main", "--template="][..],
        // One pack of all files is written faster than an object for each.
        &["-c", "core.bigFileThreshold=1", "add", "--all", "--force", "."],
        &["-c", "user.name=t", "-c", "user.email=t@example.org", "commit", "--quiet", "--message=tree"],
        &["remote", "add", "origin", "https://github.com/mozilla/translations"],
    ] {
        let status = Command::new("git").args(arguments).current_dir(copy.path()).status().unwrap();
        assert!(status.success(), "git {arguments:?}");
    }
    copy
}

fn copy_all(from: &Path, to: &Path) {
    for entry in from.read_dir().unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            std::fs::create_dir(&target).unwrap();
            copy_all(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), &target).unwrap();
        }
    }
}

/// The JSON in a file.
pub(crate) fn read_json(path: &Path) -> Value {
    let text = std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Returns written JSON as a value.
pub(crate) fn written(write: impl FnOnce(&mut dyn Write) -> taskgraph::Result<()>) -> Value {
    let mut text = Vec::new();
    write(&mut text).unwrap();
    serde_json::from_slice(&text).unwrap()
}

/// The paths at which two values differ, with both values, up to a number of them.
pub(crate) fn differences(ours: &Value, expected: &Value, most: usize) -> Vec<String> {
    let mut out = Vec::new();
    collect(ours, expected, String::new(), most, &mut out);
    out
}

fn collect(ours: &Value, expected: &Value, path: String, most: usize, out: &mut Vec<String>) {
    if ours == expected || out.len() >= most {
        return;
    }
    match (ours, expected) {
        (Value::Object(a), Value::Object(b)) => {
            let keys: std::collections::BTreeSet<_> = a.keys().chain(b.keys()).collect();
            for key in keys {
                let at =
                    |map: &serde_json::Map<String, Value>| map.get(key).cloned().unwrap_or("(none)".into());
                collect(&at(a), &at(b), format!("{path}/{key}"), most, out);
            }
        }
        (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
            for (index, (a, b)) in a.iter().zip(b).enumerate() {
                collect(a, b, format!("{path}[{index}]"), most, out);
            }
        }
        _ => out.push(format!("{path}\n    ours      {ours}\n    reference {expected}")),
    }
}
