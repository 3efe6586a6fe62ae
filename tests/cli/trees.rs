//! Trees as they lie in checkouts: looked for upwards, of older layouts, with registrations that others know.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::support::program::call;
use crate::support::{CONFIG, PARAMETERS, checkout, whole};

/// A checkout with these files.
fn tree(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in files {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    checkout(folder.path())
}

const KIND: &str = "\
loader: taskgraph.loader.transform:loader
transforms: [taskgraph.transforms.task]
tasks:
  a: {description: does, worker-type: w, worker: {docker-image: debian, max-run-time: 60, command: [make]}}
";

/// `register` in the config.
fn with_register(name: &str) -> String {
    CONFIG.replace("taskgraph: {", &format!("taskgraph: {{register: '{name}', "))
}

#[test]
fn a_tree_is_looked_for_upwards_to_the_top_of_the_repository() {
    let home = Path::new(env!("CARGO_MANIFEST_DIR"));
    let config = fs::read_to_string(home.join("config.yml")).unwrap();
    let all = tempfile::tempdir().unwrap();
    fs::create_dir(all.path().join("taskcluster")).unwrap();
    let status = Command::new("cp")
        .arg("-r")
        .arg(home.join("kinds"))
        .arg(all.path().join("taskcluster/kinds"))
        .status();
    assert!(status.unwrap().success());
    fs::write(all.path().join("taskcluster/config.yml"), config).unwrap();
    fs::create_dir_all(all.path().join("configs/deep")).unwrap();
    fs::write(all.path().join("configs/deep/c.yml"), whole("target-stage: all\n")).unwrap();
    let copy = checkout(all.path());
    let deep = copy.path().join("configs/deep");
    let checked = call(&deep, &["config", "check", "c.yml"]);
    assert_eq!(checked.status, 0, "{}", checked.err);
    assert!(checked.out.ends_with("\n1 config over ../../taskcluster: 1 fine\n"), "{}", checked.out);
    let previewed = call(&deep, &["graph", "preview", "c.yml", "--offline"]);
    assert!(previewed.out.contains("\ntree ../../taskcluster ("), "{}", previewed.out);
    assert_eq!(call(&deep, &["kind-graph"]).status, 0);
    // What lies above the repository is another one's.
    let inner = deep.join("inner");
    fs::create_dir_all(inner.join(".git")).unwrap();
    let outcome = call(&inner, &["config", "check", "../c.yml"]);
    assert!(outcome.out.ends_with("\n1 config over the embedded kinds: 1 fine\n"), "{}", outcome.out);
}

#[test]
fn the_order_of_kinds_needs_no_registration() {
    let kinds = [
        ("taskcluster/config.yml", with_register("their_own:register")),
        (
            "taskcluster/kinds/b/kind.yml",
            KIND.replace("taskgraph.transforms.task", "their_own.transforms.any"),
        ),
        ("taskcluster/kinds/c/kind.yml", format!("kind-dependencies: [b]\n{KIND}")),
    ];
    let tree = tree(&kinds.each_ref().map(|(path, text)| (*path, text.as_str())));
    let outcome = call(tree.path(), &["kind-graph"]);
    assert_eq!((outcome.status, outcome.out.as_str(), outcome.err.as_str()), (0, "b\nc: b\n", ""));
}

#[test]
fn kinds_beside_the_config_are_moved() {
    let tree = tree(&[("taskcluster/config.yml", CONFIG), ("taskcluster/b/kind.yml", KIND)]);
    let refused = |arguments: &[&str]| {
        let outcome = call(tree.path(), arguments);
        assert_eq!((outcome.status, outcome.out.as_str()), (2, ""), "{}", outcome.err);
        outcome.err
    };
    let message = refused(&["full"]);
    insta::assert_snapshot!(message, @"
    error: `taskcluster` has no folder `kinds`
     │
     ├ note: 1 of its folders have a kind.yml: Taskgraph had them beside config.yml before
     ╰ help: move each of them: `git mv taskcluster/NAME taskcluster/kinds/NAME`

    1 error; nothing was generated
    ");
    assert_eq!(refused(&["graph", "preview", "taskcluster/config.yml"]), message);
}

#[test]
fn a_tree_in_the_folder_of_before_is_moved() {
    let tree = tree(&[("taskcluster/ci/config.yml", CONFIG), ("taskcluster/ci/b/kind.yml", KIND)]);
    let outcome = call(tree.path(), &["full"]);
    assert_eq!(outcome.status, 2);
    insta::assert_snapshot!(outcome.err, @"
    error: no tree at `taskcluster`: there is no config.yml in it
     │
     ╰ help: it is in `taskcluster/ci`, as Taskgraph had it before: move it to `taskcluster`, and the kinds to `taskcluster/kinds`

    1 error; nothing was generated
    ");
}

#[test]
fn a_transform_that_has_another_name_today_is_reported() {
    let kind = KIND.replace("taskgraph.transforms.task", "taskgraph.transforms.job:transforms");
    let tree = tree(&[("taskcluster/config.yml", CONFIG), ("taskcluster/kinds/b/kind.yml", &kind)]);
    let outcome = call(tree.path(), &["full", "--python", "never"]);
    assert_eq!(outcome.status, 2);
    insta::assert_snapshot!(outcome.err, @"
    error: unknown transform `taskgraph.transforms.job:transforms`
      ╭▸ taskcluster/kinds/b/kind.yml:2:14
      │
    2 │ transforms: [taskgraph.transforms.job:transforms]
      │              ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━ it is called `taskgraph.transforms.run` today, and its key `job` is `run`
      │
      ╰ note: at transforms[0]

    1 error; nothing was generated
    ");
}

#[test]
fn what_mozilla_taskgraph_registers_is_known() {
    let config = with_register("mozilla_taskgraph:register");
    let files =
        [("taskcluster/config.yml", &*config), ("taskcluster/kinds/b/kind.yml", KIND), ("p.yml", PARAMETERS)];
    let outcome = call(tree(&files).path(), &["full", "-p", "p.yml"]);
    assert_eq!((outcome.status, outcome.out.as_str()), (0, "b-a\n"), "{}", outcome.err);
}

#[test]
fn fetches_of_several_tasks_of_a_kind_get_the_cure() {
    let bundle = "\
kind-dependencies: [b]
transforms: [taskgraph.transforms.from_deps, taskgraph.transforms.run, taskgraph.transforms.task]
loader: taskgraph.loader.transform:loader
tasks:
  all:
    description: collects
    from-deps: {kinds: [b], group-by: all, fetches: {b: [{artifact: lib.zip, extract: false}]}}
    worker-type: w
    worker: {docker-image: debian, max-run-time: 60}
    run: {using: run-task, command: make, use-caches: false, checkout: false}
";
    let files = |unique: &str| {
        let bundle = bundle.replace("group-by: all,", &format!("group-by: all,{unique}"));
        let files = [
            ("taskcluster/config.yml", CONFIG),
            ("taskcluster/kinds/b/kind.yml", KIND),
            ("taskcluster/kinds/c/kind.yml", &bundle),
            ("p.yml", PARAMETERS),
        ];
        call(tree(&files).path(), &["full", "-p", "p.yml"])
    };
    let outcome = files("");
    assert_eq!(outcome.status, 2, "{}", outcome.err);
    insta::assert_snapshot!(outcome.err, @"
    error: `fetches.b-a` has no dependency of that name; the dependencies are b; `b` is that task: `from-deps` with `fetches` needs `unique-kinds: false`, which names dependencies by label
      ╭▸ taskcluster/kinds/c/kind.yml:5:3
      │
    5 │   all:
      │   ━━━ in kind `c`, task `all`
      │
      ╰ note: at tasks.all

    1 error; nothing was generated
    ");
    let outcome = files(" unique-kinds: false,");
    assert_eq!(outcome.status, 0, "{}", outcome.err);
}
