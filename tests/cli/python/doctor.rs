//! `doctor`: what it says of a tree, and that it runs nothing of it unless it is asked to.

use std::fs;
use std::path::PathBuf;

use insta::assert_snapshot;
use serde_json::Value;

use super::tree::{Outcome, TRANSFORM, Tree};

const REGISTER: &str = "\
from taskgraph.target_tasks import register_target_task

def register(graph_config):
    @register_target_task(\"own\")
    def pick(full_task_graph, parameters, graph_config):
        return []
";

/// A tree with a transform of its own that pins Taskgraph.
fn tree() -> Tree {
    let tree = Tree::new(&format!("{TRANSFORM}        yield task\n"));
    tree.file("taskcluster/requirements.txt", "# pinned\ntaskcluster-taskgraph==15.1.3\n");
    tree.file("taskcluster/kinds/native/kind.yml", &native_kind());
    tree
}

fn native_kind() -> String {
    "loader: taskgraph.loader.transform:loader\ntransforms: [taskgraph.transforms.task:transforms]\n".into()
}

/// Creates a file that looks like an interpreter with Taskgraph in this version beside it. It cannot be started.
fn environment(tree: &Tree, version: Option<&str>) -> PathBuf {
    tree.file("env/bin/python3", "");
    tree.file("env/lib/python3.11/site-packages/nothing", "");
    if let Some(version) = version {
        for file in ["taskgraph/__init__.py", &format!("taskcluster_taskgraph-{version}.dist-info/METADATA")]
        {
            tree.file(&format!("env/lib/python3.11/site-packages/{file}"), "");
        }
        for file in ["run-task", "fetch-content", "hgrc", "robustcheckout.py"] {
            tree.file(&format!("env/lib/python3.11/site-packages/taskgraph/run-task/{file}"), "");
        }
    }
    tree.path().join("env/bin/python3")
}

/// Calls `doctor` with that interpreter. The lines that depend on what was compared so far are gone.
fn doctor(tree: &Tree, version: Option<&str>, more: &[&str]) -> (i32, String) {
    let python = environment(tree, version).display().to_string();
    let arguments = [&["doctor", "--native", "always", "--python", &python], more].concat();
    shown(tree.call(&arguments))
}

fn shown(outcome: Outcome) -> (i32, String) {
    // The versions that were compared may take more than one line.
    let are_versions = |line: &str| {
        !line.is_empty() && line.chars().all(|letter| letter.is_ascii_digit() || ". ,".contains(letter))
    };
    let of_comparison = |line: &&str| line.contains("compared with native parts") || are_versions(line);
    let lines = outcome.out.lines().filter(|line| !of_comparison(line));
    let page: Vec<&str> = lines.collect();
    // A path cannot be broken, however long the folder of the interpreter is.
    let breakable = |line: &&&str| line.split_whitespace().all(|word| word.chars().count() < 60);
    let long = page.iter().filter(breakable).find(|line| line.chars().count() > 100);
    assert!(long.is_none(), "{long:?}");
    (outcome.status, page.join("\n") + "\n" + &outcome.err)
}

#[test]
fn who_makes_what_is_shown_with_the_reason_and_its_place() {
    let (status, page) = doctor(&tree(), Some("15.1.3"), &[]);
    assert_eq!(status, 0, "{page}");
    assert_snapshot!(page, @r#"
    Taskgraph
      taskcluster-taskgraph pinned: ==15.1.3 by taskcluster/requirements.txt:2
                            found: 15.1.3
      mozilla-taskgraph     pinned: no version
                            found: not installed
      interpreter           [tree]/env/bin/python3, by --python
      run-task              [tree]/env/lib/python3.11/site-packages/taskgraph/run-task/run-task
      native parts          all there are, whatever the Python of the tree is (--native always)

    Parts of the tree
      native                Taskgraph
      nothing of its own    register, parameters, target methods, verifications, payloads, actions,
                            decision parameters

    2 kinds: 1 native, 1 in Python
      native                native
      k                     Python: `own_taskgraph.transforms.own:transforms` has no native equal
                            named at taskcluster/kinds/k/kind.yml:2:14

    A graph can be made.
    "#);
}

#[test]
fn what_is_registered_is_python_for_each_part() {
    let tree = tree();
    tree.register(REGISTER);
    let (status, page) = doctor(&tree, Some("15.1.3"), &[]);
    assert_eq!(status, 0, "{page}");
    assert_snapshot!(page, @r#"
    Taskgraph
      taskcluster-taskgraph pinned: ==15.1.3 by taskcluster/requirements.txt:2
                            found: 15.1.3
      mozilla-taskgraph     pinned: no version
                            found: not installed
      interpreter           [tree]/env/bin/python3, by --python
      run-task              [tree]/env/lib/python3.11/site-packages/taskgraph/run-task/run-task
      native parts          all there are, whatever the Python of the tree is (--native always)

    Parts of the tree
      native                Taskgraph
      nothing of its own    decision parameters
      register              Python: `own_taskgraph:register` has no native equal
                            named at taskcluster/config.yml:3:23
                            and so are parameters, target methods, verifications, payloads, actions

    2 kinds: 1 native, 1 in Python
      native                native
      k                     Python: `own_taskgraph.transforms.own:transforms` has no native equal
                            named at taskcluster/kinds/k/kind.yml:2:14

    A graph can be made.
    "#);
}

#[test]
fn what_is_missing_is_reported_with_the_command_that_brings_it() {
    let (status, page) = doctor(&tree(), None, &[]);
    assert_eq!(status, 2, "{page}");
    assert_snapshot!(page, @r#"
    Taskgraph
      taskcluster-taskgraph pinned: ==15.1.3 by taskcluster/requirements.txt:2
                            found: not installed
      mozilla-taskgraph     pinned: no version
                            found: not installed
      interpreter           [tree]/env/bin/python3, by --python
      run-task              not found
      native parts          all there are, whatever the Python of the tree is (--native always)

    Parts of the tree
      native                Taskgraph
      nothing of its own    register, parameters, target methods, verifications, payloads, actions,
                            decision parameters

    2 kinds: 1 native, 1 in Python
      native                native
      k                     Python: `own_taskgraph.transforms.own:transforms` has no native equal
                            named at taskcluster/kinds/k/kind.yml:2:14

    Worth knowing
      run-task is not there: kinds whose digests depend on it cannot be made
          Taskgraph brings it along; --run-task-dir names the folder that it is in

    Missing
      taskcluster-taskgraph is not installed, and `taskcluster/requirements.txt:2` asks for ==15.1.3
          `[tree]/env/bin/python3 -m pip install taskcluster-taskgraph==15.1.3`

    No graph can be made: something is missing.
    "#);
}

#[test]
fn another_version_than_the_tree_pins_is_reported() {
    let (status, page) = doctor(&tree(), Some("14.1.0"), &[]);
    assert_eq!(status, 0, "{page}");
    let reported =
        "taskcluster-taskgraph 14.1.0 is installed, and `taskcluster/requirements.txt:2` asks for ==15.1.3";
    assert!(page.contains(reported), "{page}");
    assert!(page.contains("-m pip install taskcluster-taskgraph==15.1.3"), "{page}");
}

#[test]
fn a_command_stays_on_one_line_however_long_it_is() {
    let (tree, folder) = (tree(), "long".repeat(40));
    tree.file(&format!("{folder}/bin/python3"), "");
    let python = tree.path().join(format!("{folder}/bin/python3")).display().to_string();
    let (status, page) = shown(tree.call(&["doctor", "--native", "always", "--python", &python]));
    assert_eq!(status, 2, "{page}");
    let command =
        format!("      `[tree]/{folder}/bin/python3 -m pip install taskcluster-taskgraph==15.1.3`\n");
    assert!(page.contains(&command), "{page}");
}

#[test]
fn a_version_that_nobody_compared_makes_all_kinds_python() {
    let tree = tree();
    tree.file("taskcluster/requirements.txt", "taskcluster-taskgraph==0.0.1\n");
    let python = environment(&tree, Some("0.0.1")).display().to_string();
    let (status, page) = shown(tree.call(&["doctor", "--python", &python]));
    assert_eq!(status, 0, "{page}");
    let words = page.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words.contains("2 kinds: 0 native, 2 in Python in Python k, native because"), "{page}");
    assert!(
        words.contains("`taskcluster/requirements.txt:1` asks for taskcluster-taskgraph 0.0.1, and"),
        "{page}"
    );
}

#[test]
fn python_never_cannot_make_it() {
    let (status, page) = shown(tree().call(&["doctor", "--native", "always", "--python", "never"]));
    assert_eq!(status, 2, "{page}");
    assert!(
        page.contains("`--python never` forbids to run the Python of the tree\n      leave the flag out"),
        "{page}"
    );
    assert!(page.contains("No graph can be made: something is missing."), "{page}");
}

#[test]
fn a_tree_that_is_native_needs_no_python() {
    let tree = tree();
    tree.file("taskcluster/kinds/k/kind.yml", &native_kind());
    let (status, page) = shown(tree.call(&["doctor", "--native", "always", "--python", "never"]));
    assert_eq!(status, 0, "{page}");
    assert!(page.contains("2 kinds: 2 native, 0 in Python\n  native                k, native\n"), "{page}");
}

#[test]
fn an_interpreter_that_is_not_there_is_reported_before_it_is_needed() {
    let (status, page) =
        shown(tree().call(&["doctor", "--native", "always", "--python", "/nowhere/python3"]));
    assert_eq!(status, 2, "{page}");
    assert!(page.contains("`/nowhere/python3`, which --python names, is not there"), "{page}");
}

#[test]
fn what_is_wrong_with_the_tree_is_reported_behind_what_was_found() {
    let tree = tree();
    tree.file("taskcluster/kinds/native/kind.yml", "transforms: 5\n");
    let (status, page) = doctor(&tree, Some("15.1.3"), &[]);
    assert_eq!(status, 2, "{page}");
    for reported in [
        "found: 15.1.3",
        "No graph can be made: the tree is wrong.",
        "`transforms` must be a list of strings",
    ] {
        assert!(page.contains(reported), "no `{reported}` in:\n{page}");
    }
}

#[test]
fn nothing_of_the_tree_runs_unless_it_is_asked_for() {
    let tree = tree();
    tree.register("raise Exception(\"this ran\")\ndef register(graph_config):\n    pass\n");
    let Some(outcome) = tree.made(&["doctor"]) else { return };
    let (status, page) = shown(outcome);
    assert_eq!(status, 0, "{page}");
    let (status, page) = shown(tree.made(&["doctor", "--run"]).unwrap());
    assert_eq!(status, 2, "{page}");
    assert!(page.contains("registering the Python of the tree: Exception: this ran"), "{page}");
    assert!(page.contains("taskcluster/own_taskgraph/__init__.py:1:1"), "{page}");
}

#[test]
fn with_run_what_was_registered_is_shown() {
    let tree = tree();
    tree.register(REGISTER);
    let replaced = "
    import taskgraph.transforms.task
    taskgraph.transforms.task.get_default_deadline = lambda *_: \"1 hour\"
";
    tree.register(&(REGISTER.to_owned() + replaced));
    let Some(outcome) = tree.made(&["doctor", "--run"]) else { return };
    let (status, page) = shown(outcome);
    assert_eq!(status, 0, "{page}");
    let registered = page.split("Registered by the tree (Python ").nth(1).unwrap();
    let (versions, registered) = registered.split_once('\n').unwrap();
    assert!(versions.contains(", Taskgraph "), "{page}");
    let rows: Vec<&str> = registered.lines().take_while(|line| !line.is_empty()).map(str::trim).collect();
    assert_snapshot!(rows.join("\n"), @r"
    target methods        own
    replaced              taskgraph.transforms.task.get_default_deadline
    ");
    assert!(page.contains("2 kinds: 0 native, 2 in Python"), "{page}");
    let words = page.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words.contains("replaces `taskgraph.transforms.task.get_default_deadline`"), "{page}");
}

#[test]
fn the_json_has_the_same_facts() {
    let tree = tree();
    let python = environment(&tree, Some("15.1.3")).display().to_string();
    let outcome = tree.call(&["doctor", "--json", "--native", "always", "--python", &python]);
    let reported: Value = serde_json::from_str(&outcome.fine()).unwrap();
    assert_eq!((reported["version"].as_u64(), reported["can_be_made"].as_bool()), (Some(1), Some(true)));
    assert_eq!(reported["packages"][0]["decisive"]["line"], 2);
    assert_eq!(reported["packages"][0]["installed"]["version"], "15.1.3");
    let names: Vec<&Value> = reported["kinds"].as_array().unwrap().iter().map(|kind| &kind["name"]).collect();
    assert_eq!(names, ["k", "native"]);
    let because = &reported["kinds"][0]["because"];
    assert_eq!(because["reason"], "no-native");
    assert_eq!(because["object"], "own_taskgraph.transforms.own:transforms");
    assert_eq!(because["place"]["file"], "taskcluster/kinds/k/kind.yml");
    assert_eq!(reported["kinds"][1]["because"], Value::Null);
    assert_eq!(reported["registered"], Value::Null);
    let documented = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/doctor.md")).unwrap();
    for key in reported.as_object().unwrap().keys() {
        assert!(documented.contains(&format!("| `{key}` |")), "docs/doctor.md does not know `{key}`");
    }
}
