//! `.taskcluster.yml`, rendered as the services render it: each event gets a task that the queue and the worker take.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]
#![allow(clippy::disallowed_methods, reason = "a test starts programs")]

mod fake_taskcluster;
mod support;

use std::path::Path;

use fake_taskcluster::Schemas;
use serde_json::{Value, json};

const OWN_ID: &str = "fN1SbArXTPSVFUUvaOlinQ";
const GROUP: &str = "Y9DfvJlCQCu1sKrLWNEJVg";
const NULL: &str = "0000000000000000000000000000000000000000";

/// The file, with the values of Firefox CI that docs/firefox-ci.md gives in the place of this project's own.
fn file(is_for_firefox_ci: bool) -> Value {
    let read =
        |name: &str| std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(name)).unwrap();
    // Functions are no JSON: the services put them into the context, here their answers stand instead.
    let text = read(".taskcluster.yml").replace("{$eval: 'as_slugid(\"decision\")'}", OWN_ID);
    let text = text.replace("{$eval: 'as_slugid(\"ci\")'}", GROUP);
    assert!(!text.contains("as_slugid"));
    let mut file: Value = serde_yaml::from_str(&text).unwrap();
    if is_for_firefox_ci {
        let page = read("docs/firefox-ci.md");
        let block = page.split("```yaml\n").find(|block| block.starts_with("trust_domain:")).unwrap();
        let values: Value = serde_yaml::from_str(block.split("```").next().unwrap()).unwrap();
        for (name, value) in values.as_object().unwrap() {
            let place = file["tasks"][0]["$let"].get_mut(name);
            *place.unwrap_or_else(|| panic!("{name} is no value of .taskcluster.yml")) = value.clone();
        }
        file["tasks"].as_array_mut().unwrap().truncate(1);
    }
    file
}

fn render(file: &Value, event: &Value) -> Vec<Value> {
    let rendered = json_e::render(file, event).unwrap_or_else(|error| panic!("{error:#}"));
    rendered["tasks"].as_array().unwrap().clone()
}

fn push(git_ref: &str, before: &str) -> Value {
    json!({
        "tasks_for": "github-push",
        "event": {
            "ref": git_ref, "base_ref": null, "before": before, "after": "a".repeat(40), "deleted": false,
            "pusher": {"email": "who@example.org"},
            "repository": {
                "name": "translations", "html_url": "https://github.com/mozilla/translations",
                "clone_url": "https://github.com/mozilla/translations.git",
            },
        },
    })
}

fn pull_request(tasks_for: &str, action: &str) -> Value {
    let repository = |owner: &str| {
        let url = format!("https://github.com/{owner}/translations");
        json!({"name": "translations", "full_name": format!("{owner}/translations"), "html_url": url, "clone_url": url})
    };
    json!({
        "tasks_for": tasks_for,
        "event": {
            "action": action,
            "sender": {"login": "who"},
            "repository": repository("mozilla"),
            "pull_request": {
                "number": 7, "user": {"login": "who"},
                "base": {"ref": "main", "sha": "b".repeat(40), "repo": repository("mozilla")},
                "head": {"ref": "odd'; rm -rf \"$HOME\"", "sha": "a".repeat(40), "repo": repository("who")},
            },
        },
    })
}

fn cron() -> Value {
    json!({
        "tasks_for": "cron",
        "ownTaskId": OWN_ID,
        "repository": {"url": "https://github.com/mozilla/translations", "project": "translations", "level": "1"},
        "push": {"revision": "a".repeat(40), "branch": "main", "pushlog_id": "-1", "pushdate": 0, "owner": "cron"},
        "cron": {
            "task_id": GROUP, "job_name": "run-pipeline", "job_symbol": "P",
            "quoted_args": "--target-tasks-method=train-target-tasks",
        },
    })
}

fn action(tasks_for: &str) -> Value {
    json!({
        "tasks_for": tasks_for,
        "ownTaskId": OWN_ID,
        "taskId": null,
        "clientId": "mozilla-auth0/who",
        "input": {"target-stage": "all", "it's": "quoted"},
        "repository": {
            "url": "https://github.com/mozilla/translations", "base_url": "https://github.com/mozilla/translations",
            "project": "translations", "level": 1,
        },
        "push": {"revision": "a".repeat(40), "branch": "main", "base_branch": "main", "owner": "who@example.org"},
        "action": {
            "name": "train", "title": "Train", "description": "Starts training", "taskGroupId": GROUP,
            "symbol": "train", "cb_name": "train", "action_perm": "train", "repo_scope": "assume:repo:x",
        },
    })
}

/// Events, the scope of the task that they cause, and what its script calls.
fn events() -> Vec<(Value, &'static str, &'static str)> {
    let repository = "assume:repo:github.com/mozilla/translations";
    let scope = |rest: &str| -> &'static str { Box::leak(format!("{repository}:{rest}").into_boxed_str()) };
    vec![
        (push("refs/heads/main", &"b".repeat(40)), scope("branch:main"), "decision"),
        (push("refs/heads/main", NULL), scope("branch:main"), "decision"),
        (pull_request("github-pull-request", "opened"), scope("pull-request"), "decision"),
        (
            pull_request("github-pull-request-untrusted", "synchronize"),
            scope("pull-request-untrusted"),
            "decision",
        ),
        (cron(), scope("cron:run-pipeline"), "decision"),
        (action("action"), scope("action:train"), "action-callback"),
        (action("pr-action"), scope("pr-action:train"), "action-callback"),
    ]
}

#[test]
fn every_event_gets_its_task() {
    for is_for_firefox_ci in [false, true] {
        let file = file(is_for_firefox_ci);
        for (event, scope, call) in events() {
            let tasks = render(&file, &event);
            let task = &tasks[0];
            let tasks_for = event["tasks_for"].as_str().unwrap();
            assert_eq!(task["scopes"], json!([scope]), "{tasks_for}");
            let script = task["payload"]["command"].as_array().unwrap().last().unwrap().as_str().unwrap();
            assert!(script.contains(&format!("taskgraph-rs {call} ")), "{script}");
            assert!(!script.contains("rm -rf"), "names of branches are no part of the script: {script}");
            let is_action = call == "action-callback";
            assert_eq!(task["taskGroupId"], if is_action { GROUP } else { OWN_ID }, "{tasks_for}");
            assert_eq!(
                task.get("taskId").and_then(Value::as_str),
                (!is_action).then_some(OWN_ID),
                "{tasks_for}"
            );
            assert_eq!(task["extra"]["tasks_for"], tasks_for);
            let env = &task["payload"]["env"];
            assert_eq!(env["HEAD_REV"], "a".repeat(40).as_str(), "{tasks_for}");
            assert_eq!(env.get("ACTION_INPUT").is_some(), is_action, "{tasks_for}");
        }
    }
}

#[test]
fn a_schedule_brings_its_own_flags_and_a_new_branch_is_its_own_base() {
    let file = file(false);
    let script = render(&file, &cron())[0]["payload"]["command"][2].as_str().unwrap().to_owned();
    assert!(script.trim_end().ends_with("--target-tasks-method=train-target-tasks"), "{script}");
    let base = |event: &Value| render(&file, event)[0]["payload"]["env"]["BASE_REF"].clone();
    assert_eq!(base(&push("refs/heads/main", &"b".repeat(40))), "main");
    assert_eq!(base(&push("refs/heads/main", NULL)), "refs/heads/main");
}

#[test]
fn other_events_cause_nothing() {
    let file = file(false);
    for event in [
        push("refs/heads/somebody", &"b".repeat(40)),
        pull_request("github-pull-request", "labeled"),
        json!({"tasks_for": "github-release", "event": {"action": "published"}}),
    ] {
        assert_eq!(render(&file, &event), [] as [Value; 0], "{event}");
    }
    let mut gone = push("refs/heads/main", &"b".repeat(40));
    gone["event"]["deleted"] = true.into();
    assert_eq!(render(&file, &gone).len(), 1, "the CI of this project looks for itself");
}

#[test]
fn this_project_tests_its_own_pushes_and_pull_requests() {
    let names = |event: &Value| -> Vec<String> {
        let tasks = render(&file(false), event);
        tasks.iter().map(|task| task["metadata"]["name"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(names(&push("refs/heads/main", NULL)), ["Decision Task (push)", "ci"]);
    assert_eq!(names(&pull_request("github-pull-request", "opened")), ["Decision Task (pull-request)", "ci"]);
    assert_eq!(names(&cron()), ["Decision Task for cron job run-pipeline"]);
    assert_eq!(names(&action("action")), ["Action: Train"]);
}

#[test]
fn the_queue_and_the_worker_take_every_task() {
    let Some(schemas) = Schemas::get() else { return };
    for is_for_firefox_ci in [false, true] {
        let file = file(is_for_firefox_ci);
        for (event, _, _) in events() {
            for mut task in render(&file, &event) {
                // The service that creates the task takes its id out.
                task.as_object_mut().unwrap().shift_remove("taskId");
                let none: [&str; 0] = [];
                assert_eq!(schemas.check("queue/v1/create-task-request.json", &task), none, "{event}");
                assert_eq!(schemas.check("docker-worker/v1/payload.json", &task["payload"]), none, "{event}");
            }
        }
    }
}
