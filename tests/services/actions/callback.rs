//! Actions that are carried out.

use serde_json::{Value, json};

use super::tree::{ACTION, BUILD, DECISION, Repository, decided};
use crate::support::program::{Outcome, run};

/// A training config out of the project's own one.
pub(super) fn config(change: impl FnOnce(&mut Value)) -> Value {
    let text = include_str!("../../../kinds/training-config.yml");
    let mut config: Value = serde_yaml::from_str(text).unwrap();
    config["target-stage"] = "train-backwards".into();
    change(&mut config);
    config
}

fn well(outcome: &Outcome) {
    assert_eq!(outcome.status, 0, "{}", outcome.err);
}

#[test]
fn a_new_job_is_created_in_the_group_of_its_decision() {
    let (repository, fake) = (Repository::new(), decided());
    let outcome = repository.callback(&fake, "add-new-jobs", None, &json!({"tasks": ["test"], "times": 2}));
    well(&outcome);
    assert_eq!(fake.violations(), [""; 0]);
    let tasks: Vec<Value> =
        fake.tasks().into_values().filter(|task| task["metadata"]["name"] == "test").collect();
    assert_eq!(tasks.len(), 2);
    for task in &tasks {
        // The decision is waited for as well, as nothing of this graph is.
        assert_eq!(task["dependencies"], json!([ACTION, BUILD, DECISION]));
        assert_eq!(task["taskGroupId"], DECISION);
        assert_eq!(task["schedulerId"], "translations-level-1");
        assert_eq!(task["extra"]["parent"], ACTION);
    }
    // Both rounds ask for the same.
    assert_eq!(fake.count("statuses"), 1);
    assert_eq!(repository.artifact("to-run.json"), json!(["test"]));
    assert_eq!(repository.artifact("label-to-taskid-1.json")["build"], BUILD);
    assert!(outcome.err.ends_with("2 tasks created\n"), "{}", outcome.err);
}

#[test]
fn an_action_needs_the_scope_of_its_permission() {
    let (repository, fake) = (Repository::new(), decided());
    let outcome = repository.callback(&fake, "rebuild-cached-tasks", None, &Value::Null);
    assert_eq!(outcome.status, 2);
    insta::assert_snapshot!(outcome.err, @"
    error: this task may not run the action `rebuild-cached-tasks` of translations
     │
     ├ note: it needs the scope `assume:repo:github.com/mozilla/translations:action:rebuild-cached-tasks` or `assume:repo:github.com/mozilla/translations:pr-action:rebuild-cached-tasks`
     ╰ help: trigger the action through the hook that actions.json names for `rebuild-cached-tasks`

    1 error; nothing was generated
    ");
    fake.grant(&["assume:repo:github.com/mozilla/translations:pr-action:rebuild-cached-tasks"]);
    well(&repository.callback(&fake, "rebuild-cached-tasks", None, &Value::Null));
}

#[test]
fn a_failed_task_is_rerun_and_then_cancelled() {
    let (repository, fake) = (Repository::new(), decided());
    well(&repository.callback(&fake, "rerun", Some(BUILD), &json!({})));
    assert_eq!(fake.count("rerunTask"), 1);
    assert_eq!(fake.state(BUILD).as_deref(), Some("pending"));
    fake.page(1);
    let outcome = repository.callback(&fake, "cancel-all", None, &Value::Null);
    well(&outcome);
    assert_eq!(fake.state(BUILD).as_deref(), Some("exception"));
    assert_eq!(fake.state(ACTION).as_deref(), Some("running"));
}

#[test]
fn what_an_action_would_do_is_shown_and_not_done() {
    let (repository, fake) = (Repository::new(), decided());
    repository.write("input.yml", "tasks: [test]");
    let parameters = format!("task-id={DECISION}");
    let outcome = repository.test(
        &fake,
        &["add-new-jobs", "-p", &parameters, "--task-group-id", DECISION, "--input", "input.yml"],
    );
    well(&outcome);
    let shown: Value = serde_json::from_str(&outcome.out).unwrap();
    let created: Vec<&str> = shown["create"]
        .as_object()
        .unwrap()
        .values()
        .map(|task| task["metadata"]["name"].as_str().unwrap())
        .collect();
    assert_eq!(created, ["test"]);
    assert_eq!(fake.count("createTask"), 0);
}

#[test]
fn a_training_starts_with_its_pretrained_models() {
    let (repository, fake) = (Repository::new(), decided());
    fake.grant(&[
        "assume:repo:github.com/mozilla/translations:action:train",
        "queue:*",
        "secrets:*",
        "generic-worker:*",
    ]);
    let input = config(|config| {
        config["experiment"]["pretrained-models"] = json!({
            "train-backwards": {"urls": ["https://models.example.org/b"], "mode": "use", "type": "default"},
            "train-student": {"urls": ["https://models.example.org/s"], "mode": "init", "type": "default"},
        });
        // As JavaScript writes 0.0.
        config["experiment"]["bicleaner"]["default-threshold"] = 0.into();
        config["existing_tasks"] = json!({"toolchain-marian": BUILD});
    });
    let outcome = repository.callback(&fake, "train", None, &input);
    well(&outcome);
    assert_eq!(fake.violations(), [""; 0]);
    let parameters = repository.artifact("parameters.yml");
    assert_eq!(parameters["target_tasks_method"], "train-target-tasks");
    assert_eq!(parameters["tasks_for"], "action");
    assert_eq!(parameters["existing_tasks"], json!({"toolchain-marian": BUILD}));
    assert_eq!(parameters["training_config"]["experiment"]["bicleaner"]["default-threshold"], 0);
    assert!(parameters["training_config"].get("existing_tasks").is_none());
    let tasks = fake.tasks();
    let training = tasks.values().find(|task| task["metadata"]["name"] == "train-backwards-ru-en").unwrap();
    assert_eq!(training["taskGroupId"], ACTION);
    assert!(training["payload"]["mounts"].to_string().contains("https://models.example.org/b/"));
}

#[test]
fn everything_about_the_input_of_train_is_reported_before_anything_is_done() {
    let (repository, fake) = (Repository::new(), decided());
    let input = config(|config| {
        config["target-stage"] = "train-techer".into();
        config["start-stage"] = "train-backwards".into();
        config["existing_tasks"] = json!({"build": "short"});
        config["experiment"]["student-model"] = "huge".into();
        config["experiment"]["pretrained-models"] = json!({
            "train-teacher": {"urls": ["https://models.example.org/t"], "mode": "contiune", "type": "default"},
        });
        config["experiment"].as_object_mut().unwrap().shift_remove("src");
    });
    repository.write("input.json", &serde_json::to_string_pretty(&input).unwrap());
    let parameters = format!("task-id={DECISION}");
    let outcome = repository.test(&fake, &["train", "-p", &parameters, "--input", "input.json"]);
    assert_eq!(outcome.status, 2);
    insta::assert_snapshot!(outcome.err);
    assert!(!repository.has_artifacts());
}

#[test]
fn a_key_that_nobody_knows_is_refused_wherever_it_stands() {
    let (repository, fake) = (Repository::new(), decided());
    let input = config(|config| {
        config["experiment"]["bicleaner"]["default-treshold"] = 0.5.into();
        config["start_stage"] = "train-teacher".into();
    });
    repository.write("input.json", &serde_json::to_string_pretty(&input).unwrap());
    let parameters = format!("task-id={DECISION}");
    let outcome = repository.test(&fake, &["train", "-p", &parameters, "--input", "input.json"]);
    assert_eq!(outcome.status, 2);
    insta::assert_snapshot!(outcome.err, @r#"
    error: unknown key `default-treshold`
       ╭▸ input.json:28:7
       │
    28 │       "default-treshold": 0.5
       │       ━━━━━━━━━━━━━━━━━━ did you mean `default-threshold`?
       │
       ╰ note: at experiment.bicleaner.default-treshold

    error: unknown key `start_stage`
        ╭▸ input.json:100:3
        │
    100 │   "start_stage": "train-teacher"
        │   ━━━━━━━━━━━━━ did you mean `target-stage`?
        │
        ╰ note: at start_stage

    2 errors; nothing was generated
    "#);
    assert!(!repository.has_artifacts());
}

#[test]
fn a_stage_without_tasks_is_refused() {
    let (repository, fake) = (Repository::new(), decided());
    let input = config(|config| config["target-stage"] = "evaluate-finetuned-teacher".into());
    repository.write("input.json", &input.to_string());
    let parameters = format!("task-id={DECISION}");
    let outcome = repository.test(&fake, &["train", "-p", &parameters, "--input", "input.json"]);
    assert_eq!(outcome.status, 2);
    assert!(outcome.err.contains("evaluate-finetuned-teacher"), "{}", outcome.err);
    assert!(!repository.has_artifacts());
}

#[test]
fn a_training_goes_on_from_a_stage_of_an_earlier_one() {
    let (repository, fake) = (Repository::new(), decided());
    let graph = json!({
        "train-backwards-ru-en": {
            "kind": "train-backwards", "label": "train-backwards-ru-en", "attributes": {"stage": "train-backwards"},
            "optimization": null, "dependencies": {}, "task": {},
        },
    });
    const GROUP: &str = "LzIsbop3RkwVUBcr9TxlKg";
    const TRAINING: &str = "MH3_5l1jS3-eJ4lSxydNQQ";
    fake.artifact(GROUP, "public/full-task-graph.json", graph.to_string());
    fake.artifact(
        GROUP,
        "public/label-to-taskid.json",
        json!({"train-backwards-ru-en": TRAINING}).to_string(),
    );
    fake.put_task(
        TRAINING,
        json!({
            "dependencies": [BUILD, DECISION], "taskGroupId": GROUP, "schedulerId": "translations-level-1",
            "metadata": {"name": "train-backwards-ru-en", "description": "x", "owner": "x@x", "source": "https://x"},
        }),
        "completed",
    );
    let input = config(|config| {
        config["start-stage"] = "train-backwards".into();
        config["previous_group_ids"] = json!([GROUP]);
    });
    repository.write("input.json", &input.to_string());
    let parameters = format!("task-id={DECISION}");
    let outcome = repository.test(&fake, &["train", "-p", &parameters, "--input", "input.json"]);
    well(&outcome);
    let existing = &repository.artifact("parameters.yml")["existing_tasks"];
    assert_eq!(existing["build"], BUILD);
    assert!(existing.get("train-backwards-ru-en").is_none());
}

#[test]
fn the_environment_says_what_is_asked() {
    let (repository, fake) = (Repository::new(), decided());
    let outcome = repository.callback(&fake, "", None, &Value::Null);
    assert_eq!(outcome.status, 2);
    assert!(outcome.err.contains("ACTION_CALLBACK is not set"), "{}", outcome.err);
    let outcome = repository.callback(&fake, "cancl-all", None, &Value::Null);
    assert!(outcome.err.contains("did you mean `cancel-all`?"), "{}", outcome.err);
}

#[test]
fn an_action_that_runs_once_more_creates_only_what_is_missing() {
    let (repository, fake) = (Repository::new(), decided());
    let input = json!({"tasks": ["test"], "times": 2});
    well(&repository.callback(&fake, "add-new-jobs", None, &input));
    let before: Vec<String> = fake.tasks().into_keys().collect();
    assert_eq!(before.len(), 2);
    fake.forget(&before[1]);
    fake.resolve(ACTION, "exception", "worker-shutdown");
    fake.decision_task(ACTION);
    let outcome = repository.callback(&fake, "add-new-jobs", None, &input);
    well(&outcome);
    let after: Vec<String> = fake.tasks().into_keys().collect();
    assert_eq!((after.len(), &after[0]), (2, &before[0]));
    assert!(
        outcome.err.ends_with("used again of an earlier run: 1 task\n1 task created\n"),
        "{}",
        outcome.err
    );
    assert_eq!(repository.artifact("label-to-taskid-0.json")["test"], before[0]);
}

#[test]
fn a_decision_that_is_made_once_more_is_created_once_however_often_the_action_runs() {
    let (repository, fake) = (Repository::new(), decided());
    let definition = json!({
        "taskGroupId": DECISION, "schedulerId": "translations-level-1", "tags": {"kind": "decision-task"},
        "metadata": {"name": "Decision Task", "description": "x", "owner": "a@example.org", "source": "https://x"},
    });
    fake.put_task(DECISION, definition, "completed");
    fake.grant(&["assume:repo:github.com/mozilla/translations:action:retrigger-decision", "queue:*"]);
    for run in 0..2 {
        let outcome = repository.callback(&fake, "retrigger-decision", Some(DECISION), &Value::Null);
        well(&outcome);
        let tasks = fake.tasks();
        assert_eq!(tasks.len(), 1, "{}", outcome.err);
        let (id, task) = tasks.first().unwrap();
        assert_eq!(task["metadata"]["name"], "Decision Task");
        let reported = match run {
            0 => "1 task created\n".to_owned(),
            _ => format!("Decision Task ({id}) was created by an earlier run of this task\n"),
        };
        assert!(outcome.err.ends_with(&reported), "{}", outcome.err);
        fake.resolve(ACTION, "exception", "worker-shutdown");
        fake.decision_task(ACTION);
    }
    assert_eq!(fake.violations(), [""; 0]);
}

#[test]
fn a_training_that_runs_once_more_creates_only_what_is_missing() {
    let (repository, fake) = (Repository::new(), decided());
    fake.grant(&[
        "assume:repo:github.com/mozilla/translations:action:train",
        "queue:*",
        "secrets:*",
        "generic-worker:*",
    ]);
    well(&repository.callback(&fake, "train", None, &config(|_| ())));
    let before = fake.tasks();
    let lost = before.iter().find(|(_, task)| task["metadata"]["name"] == "train-backwards-ru-en").unwrap().0;
    fake.forget(lost);
    fake.resolve(ACTION, "exception", "worker-shutdown");
    fake.decision_task(ACTION);
    let outcome = repository.callback(&fake, "train", None, &config(|_| ()));
    well(&outcome);
    let used = format!("used again of an earlier run: {} tasks\n1 task created\n", before.len() - 1);
    assert!(outcome.err.ends_with(&used), "{}", outcome.err);
    let names = |tasks: &indexmap::IndexMap<String, Value>| {
        let mut names: Vec<String> =
            tasks.values().map(|task| task["metadata"]["name"].to_string()).collect();
        names.sort();
        names
    };
    assert_eq!(names(&fake.tasks()), names(&before));
    assert_eq!(fake.count("cancelTask"), 0);
    assert_eq!(fake.violations(), [""; 0]);
}

#[test]
fn a_task_that_has_ended_is_not_said_to_be_cancelled() {
    for (state, ended) in [("failed", "failed"), ("completed", "completed")] {
        let (repository, fake) = (Repository::new(), decided());
        fake.put_task(BUILD, fake.definition(BUILD), state);
        let outcome = repository.callback(&fake, "cancel", Some(BUILD), &Value::Null);
        well(&outcome);
        let reported =
            format!("{BUILD} is not cancelled: it has ended before ({ended})\n0 tasks cancelled\n");
        assert!(outcome.err.ends_with(&reported), "{}", outcome.err);
        assert_eq!(fake.state(BUILD).as_deref(), Some(state));
    }
}

/// The clock of the queue is the one that counts.
#[test]
fn what_is_past_its_deadline_is_neither_cancelled_nor_rerun() {
    let (repository, fake) = (Repository::new(), decided());
    const OPEN: &str = "LzIsbop3RkwVUBcr9TxlKg";
    fake.put_task(OPEN, fake.definition(BUILD), "unscheduled");
    // 2098-05-04
    fake.clock(4_050_000_000_000);
    assert_eq!(fake.state(OPEN).as_deref(), Some("exception"));
    let outcome = repository.callback(&fake, "cancel", Some(OPEN), &Value::Null);
    well(&outcome);
    let reported = format!("{OPEN} is past its deadline: it does not run, and cannot be cancelled\n");
    assert!(outcome.err.contains(&reported), "{}", outcome.err);
    let outcome = repository.callback(&fake, "rerun", Some(BUILD), &json!({}));
    assert_eq!(outcome.status, 3, "{}", outcome.err);
    assert!(outcome.err.contains("past its deadline"), "{}", outcome.err);
    assert_eq!(fake.state(BUILD).as_deref(), Some("failed"));
}

#[test]
fn an_action_says_at_once_that_nobody_has_named_the_instance() {
    let (repository, fake) = (Repository::new(), decided());
    let place = (ACTION, DECISION);
    let mut command = repository.callback_command(&fake, place, "cancel", Some(BUILD), &Value::Null);
    command.env_remove("TASKCLUSTER_ROOT_URL").env("TASKCLUSTER_PROXY_URL", "http://127.0.0.1:1");
    let started = std::time::Instant::now();
    let outcome = run(command);
    assert_eq!(outcome.status, 2, "{}", outcome.err);
    assert!(outcome.err.contains("TASKCLUSTER_ROOT_URL is not set"), "{}", outcome.err);
    assert!(started.elapsed() < std::time::Duration::from_secs(5));
}

#[test]
fn the_scopes_that_an_action_lacks_are_reported_once() {
    let (repository, fake) = (Repository::new(), decided());
    fake.grant(&["assume:repo:github.com/mozilla/translations:action:generic"]);
    for callback in ["cancel", "rerun"] {
        let outcome = repository.callback(&fake, callback, Some(BUILD), &json!({}));
        assert_eq!(outcome.status, 3, "{}", outcome.err);
        let scope = format!("queue:{callback}-task:translations-level-1/{DECISION}/{BUILD}");
        assert_eq!(outcome.err.matches(&scope).count(), 1, "{}", outcome.err);
        assert_eq!(outcome.err.matches("does not have sufficient scopes").count(), 1, "{}", outcome.err);
    }
    assert_eq!(fake.state(BUILD).as_deref(), Some("failed"));
}
