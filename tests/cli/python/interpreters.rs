//! No Python, another one than is needed, or none at all.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};

use insta::assert_snapshot;

use super::tree::{TRANSFORM, Tree};

const FULL: &[&str] = &["full", "--json", "-p", "p.yml"];

fn tree() -> Tree {
    Tree::new(&format!("{TRANSFORM}        yield task\n"))
}

/// A folder with git and nothing else, to be all of PATH.
fn git_alone() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let git =
        ["/usr/bin/git", "/usr/local/bin/git", "/bin/git"].into_iter().find(|git| fs::exists(git).unwrap());
    symlink(git.unwrap(), folder.path().join("git")).unwrap();
    folder
}

#[test]
fn python_never_names_the_object_the_file_and_the_way_out() {
    assert_snapshot!(tree().call(&[FULL, &["--native", "always", "--python", "never"]].concat()).refused(), @"
    error: `own_taskgraph.transforms.own:transforms` has no native equal
      ╭▸ taskcluster/kinds/k/kind.yml:2:14
      │
    2 │ transforms: [own_taskgraph.transforms.own:transforms, taskgraph.transforms.task:transforms]
      │              ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━ it is in `taskcluster/own_taskgraph/transforms/own.py`
      │
      ├ note: at transforms[0]
      ╰ help: `--python never` forbids to run the Python of the tree: leave the flag out

    1 error; nothing was generated
    ");
}

#[test]
fn a_name_that_nobody_has_is_no_question_of_python() {
    let tree = tree();
    let kind = fs::read_to_string(tree.path().join("taskcluster/kinds/k/kind.yml")).unwrap();
    let call = |name: &str| {
        tree.file(
            "taskcluster/kinds/k/kind.yml",
            &kind.replace("own_taskgraph.transforms.own:transforms", name),
        );
        tree.call(&[FULL, &["--native", "always", "--python", "never"]].concat()).refused()
    };
    let said = call("taskgraph.transforms.tsk:transforms");
    assert!(said.contains("unknown transform `taskgraph.transforms.tsk:transforms`"), "{said}");
    assert!(said.contains("did you mean `taskgraph.transforms.task`?"), "{said}");
    let said = call("nobody.has.this");
    assert!(said.contains("neither the program nor the tree has it"), "{said}");
}

#[test]
fn no_python_at_all_says_what_to_install_in_the_version_that_is_pinned() {
    let (tree, path) = (tree(), git_alone());
    tree.file("taskcluster/requirements.txt", "taskcluster-taskgraph==15.1.3\nmozilla-taskgraph>=3,<4\n");
    let path = path.path().display().to_string();
    let outcome = tree.call_with(&[("PATH", &path)], &[FULL, &["--native", "always"]].concat());
    assert_snapshot!(outcome.refused(), @"
    error: `own_taskgraph.transforms.own:transforms` has no native equal
      ╭▸ taskcluster/kinds/k/kind.yml:2:14
      │
    2 │ transforms: [own_taskgraph.transforms.own:transforms, taskgraph.transforms.task:transforms]
      │              ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━ it is in `taskcluster/own_taskgraph/transforms/own.py`
      │
      ├ note: at transforms[0]
      ╰ help: there is no Python that could make it: install Python 3 and then `python3 -m pip install taskcluster-taskgraph==15.1.3 'mozilla-taskgraph>=3,<4'`, or name an interpreter that has Taskgraph with --python or TASKGRAPH_PYTHON

    1 error; nothing was generated
    ");
}

#[test]
fn an_interpreter_without_taskgraph_gets_the_command_that_installs_it() {
    let Some(python) = super::tree::interpreter() else { return };
    let tree = tree();
    tree.file("taskcluster/requirements.in", "taskcluster-taskgraph>=15,<16\n");
    // `-S` leaves out the packages that are installed.
    let bare = tree.path().join("bare-python");
    fs::write(&bare, format!("#!/bin/sh\nexec '{}' -I -S \"$@\"\n", python.display())).unwrap();
    fs::set_permissions(&bare, fs::Permissions::from_mode(0o755)).unwrap();
    let bare = bare.display().to_string();
    let outcome = tree.call(&[FULL, &["--native", "always", "--python", &bare]].concat());
    assert_snapshot!(outcome.refused(), @"
    error: `[tree]/bare-python` (--python) has no taskcluster-taskgraph
      ╭▸ taskcluster/kinds/k/kind.yml:2:14
      │
    2 │ transforms: [own_taskgraph.transforms.own:transforms, taskgraph.transforms.task:transforms]
      │              ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━ kind `k` needs it: `own_taskgraph.transforms.own:transforms` has no native equal
      │
      ╰ help: `[tree]/bare-python -m pip install 'taskcluster-taskgraph>=15,<16'` installs what the tree asks for; --python or TASKGRAPH_PYTHON names another interpreter

    1 error; nothing was generated
    ");
}

#[test]
fn an_interpreter_that_is_not_there_is_named_with_who_named_it() {
    let tree = tree();
    for (path, environment) in [("/nowhere/python3", false), ("/etc/passwd", false), ("nowhere", true)] {
        let outcome = match environment {
            false => tree.call(&[FULL, &["--native", "always", "--python", path]].concat()),
            true => tree.call_with(
                &[("TASKGRAPH_PYTHON", path), ("PATH", "/usr/bin:/bin")],
                &[FULL, &["--native", "always"]].concat(),
            ),
        };
        // The path in a variable is one from the folder that the program was started in.
        let (path, by) =
            if environment { ("[tree]/nowhere", "TASKGRAPH_PYTHON") } else { (path, "--python") };
        let said = outcome.machine();
        let reported = format!("error: `{path}` ({by}) cannot be started as an interpreter of Python; ");
        assert!(said.contains(&reported), "{said}");
    }
}

#[test]
fn a_program_that_is_no_python_is_named() {
    let outcome = tree().call(&[FULL, &["--native", "always", "--python", "/bin/true"]].concat());
    assert_snapshot!(outcome.refused(), @"
    error: registering the Python of the tree: `/bin/true` (--python) ended with status 0 before it answered
     │
     ╰ help: it is not Python 3, or what it imports at its start ends it; what it printed stands above

    1 error; nothing was generated
    ");
}
