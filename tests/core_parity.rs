//! The core transforms against the reference: full graphs of small trees that use as many features as they can.
//!
//! `tests/core_parity/CASE/expected/NAME.json` is what Taskgraph 15.1.3 computes for `CASE/tree` with
//! `CASE/parameters/NAME.yml`, with the stand-ins of `tests/core_parity/run-task` in the place of its own files. To
//! write them anew: `benches/compare.py --expect`.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

use taskgraph::params::{Params, read_file};
use taskgraph::pipeline::Loaded;
use taskgraph::settings::{RunTask, Settings};
use taskgraph::tree::Tree;
use taskgraph_transforms::registry;

#[test]
fn a_tree_with_many_features_has_the_graphs_of_the_reference() {
    check("many-features");
}

#[test]
fn a_tree_with_two_repositories_has_the_graphs_of_the_reference() {
    check("two-repositories");
}

fn check(case: &str) {
    let home = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/core_parity");
    let case = home.join(case);
    // A copy, as the repository of this project is not the one that the tree belongs to.
    let top = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("core_parity").join(case.file_name().unwrap());
    let _ = fs::remove_dir_all(&top);
    copy(&case.join("tree"), &top);
    git(&top, &["init", "--quiet"]);
    git(&top, &["add", "--all", "--force", "."]);
    git(
        &top,
        &["-c", "user.name=nobody", "-c", "user.email=nobody@example.org", "commit", "--quiet", "-m", "tree"],
    );
    let run_task = Some(RunTask::in_directory(&home.join("run-task")));
    let settings = Settings { root_url: "https://tc.example.org".into(), run_task, ..Settings::default() };
    for parameters in files(&case.join("parameters")) {
        let tree = Tree::open(&top.join("taskcluster"), &top).expect("the tree opens");
        let loaded = Loaded::load(tree, &registry(), &BTreeSet::new()).expect("the tree loads");
        let given = read_file(&parameters).expect("the parameters can be read");
        let mut params = Params::new(given.values, vec![given.layer]);
        let problems =
            loaded.complete(&mut params, SystemTime::UNIX_EPOCH).expect("the parameters are complete");
        assert!(problems.is_empty(), "{problems:?}");
        let full = loaded.full(&params, &settings).expect("the graph is generated");
        let ours = serde_json::to_value(&full.graph).expect("a graph is JSON");
        let expected = case.join("expected").join(parameters.with_extension("json").file_name().unwrap());
        let theirs: serde_json::Value =
            serde_json::from_slice(&fs::read(&expected).expect("there is an expectation"))
                .expect("it is JSON");
        let mut found = Vec::new();
        differences(&theirs, &ours, String::new(), &mut found);
        assert!(found.is_empty(), "{}:\n{}", expected.display(), found.join("\n"));
    }
}

/// The paths at which the two differ, with both values.
fn differences(theirs: &serde_json::Value, ours: &serde_json::Value, path: String, found: &mut Vec<String>) {
    use serde_json::Value::{Array, Object};
    match (theirs, ours) {
        (Object(a), Object(b)) => {
            let keys: BTreeSet<&String> = a.keys().chain(b.keys()).collect();
            for key in keys {
                match (a.get(key), b.get(key)) {
                    (Some(one), Some(other)) => differences(one, other, format!("{path}/{key}"), found),
                    (one, _) => found.push(format!(
                        "{path}/{key}: only {}",
                        if one.is_some() { "theirs" } else { "ours" }
                    )),
                }
            }
        }
        (Array(a), Array(b)) if a.len() == b.len() => {
            for (at, (one, other)) in a.iter().zip(b).enumerate() {
                differences(one, other, format!("{path}[{at}]"), found);
            }
        }
        (one, other) if one != other => found.push(format!("{path}: {one} here {other}")),
        _ => {}
    }
}

fn git(top: &Path, arguments: &[&str]) {
    let status = Command::new("git").args(arguments).current_dir(top).status().expect("git is installed");
    assert!(status.success(), "git {arguments:?}");
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<_> = folder
        .read_dir()
        .expect("the folder is there")
        .map(|entry| entry.expect("it can be listed").path())
        .collect();
    files.sort();
    files
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("the folder can be made");
    for path in files(from) {
        let to = to.join(path.file_name().expect("it is listed by its name"));
        if path.is_dir() {
            copy(&path, &to);
        } else {
            // Keeps modes: they belong to the digests of docker images.
            fs::copy(&path, &to).expect("the file can be copied");
        }
    }
}
