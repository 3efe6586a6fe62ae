//! The project's own kinds as a repository, a decision that was made of them, and the program as its hooks call it.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::fake_taskcluster::Fake;
use crate::support::checkout;
use crate::support::program::{Outcome, program, run};

/// The decision task.
pub(super) const DECISION: &str = "fN1SbArXTPSVFUUvaOlinQ";

/// The task of the action.
pub(super) const ACTION: &str = "JzrZV0lWSVq5tkuRFNTQIw";

const PARAMETERS: &str = "
base_ref: main
base_repository: https://github.com/mozilla/translations
base_rev: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
build_date: 1700000000
build_number: 1
do_not_optimize: []
enable_always_target: true
existing_tasks: {}
files_changed: []
filters: [target_tasks_method]
head_ref: main
head_repository: https://github.com/mozilla/translations
head_rev: bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb
head_tag: ''
level: '1'
moz_build_date: '20231114221320'
next_version: null
optimize_strategies: null
optimize_target_tasks: true
owner: someone@example.org
project: translations
pushdate: 1700000000
pushlog_id: '0'
repository_type: git
target_tasks_method: nothing
tasks_for: github-push
version: null
";

/// The repository.
pub(super) struct Repository {
    folder: TempDir,
    run_task: TempDir,
    root: &'static str,
}

impl Repository {
    pub(super) fn new() -> Self {
        let project = Path::new(env!("CARGO_MANIFEST_DIR"));
        let tree = tempfile::tempdir().unwrap();
        copy(&project.join("kinds"), &tree.path().join("kinds"));
        for file in ["config.yml", ".taskcluster.yml"] {
            fs::copy(project.join(file), tree.path().join(file)).unwrap();
        }
        Repository::of(tree.path(), ".")
    }

    /// A repository with another tree.
    pub(super) fn of(tree: &Path, root: &'static str) -> Self {
        let run_task = tempfile::tempdir().unwrap();
        for file in ["run-task", "fetch-content", "hgrc", "robustcheckout.py"] {
            fs::write(run_task.path().join(file), file).unwrap();
        }
        Repository { folder: checkout(tree), run_task, root }
    }

    pub(super) fn write(&self, name: &str, text: &str) {
        fs::write(self.folder.path().join(name), text).unwrap();
    }

    pub(super) fn artifact(&self, name: &str) -> Value {
        let text = fs::read_to_string(self.folder.path().join("artifacts").join(name)).unwrap();
        if name.ends_with(".yml") {
            serde_yaml::from_str(&text).unwrap()
        } else {
            serde_json::from_str(&text).unwrap()
        }
    }

    /// Publishes the files of a call as the artifacts of its task.
    pub(super) fn upload(&self, fake: &Fake, task: &str) {
        let folder = self.folder.path().join("artifacts");
        for entry in folder.read_dir().unwrap() {
            let entry = entry.unwrap();
            let name = format!("public/{}", entry.file_name().to_string_lossy());
            fake.artifact(task, &name, fs::read(entry.path()).unwrap());
        }
    }

    pub(super) fn has_artifacts(&self) -> bool {
        self.folder.path().join("artifacts").exists()
    }

    /// `action-callback` as the hook of an action calls it.
    pub(super) fn callback(&self, fake: &Fake, callback: &str, task: Option<&str>, input: &Value) -> Outcome {
        self.callback_in(fake, (ACTION, DECISION), callback, task, input)
    }

    /// The same in another task than `ACTION`, and for another group.
    pub(super) fn callback_in(
        &self,
        fake: &Fake,
        place: (&str, &str),
        callback: &str,
        task: Option<&str>,
        input: &Value,
    ) -> Outcome {
        run(self.callback_command(fake, place, callback, task, input))
    }

    /// The same call, not made yet.
    pub(super) fn callback_command(
        &self,
        fake: &Fake,
        (own, group): (&str, &str),
        callback: &str,
        task: Option<&str>,
        input: &Value,
    ) -> Command {
        let mut command = self.command(fake);
        command
            .args(["action-callback", "--native", "always", "--root", self.root])
            .arg("--run-task-dir")
            .arg(self.run_task.path());
        command.env("TASK_ID", own).env("ACTION_CALLBACK", callback).env("ACTION_TASK_GROUP_ID", group);
        command.env("ACTION_TASK_ID", json!(task).to_string()).env("ACTION_INPUT", input.to_string());
        command
    }

    /// `test-action-callback`.
    pub(super) fn test(&self, fake: &Fake, arguments: &[&str]) -> Outcome {
        let mut command = self.command(fake);
        command
            .args(["test-action-callback", "--native", "always", "--root", self.root])
            .arg("--run-task-dir")
            .arg(self.run_task.path());
        command.args(arguments);
        run(command)
    }

    /// `graph preview` of a file, as somebody without credentials calls it.
    pub(super) fn preview(&self, fake: &Fake, arguments: &[&str]) -> Outcome {
        let mut command = self.command(fake);
        command.env_remove("TASKCLUSTER_PROXY_URL");
        command
            .args(["graph", "preview", "--native", "always", "--root", self.root])
            .arg("--run-task-dir")
            .arg(self.run_task.path());
        command.args(arguments);
        run(command)
    }

    fn command(&self, fake: &Fake) -> Command {
        let mut command = program(self.folder.path());
        command.envs(fake.environment());
        command
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in from.read_dir().unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), &target).unwrap();
        }
    }
}

/// A Taskcluster that remembers a decision which created `build`, and knows `test` besides.
pub(super) fn decided() -> Fake {
    let fake = Fake::start();
    fake.decision_task(DECISION);
    fake.decision_task(ACTION);
    fake.artifact(DECISION, "public/parameters.yml", PARAMETERS);
    let task = |name: &str| {
        json!({
            "provisionerId": "translations-1",
            "workerType": "b-linux",
            "created": {"relative-datestamp": "0 seconds"},
            "deadline": {"relative-datestamp": "1 day"},
            "expires": {"relative-datestamp": "28 days"},
            "metadata": {
                "name": name, "description": "x", "owner": "a@example.org", "source": "https://example.org",
            },
            "payload": {},
        })
    };
    let node = |name: &str, dependencies: Value| {
        json!({
            "kind": "it", "label": name, "attributes": {"kind": "it"}, "optimization": null,
            "dependencies": dependencies, "task": task(name),
        })
    };
    let graph = json!({
        "build": node("build", json!({})),
        "test": node("test", json!({"build": "build"})),
    });
    fake.artifact(DECISION, "public/full-task-graph.json", graph.to_string());
    fake.artifact(DECISION, "public/label-to-taskid.json", json!({"build": BUILD}).to_string());
    let mut definition = task("build");
    for (key, time) in [
        ("created", "2026-01-01T00:00:00.000Z"),
        ("deadline", "2098-01-02T00:00:00.000Z"),
        ("expires", "2099-01-01T00:00:00.000Z"),
    ] {
        definition[key] = time.into();
    }
    definition["taskGroupId"] = DECISION.into();
    definition["schedulerId"] = "translations-level-1".into();
    fake.put_task(BUILD, definition, "failed");
    fake.grant(&["assume:repo:github.com/mozilla/translations:action:generic", "queue:*"]);
    fake
}

/// The task `build`.
pub(super) const BUILD: &str = "vLbaYNyfFziQ1WZW1EAhcg";
