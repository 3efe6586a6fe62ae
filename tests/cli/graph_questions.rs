//! `graph diff`, `graph explain`, `graph path` and `full --diff`, as a person calls them in a checkout.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::fake_taskcluster::Fake;
use crate::support::checkout;
use crate::support::program::{Outcome, program};
use serde_json::Value;

/// A checkout of the tree with many features.
struct Checkout(tempfile::TempDir);

impl Checkout {
    fn new() -> Self {
        Checkout(checkout(&data("many-features/tree")))
    }

    fn call(&self, arguments: &[&str]) -> Outcome {
        self.call_with(arguments, &[])
    }

    fn call_with(&self, arguments: &[&str], environment: &[(&str, String)]) -> Outcome {
        let output = program(self.0.path())
            .args(arguments)
            .args(["--run-task-dir", data("run-task").to_str().unwrap()])
            .envs(environment.iter().cloned())
            .output()
            .unwrap();
        let mut outcome = Outcome::from(output);
        // Files of the project are named by their whole paths.
        outcome.err = outcome.err.replace(env!("CARGO_MANIFEST_DIR"), "[project]");
        outcome
    }

    /// Calls with the parameters of a push.
    fn fine(&self, arguments: &[&str]) -> String {
        let outcome = self.call(arguments);
        assert_eq!(outcome.status, 0, "{arguments:?}\n{}\n{}", outcome.out, outcome.err);
        outcome.out
    }

    fn json(&self, arguments: &[&str]) -> Value {
        serde_json::from_str(&self.fine(&[arguments, &["--json"]].concat())).unwrap()
    }

    /// Changes a text in a file of the work tree.
    fn edit(&self, file: &str, old: &str, new: &str) {
        let path = self.0.path().join(file);
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.contains(old), "{file}");
        fs::write(path, text.replace(old, new)).unwrap();
    }

    fn git_status(&self) -> String {
        let output =
            Command::new("git").args(["status", "--short"]).current_dir(self.0.path()).output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    }
}

fn data(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/core_parity").join(path)
}

fn push() -> String {
    data("many-features/parameters/push-level-3.yml").display().to_string()
}

#[test]
fn a_revision_of_the_tree_is_compared_with_a_dirty_work_tree() {
    let tree = Checkout::new();
    tree.edit("taskcluster/kinds/test/kind.yml", "make test", "make check");
    tree.edit("taskcluster/kinds/test/kind.yml", "set-name: retain-kind", "set-name: null");
    let before = tree.git_status();
    let found = tree.json(&["graph", "diff", &push(), "--rev", "HEAD"]);
    assert_eq!(tree.git_status(), before);
    assert_eq!(found["gone"], serde_json::json!(["test-build-linux-asan"]));
    assert_eq!(found["new"], serde_json::json!(["test-kept"]));
    let changed: Vec<_> =
        found["changed"].as_array().unwrap().iter().map(|one| one["label"].as_str().unwrap()).collect();
    assert!(changed.contains(&"test-linux-opt"), "{changed:?}");
    let test =
        found["changed"].as_array().unwrap().iter().find(|one| one["label"] == "test-linux-opt").unwrap();
    let fields = test["fields"].as_array().unwrap();
    assert_eq!(fields.len(), 1, "{fields:?}");
    assert!(fields[0]["path"].as_str().unwrap().starts_with("task.payload.command["));
    assert!(fields[0]["before"].as_str().unwrap().contains("make test"));
    assert!(fields[0]["after"].as_str().unwrap().contains("make check"));
}

#[test]
fn the_status_of_a_diff_is_for_scripts() {
    let tree = Checkout::new();
    let status = |arguments: &[&str]| tree.call(&[&["graph", "diff"], arguments].concat()).status;
    assert_eq!(status(&[&push(), "--rev", "HEAD", "--exit-code"]), 0);
    assert_eq!(status(&[&push(), "--rev", "nowhere", "--exit-code"]), 1);
    assert_eq!(status(&["--exit-code", "--no-such-flag"]), 1);
    assert_eq!(status(&[&push(), "--rev", "nowhere"]), 2);
    assert_eq!(status(&[&push()]), 2);
    assert_eq!(status(&[&push(), "nothing-here.yml", "--exit-code"]), 3);
    tree.edit("taskcluster/kinds/test/kind.yml", "make test", "make check");
    assert_eq!(status(&[&push(), "--rev", "HEAD"]), 0);
    assert_eq!(status(&[&push(), "--rev", "HEAD", "--exit-code"]), 2);
}

#[test]
fn files_with_graphs_are_compared_as_well() {
    let tree = Checkout::new();
    tree.fine(&["full", "-J", "-p", &push(), "-o", "before.json"]);
    tree.edit("taskcluster/kinds/test/kind.yml", "max-run-time: 60", "max-run-time: 61");
    tree.fine(&["full", "-J", "-p", &push(), "-o", "after.json"]);
    let text = tree.fine(&["graph", "diff", "before.json", "after.json"]);
    assert!(text.contains("~ task.payload.maxRunTime: 60"), "{text}");
    let other = tree.json(&["graph", "diff", "before.json", &push()]);
    let changed: Vec<&Value> = other["changed"].as_array().unwrap().iter().map(|one| &one["kind"]).collect();
    assert!(changed.iter().filter(|kind| **kind == "test").count() > 3, "{changed:?}");
    let outcome = tree.call(&["graph", "diff", "before.json", "after.json", "--rev", "HEAD"]);
    assert_eq!(outcome.status, 2);
    insta::assert_snapshot!(outcome.err, @"
    error: `before.json` is a graph and not a config
     │
     ╰ help: --rev and --needed are for graphs that are made out of a tree

    1 error; nothing was generated
    ");
}

#[test]
fn what_a_decision_task_published_is_compared() {
    let tree = Checkout::new();
    let full = tree.fine(&["full", "-J", "-q", "-p", &push()]);
    tree.edit("taskcluster/kinds/test/kind.yml", "max-run-time: 60", "max-run-time: 61");
    let fake = Fake::start();
    let (task, other) = ("fN1SbArXTPSVFNUvaOlinQ", "KcYS6zQUQMe1oWfFeE1Iag");
    fake.decision_task(task);
    fake.decision_task(other);
    fake.artifact(task, "public/full-task-graph.json", full.into_bytes());
    let environment = fake.environment();
    let diff = |id: &str| {
        let operand = format!("task-id={id}");
        tree.call_with(&["graph", "diff", &operand, &push(), "--exit-code"], &environment)
    };
    let outcome = diff(task);
    assert_eq!(outcome.status, 2, "{}", outcome.err);
    assert!(outcome.out.contains("~ task.payload.maxRunTime: 60"), "{}", outcome.out);
    let outcome = diff(other);
    assert_eq!(outcome.status, 1);
    let without_port = |outcome: Outcome| outcome.err.replace(&fake.root_url(), "https://tc");
    insta::assert_snapshot!(without_port(outcome), @"
    error: task `KcYS6zQUQMe1oWfFeE1Iag` has no artifact `public/full-task-graph.json`
     │
     ╰ help: name a task that ended with a graph: a decision task, or an action

    1 error; nothing was generated
    ");
    insta::assert_snapshot!(without_port(diff("no-task")), @"
    error: `no-task` is not a taskId: expected 22 letters, digits, `-` and `_`

    1 error; nothing was generated
    ");
}

#[test]
fn a_plumbing_command_shows_a_unified_diff() {
    let tree = Checkout::new();
    let full = |more: &[&str]| tree.fine(&[&["full", "-q", "-p", &push()], more].concat());
    assert!(full(&["--diff"]).ends_with("are identical\n"));
    tree.edit("taskcluster/kinds/test/kind.yml", "name: named", "name: renamed");
    tree.edit("taskcluster/kinds/test/kind.yml", "test-label-of-its-own", "test-other-label");
    let text = full(&["--diff", "HEAD"]);
    let changed: Vec<&str> = text.lines().filter(|line| line.starts_with(['-', '+'])).skip(2).collect();
    assert_eq!(changed, ["-test-label-of-its-own", "+test-other-label"], "{text}");
    assert!(full(&["--diff", "HEAD", "-J"]).contains("+  \"test-other-label\": {"), "{text}");
}

#[test]
fn a_task_is_explained() {
    let tree = Checkout::new();
    let reported = tree.json(&["graph", "explain", "build-lib-1-3.11", "-c", &push()]);
    assert_eq!(reported["written"][0]["file"], "taskcluster/kinds/build/kind.yml");
    assert_eq!(reported["runs"], true);
    let steps = reported["steps"].as_array().unwrap();
    let matrix = steps.iter().find(|step| step["transform"] == "taskgraph.transforms.matrix").unwrap();
    let gone: Vec<_> = matrix["fields"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|field| field["after"].is_null())
        .map(|field| field["path"].as_str().unwrap())
        .collect();
    assert!(gone.contains(&"matrix"), "{gone:?}");
    let toolchain = tree.json(&["graph", "explain", "fetch-zlib", "-c", &push()]);
    assert!(!toolchain["digest_parts"].as_array().unwrap().is_empty());
    let text = tree.fine(&["graph", "explain", "fetch-zlib", "-c", &push()]);
    assert!(text.contains("Digest ") && text.contains("looked for at "), "{text}");
}

#[test]
fn what_if_dependencies_pull_in_is_explained() {
    let tree = Checkout::new();
    let alias = "succeed: {provisioner: built-in, implementation: succeed, os: linux, worker-type: succeed}";
    tree.edit(
        "taskcluster/config.yml",
        "    aliases:\n        images:",
        &format!("    aliases:\n        {alias}\n        images:"),
    );
    // The only kind: the tasks of others are none that can be optimized.
    let kinds = tree.0.path().join("taskcluster/kinds");
    fs::remove_dir_all(&kinds).unwrap();
    let folder = kinds.join("gate");
    fs::create_dir_all(&folder).unwrap();
    let kind = "\
loader: taskgraph.loader.transform:loader
transforms: [taskgraph.transforms.task]
task-defaults: {description: x, worker-type: succeed}
tasks:
    unit: {label: unit, optimization: {skip-unless-changed: [\"no/such/file\"]}}
    docs: {label: docs}
    gate:
        label: gate
        dependencies: {unit: unit, docs: docs}
        if-dependencies: [unit, docs]
        soft-dependencies: [unit, docs]
";
    fs::write(folder.join("kind.yml"), kind).unwrap();
    let wanted = |label: &str| {
        let text = tree.fine(&["graph", "explain", label, "-c", &push()]);
        let part = text.split("Wanted by").nth(1).unwrap().split("What the transforms").next().unwrap();
        format!("{label}{part}")
    };
    insta::assert_snapshot!(["unit", "docs", "gate"].map(wanted).concat(), @"
    unit
      it is asked for
      if docs runs, gate does and needs it: then it runs whatever its own optimization says (if-dependencies)

    docs
      it is asked for
      if unit runs, gate does and needs it: then it runs whatever its own optimization says (if-dependencies)

    gate
      it is asked for
      runs only if one of its if-dependencies does (unit, docs), and then needs all of them
    ");
    let reported = tree.json(&["graph", "explain", "unit", "-c", &push()]);
    assert_eq!(reported["if_dependencies"], serde_json::json!([]));
    assert_eq!(reported["if_dependents"], serde_json::json!([{"label": "gate", "others": ["docs"]}]));
    // So it is: the files that changed have none that `unit` is about.
    let left = tree.fine(&["optimized", "--offline", "-p", &push()]);
    assert_eq!(left, "docs\ngate\nunit\n");
}

#[test]
fn ways_between_tasks_are_shown_in_either_direction() {
    let tree = Checkout::new();
    let path = |from: &str, to: &str, more: &[&str]| {
        tree.fine(&[&["graph", "path", from, to, "-c", &push()], more].concat())
    };
    let shortest = "merge-everything → build-indexed → fetch-zlib\n";
    assert_eq!(path("merge-everything", "fetch-zlib", &[]), shortest);
    assert_eq!(path("fetch-zlib", "merge-everything", &[]), shortest);
    let all = path("merge-everything", "fetch-zlib", &["--all"]);
    assert!(all.starts_with(shortest) && all.lines().count() > 1, "{all}");
    let some = path("merge-everything", "fetch-zlib", &["--all", "--limit", "1"]);
    assert!(some.contains("more than 1 way"), "{some}");
    assert!(path("fetch-zlib", "test-linux-opt", &[]).contains("depends on the other"));
}

#[test]
fn an_unknown_label_is_refused_with_the_nearest_one() {
    let tree = Checkout::new();
    let mut messages = Vec::new();
    for command in [&["explain", "fetch-zlip"][..], &["path", "fetch-zlip", "merge-everything"]] {
        let outcome = tree.call(&[&["graph"], command, &["-c", &push()]].concat());
        assert_eq!((outcome.status, outcome.out.as_str()), (2, ""));
        messages.push(outcome.err);
    }
    insta::assert_snapshot!(messages.join("\n"), @"
    error: there is no task `fetch-zlip`
     │
     ╰ help: did you mean `fetch-zlib`?

    1 error; nothing was generated

    error: there is no task `fetch-zlip`
     │
     ╰ help: did you mean `fetch-zlib`?

    1 error; nothing was generated
    ");
}
