//! Flags that people know from Taskgraph.

use std::fs;
use std::path::Path;
use std::process::Command;

use super::program;
use crate::support::{CONFIG, PARAMETERS};

const KIND: &str = "\
loader: taskgraph.loader.transform:loader
transforms: [taskgraph.transforms.run, taskgraph.transforms.task]
tasks:
  always: &task
    label: always
    description: always
    worker-type: w
    worker: {docker-image: {indexed: x}, max-run-time: 60}
    run: {using: run-task, checkout: false, command: 'true'}
  changed: {<<: *task, label: changed, optimization: {skip-unless-changed: [a.txt]}}
";

/// A checkout of a small tree, in which the file `a.txt` is another one than in the commit.
fn checkout() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (file, text) in [
        ("taskcluster/config.yml", CONFIG),
        ("taskcluster/kinds/k/kind.yml", KIND),
        ("a.txt", ""),
        ("p.yml", &format!("{PARAMETERS}files_changed: [other.txt]\n")),
    ] {
        let file = folder.path().join(file);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, text).unwrap();
    }
    let git = |arguments: &[&str]| {
        let mut command = Command::new("git");
        command.args(["-c", "user.name=t", "-c", "user.email=t@example.org"]).args(arguments);
        assert!(command.current_dir(folder.path()).status().unwrap().success(), "git {arguments:?}");
    };
    git(&["init", "--quiet", "--initial-branch=main"]);
    git(&["add", "--all"]);
    git(&["commit", "--quiet", "--message=tree"]);
    git(&["remote", "add", "origin", "https://github.com/example/tree"]);
    fs::write(folder.path().join("a.txt"), "changed").unwrap();
    folder
}

fn labels(folder: &Path, arguments: &str) -> String {
    let output = program(folder).args(arguments.split(' ')).output().unwrap();
    assert!(output.status.success(), "{arguments}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim_end().replace('\n', " ")
}

#[test]
fn files_that_are_changed_here_may_take_the_place_of_those_in_parameters() {
    let tree = checkout();
    let optimized = |more: &str| labels(tree.path(), &format!("optimized --offline -q -p p.yml{more}"));
    assert_eq!(optimized(""), "always");
    assert_eq!(optimized(" --force-local-files-changed"), "always changed");
    assert_eq!(optimized(" --no-optimize"), "always changed");
}

#[test]
fn flags_without_an_effect_on_a_graph_are_taken() {
    let tree = checkout();
    for more in ["", " -j 1", " --max-workers 3", " --no-optimize", " --force-local-files-changed", " -F"] {
        assert_eq!(labels(tree.path(), &format!("full -q -p p.yml{more}")), "always changed", "{more}");
    }
    for more in ["", " -p p.yml -q -v -k k", " -p project=x"] {
        assert_eq!(labels(tree.path(), &format!("kind-graph{more}")), "k", "{more}");
    }
    let refused = program(tree.path()).args(["kind-graph", "-p", "nowhere.yml"]).output().unwrap();
    assert_eq!(refused.status.code(), Some(3));
    assert!(!program(tree.path()).args(["full", "-j", "0"]).status().unwrap().success());
}

#[test]
fn an_action_without_a_network_says_what_it_would_have_to_ask() {
    let tree = checkout();
    let task = "fOQsIonXQki5adS3LAQjRQ";
    let call = |arguments: &str| {
        let mut command = program(tree.path());
        command.args(["test-action-callback", "--offline", "--task-group-id", task]);
        let output = command.args(arguments.split(' ')).output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        (output.status.code(), text(output.stdout), text(output.stderr))
    };
    let (status, out, _) = call(&format!("cancel --task-id {task} -p p.yml"));
    assert!(status == Some(0) && out.contains(task), "{out}");
    let mut messages = String::new();
    for arguments in [
        "cancel-all -p p.yml".to_owned(),
        format!("rerun --task-id {task} -p p.yml"),
        format!("cancel --task-id {task} -p task-id={task}"),
    ] {
        let (status, out, err) = call(&arguments);
        assert_eq!((status, out.as_str()), (Some(2), ""), "{arguments}");
        messages += &format!("{arguments}\n{err}\n");
    }
    insta::assert_snapshot!(messages, @"
    cancel-all -p p.yml
    error: this action has to know the tasks of group `fOQsIonXQki5adS3LAQjRQ`, and --offline asks no network
     │
     ╰ help: leave out --offline

    1 error; nothing was generated

    rerun --task-id fOQsIonXQki5adS3LAQjRQ -p p.yml
    error: this action has to know the definition of task `fOQsIonXQki5adS3LAQjRQ`, and --offline asks no network
     │
     ╰ help: leave out --offline

    1 error; nothing was generated

    cancel --task-id fOQsIonXQki5adS3LAQjRQ -p task-id=fOQsIonXQki5adS3LAQjRQ
    error: the parameters `task-id=fOQsIonXQki5adS3LAQjRQ` cannot be read with --offline
     │
     ╰ help: name a file

    1 error; nothing was generated
    ");
}
