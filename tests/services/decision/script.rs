//! The script of `.taskcluster.yml`, as the worker runs it: from the event to tasks in the queue.

use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use super::repository::{DECISION, Repository};
use crate::fake_taskcluster::Fake;
use crate::support::program::{call, run};

/// The decision task for an event, with this machine in the place of the worker's: its own folders, the program that
/// is tested, and a tree in `taskcluster`.
fn task(event: &Value, folder: &Path) -> Value {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(".taskcluster.yml");
    let text = std::fs::read_to_string(file).unwrap();
    let text = text.replace("{$eval: 'as_slugid(\"decision\")'}", DECISION);
    let text = text.replace("/builds/", &format!("{}/builds/", folder.display()));
    let mut file: Value = serde_yaml::from_str(&text).unwrap();
    let values = &mut file["tasks"][0]["$let"];
    values["setup"] = "".into();
    values["root"] = "taskcluster".into();
    file["tasks"].as_array_mut().unwrap().truncate(1);
    json_e::render(&file, event).unwrap()["tasks"][0].clone()
}

fn push(repository: &Repository, before: &str) -> Value {
    let url = format!("file://{}", repository.path().display());
    json!({
        "tasks_for": "github-push",
        "event": {
            "ref": "refs/heads/main", "base_ref": null, "before": before, "after": repository.head(),
            "deleted": false, "pusher": {"email": "who@example.org"},
            "repository": {"name": "p", "html_url": url, "clone_url": url},
        },
    })
}

#[test]
fn a_push_becomes_tasks() {
    let repository = Repository::new();
    let before = repository.head();
    // Links to files of the tree are made of the url of the repository, which has to be one of GitHub.
    repository.git(&["config", "uploadpack.allowAnySHA1InWant", "true"]);
    repository.touch("new.txt");
    let folder = tempfile::tempdir().unwrap();
    let event = push(&repository, &before);
    let task = task(&event, folder.path());
    let fake = Fake::start();
    fake.decision_task(DECISION);
    std::fs::create_dir_all(folder.path().join("builds")).unwrap();
    let bin = Path::new(env!("CARGO_BIN_EXE_taskgraph-rs")).parent().unwrap().to_owned();
    let words: Vec<&str> =
        task["payload"]["command"].as_array().unwrap().iter().map(|word| word.as_str().unwrap()).collect();
    let mut command = Command::new(words[0]);
    command.args(&words[1..]).env_clear().current_dir(folder.path());
    for (name, value) in task["payload"]["env"].as_object().unwrap() {
        // The graph is made for a repository on GitHub; the clone comes from this machine.
        command.env(name, value.as_str().unwrap());
    }
    let url = format!("url.file://{}.insteadOf", repository.path().display());
    let github = "https://github.com/o/p";
    command.env("HEAD_REPOSITORY", github).env("BASE_REPOSITORY", github);
    command.env("GIT_CONFIG_COUNT", "1").env("GIT_CONFIG_KEY_0", url).env("GIT_CONFIG_VALUE_0", github);
    command.env("PATH", format!("{}:/usr/local/bin:/usr/bin:/bin", bin.display())).env("TASK_ID", DECISION);
    command.env_remove("TASKGRAPH_RUN_TASK_DIR").envs(fake.environment());
    let outcome = run(command);
    assert_eq!(outcome.status, 0, "{}", outcome.err);
    assert_eq!(fake.violations(), [""; 0]);
    assert_eq!(fake.tasks().len(), 5);
    let parameters = std::fs::read_to_string(folder.path().join("builds/artifacts/parameters.yml")).unwrap();
    let parameters: Value = serde_yaml::from_str(&parameters).unwrap();
    assert_eq!(parameters["base_rev"], before.as_str());
    assert_eq!(parameters["files_changed"], json!(["new.txt"]));
    assert_eq!(parameters["owner"], "who@example.org");
}

/// Every flag that the script gives is one that the program knows.
#[test]
fn the_program_knows_the_flags_of_the_script() {
    let repository = Repository::new();
    let folder = tempfile::tempdir().unwrap();
    let task = task(&push(&repository, &repository.head()), folder.path());
    let script = task["payload"]["command"][2].as_str().unwrap();
    let help = call(repository.path(), &["decision", "--help"]);
    let flags: Vec<&str> = script
        .split_whitespace()
        .filter(|word| word.starts_with("--"))
        .map(|word| word.split('=').next().unwrap())
        .collect();
    let of_the_program = |flag: &&str| !["--quiet", "--no-checkout", "--detach"].contains(flag);
    for flag in flags.into_iter().filter(of_the_program) {
        assert!(help.out.contains(&format!("{flag} ")), "{flag}");
    }
}
