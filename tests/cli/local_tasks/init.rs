//! `init`: a tree to start from.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use super::fixture::Fixture;

/// A repository that has nothing but an origin.
fn repository(origin: Option<&str>) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    git(folder.path(), &["init", "--quiet", "--initial-branch=trunk"]);
    if let Some(origin) = origin {
        git(folder.path(), &["remote", "add", "origin", origin]);
    }
    folder
}

fn git(folder: &Path, arguments: &[&str]) {
    let who = ["-c", "user.name=t", "-c", "user.email=t@example.org"];
    assert!(Command::new("git").args(who).args(arguments).current_dir(folder).status().unwrap().success());
}

fn files(folder: &Path) -> Vec<String> {
    let mut files = Vec::new();
    taskgraph::tree::walk(folder, "", &mut files).unwrap();
    files.retain(|file| !file.starts_with(".git/"));
    files.sort();
    files
}

const FILES: [&str; 5] = [
    ".taskcluster.yml",
    "taskcluster/config.yml",
    "taskcluster/docker/linux/Dockerfile",
    "taskcluster/kinds/docker-image/kind.yml",
    "taskcluster/kinds/hello/kind.yml",
];

#[test]
fn a_new_tree_makes_a_graph() {
    let fixture = Fixture::new(&["docker"]);
    let folder = repository(Some("git@github.com:example/My-tree.v2.git"));
    fs::create_dir(folder.path().join("deep")).unwrap();
    let call = |arguments: &[&str], at: &Path| fixture.run(fixture.program(arguments).current_dir(at));
    let outcome = call(&["init", "--trust-domain", "mine"], &folder.path().join("deep"));
    assert_eq!(
        (outcome.status, outcome.out),
        (Some(0), format!("{}\n", FILES.join("\n"))),
        "{}",
        outcome.err
    );
    assert_eq!(files(folder.path()), FILES);
    git(folder.path(), &["add", "--all"]);
    let before = call(&["full", "-J", "--python", "never"], folder.path());
    assert_eq!(before.status, Some(2), "{}", before.err);
    assert!(before.err.contains("the branch `trunk` of `"), "{}", before.err);
    assert!(before.err.contains("has no commit yet"), "{}", before.err);
    git(folder.path(), &["commit", "--quiet", "--message=tree"]);
    let graph = call(&["full", "-J", "--python", "never"], folder.path());
    assert_eq!(graph.status, Some(0), "{}", graph.err);
    let graph: Value = serde_json::from_str(&graph.out).unwrap();
    let hello = &graph["hello-world"]["task"];
    assert_eq!(hello["provisionerId"], "mine-3");
    assert_eq!(hello["payload"]["env"]["REPOSITORIES"], r#"{"my_tree_v2":"My-tree.v2"}"#);
    let run = call(&["load-task", "hello-world", "--offline"], folder.path());
    assert_eq!(run.status, Some(0), "{}", run.err);
    let created = fixture.calls("create").join("\n");
    assert!(created.contains("[--my_tree_v2-checkout=/builds/worker/checkouts/vcs/]"), "{created}");
}

#[test]
fn taskcluster_yml_makes_a_decision_of_a_push() {
    let fixture = Fixture::new(&[]);
    let folder = repository(Some("https://github.com/example/tree"));
    let arguments = ["init", "--level", "3", "--branch", "release/1"];
    let outcome = fixture.run(fixture.program(&arguments).current_dir(folder.path()));
    assert_eq!(outcome.status, Some(0), "{}", outcome.err);
    let text = fs::read_to_string(folder.path().join(".taskcluster.yml")).unwrap();
    // Functions are no JSON: their answers stand instead.
    let text = text.replace("{$eval: 'as_slugid(\"decision\")'}", "fN1SbArXTPSVFUUvaOlinQ");
    assert!(!text.contains("as_slugid"));
    let file: Value = serde_yaml::from_str(&text).unwrap();
    let push = |branch: &str| {
        let url = "https://github.com/example/tree";
        json!({
            "tasks_for": "github-push",
            "event": {
                "ref": format!("refs/heads/{branch}"), "base_ref": null, "before": "b".repeat(40), "after": "a".repeat(40),
                "deleted": false, "pusher": {"email": "who@example.org"},
                "repository": {"name": "tree", "html_url": url, "clone_url": url},
            },
        })
    };
    let rendered = json_e::render(&file, &push("release/1")).unwrap();
    let tasks = rendered["tasks"].as_array().unwrap();
    assert_eq!(tasks.len(), 1);
    assert_eq!(
        (&tasks[0]["provisionerId"], &tasks[0]["workerType"]),
        (&json!("mozilla-3"), &json!("decision"))
    );
    assert_eq!(tasks[0]["payload"]["env"]["TREE"], "taskcluster");
    let rendered = json_e::render(&file, &push("other")).unwrap();
    assert_eq!(rendered["tasks"], json!([]));
}

#[test]
fn nothing_is_written_where_something_is_in_the_way() {
    let fixture = Fixture::new(&[]);
    let folder = repository(Some("https://github.com/example/tree"));
    let call = |arguments: &[&str]| fixture.run(fixture.program(arguments).current_dir(folder.path()));
    let config = folder.path().join("taskcluster/config.yml");
    Fixture::write(&config, "mine\n");
    Fixture::write(&folder.path().join("taskcluster/kinds/own/kind.yml"), "mine\n");
    let before = files(folder.path());
    let outcome = call(&["init"]);
    assert_eq!(outcome.status, Some(2));
    insta::assert_snapshot!(outcome.err, @"
    error: `taskcluster/config.yml` is there already
     │
     ╰ help: --force overwrites it

    1 error; nothing was generated
    ");
    assert_eq!(files(folder.path()), before);
    // A file where a folder has to be: what was overwritten by then is as it was.
    Fixture::write(&folder.path().join("taskcluster/kinds/hello"), "a file\n");
    let outcome = call(&["init", "--force"]);
    assert_eq!(outcome.status, Some(3), "{}", outcome.err);
    fs::remove_file(folder.path().join("taskcluster/kinds/hello")).unwrap();
    assert_eq!(files(folder.path()), before);
    assert_eq!(fs::read_to_string(&config).unwrap(), "mine\n");
    let outcome = call(&["init", "--force"]);
    assert_eq!(outcome.status, Some(0), "{}", outcome.err);
    assert_ne!(fs::read_to_string(&config).unwrap(), "mine\n");
    assert!(files(folder.path()).contains(&"taskcluster/kinds/own/kind.yml".to_owned()));
}

#[test]
fn where_a_tree_cannot_be_is_reported() {
    let fixture = Fixture::new(&[]);
    let messages = |folder: tempfile::TempDir, more: &[&str]| {
        let outcome = fixture.run(fixture.program(&["init"]).args(more).current_dir(folder.path()));
        assert_eq!(outcome.status, Some(2), "{}", outcome.err);
        assert_eq!(files(folder.path()), [""; 0], "{}", outcome.err);
        outcome.err
    };
    insta::assert_snapshot!(messages(tempfile::tempdir().unwrap(), &[]), @"
    error: a tree belongs into a git repository, and the current directory is in none
     │
     ╰ help: begin with `git init`

    1 error; nothing was generated
    ");
    let elsewhere = repository(Some("https://hg.example.org/tree"));
    insta::assert_snapshot!(messages(elsewhere, &[]), @"
    error: the repository is not one of GitHub, whose events .taskcluster.yml is for
     │
     ├ note: its origin is `https://hg.example.org/tree`
     ╰ help: name it: `git remote add origin https://github.com/OWNER/NAME`

    1 error; nothing was generated
    ");
    insta::assert_snapshot!(messages(repository(None), &[]), @"
    error: the repository is not one of GitHub, whose events .taskcluster.yml is for
     │
     ├ note: it has no origin
     ╰ help: name it: `git remote add origin https://github.com/OWNER/NAME`

    1 error; nothing was generated
    ");
    let good = repository(Some("https://github.com/example/tree"));
    insta::assert_snapshot!(messages(good, &["--trust-domain", "a b", "--branch", "'$(x)'"]), @"
    error: `a b` is not a valid trust domain
     │
     ╰ help: it has letters, digits and `-`

    error: `'$(x)'` is not a valid branch
     │
     ╰ help: it has letters, digits, `-`, `_`, `.`, `+` and `/`

    2 errors; nothing was generated
    ");
}
