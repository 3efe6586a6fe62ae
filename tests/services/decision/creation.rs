//! Tasks that a decision creates.

use std::collections::BTreeMap;
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

use serde_json::Value;

use super::repository::{DECISION, Repository};
use crate::fake_taskcluster::{Fake, Fault};
use crate::support::program::run;

/// The tasks that were created, by name.
fn by_name(fake: &Fake) -> BTreeMap<String, Vec<(String, Value)>> {
    let mut tasks: BTreeMap<String, Vec<_>> = BTreeMap::new();
    for (id, task) in fake.tasks() {
        let name = task["metadata"]["name"].as_str().unwrap().to_owned();
        tasks.entry(name).or_default().push((id, task));
    }
    tasks
}

#[test]
fn every_task_is_created_once_and_waits_for_the_decision() {
    let repository = Repository::new();
    let fake = Fake::start();
    let outcome = repository.decide(&fake, &["--target-tasks-method=all"]);
    assert_eq!(outcome.status, 0, "{}", outcome.err);
    assert_eq!(fake.violations(), [""; 0]);
    let tasks = by_name(&fake);
    let counts: Vec<(&str, usize)> = tasks.iter().map(|(name, tasks)| (name.as_str(), tasks.len())).collect();
    assert_eq!(counts, [("job-a", 1), ("job-b", 1), ("job-c", 1), ("job-d", 2)]);
    let (a, _) = &tasks["job-a"][0];
    for (name, on) in [("job-a", DECISION), ("job-b", a), ("job-c", a), ("job-d", DECISION)] {
        for (_, task) in &tasks[name] {
            assert_eq!(task["dependencies"], serde_json::json!([on]), "{name}");
            assert_eq!(task["taskGroupId"], DECISION, "{name}");
            assert_eq!(task["schedulerId"], "t-level-1", "{name}");
            assert_eq!(task["extra"]["parent"], DECISION, "{name}");
        }
    }
    let ids: BTreeMap<String, String> =
        serde_json::from_slice(&std::fs::read(repository.file("artifacts/label-to-taskid.json")).unwrap())
            .unwrap();
    assert_eq!(&ids["job-a"], a);
    assert!(outcome.err.ends_with("5 tasks created\n"), "{}", outcome.err);
}

#[test]
fn lost_answers_make_no_second_task() {
    let repository = Repository::new();
    let fake = Fake::start();
    fake.fail("createTask", [Some(Fault::DropAfter), Some(Fault::Status(500)), Some(Fault::Cut)]);
    let outcome = repository.decide(&fake, &["--target-tasks-method=all"]);
    assert_eq!(outcome.status, 0, "{}", outcome.err);
    assert_eq!(fake.tasks().len(), 5);
    assert!(outcome.err.contains("again in"), "{}", outcome.err);
}

#[test]
fn a_task_that_is_refused_leaves_what_exists_in_the_log() {
    let repository = Repository::new();
    let fake = Fake::start();
    fake.refuse("job-a", 403, "scope is missing");
    let outcome = repository.decide(&fake, &["--target-tasks-method=all"]);
    assert_eq!(outcome.status, 3, "{}", outcome.err);
    let tasks = by_name(&fake);
    assert!(!["job-a", "job-b", "job-c"].iter().any(|name| tasks.contains_key(*name)), "{:?}", tasks.keys());
    for (id, _) in tasks.values().flatten() {
        assert!(outcome.err.contains(&format!("  {id}  job-d")), "{}", outcome.err);
    }
    assert!(outcome.err.contains("scope is missing"), "{}", outcome.err);
    let untried = outcome.err.split("not tried:\n").nth(1).unwrap_or_default();
    assert!(untried.contains("job-b") && untried.contains("job-c"), "{}", outcome.err);
}

/// A missing scope is missing for many tasks: what the queue says of it is reported once, in lines that can be read.
#[test]
fn what_many_tasks_are_refused_for_is_reported_once() {
    let repository = Repository::new();
    let fake = Fake::start();
    fake.grant(&["queue:create-task:*", "queue:route:*"]);
    fake.hold(3);
    let outcome = repository.decide(&fake, &["--target-tasks-method=all"]);
    assert_eq!(outcome.status, 3, "{}", outcome.err);
    assert_eq!(outcome.err.matches("queue:scheduler-id:t-level-1").count(), 1, "{}", outcome.err);
    assert_eq!(outcome.err.matches("does not have sufficient scopes").count(), 1, "{}", outcome.err);
    assert!(outcome.err.lines().all(|line| line.chars().count() <= 110), "{}", outcome.err);
    assert_eq!(fake.tasks().len(), 0);
}

/// Whoever stands before the services answers in words of its own.
#[test]
fn a_refusal_that_is_no_json_is_reported_too() {
    let repository = Repository::new();
    let fake = Fake::start();
    fake.fail("createTask", [Some(Fault::Status(403)); 8]);
    let outcome = repository.decide(&fake, &["--target-tasks-method=all"]);
    assert_eq!(outcome.status, 3, "{}", outcome.err);
    assert!(outcome.err.contains("status 403 (Forbidden): oops"), "{}", outcome.err);
    assert_eq!(fake.tasks().len(), 0);
}

#[test]
fn a_decision_says_at_once_that_nobody_has_named_the_instance() {
    let repository = Repository::new();
    let mut command = repository.command(&["--target-tasks-method=all"]);
    command.env("TASK_ID", DECISION).env("TASKCLUSTER_PROXY_URL", "http://127.0.0.1:1");
    let started = std::time::Instant::now();
    let outcome = run(command);
    assert_eq!(outcome.status, 2, "{}", outcome.err);
    assert!(outcome.err.contains("TASKCLUSTER_ROOT_URL is not set"), "{}", outcome.err);
    assert!(started.elapsed() < Duration::from_secs(5));
}

#[test]
fn a_dry_run_creates_nothing_and_says_what_it_would_create() {
    let repository = Repository::new();
    let fake = Fake::start();
    let outcome = repository.decide(&fake, &["--target-tasks-method=all", "--dry-run"]);
    assert_eq!(outcome.status, 0, "{}", outcome.err);
    assert_eq!(fake.tasks().len(), 0);
    assert_eq!(
        outcome.out,
        "would create 5 tasks\n\nBy kind\n  5  job\n\nBy worker pool\n  5  t-1/linux\n\n\
         nothing was created; the artifacts are in artifacts\n"
    );
}

#[test]
fn an_empty_graph_is_a_decision_too() {
    let repository = Repository::new();
    let fake = Fake::start();
    let outcome = repository.decide(&fake, &["--target-tasks-method=nothing"]);
    assert_eq!((outcome.status, fake.tasks().len()), (0, 0), "{}", outcome.err);
}

#[test]
fn a_decision_that_is_terminated_awaits_what_is_on_its_way_and_says_what_exists() {
    let repository = Repository::new();
    let fake = Fake::start();
    fake.decision_task(DECISION);
    fake.latency(Duration::from_secs(1));
    let mut command = repository.command(&["--target-tasks-method=all"]);
    command.envs(fake.environment()).env("TASK_ID", DECISION).stderr(Stdio::piped());
    let child = command.spawn().unwrap();
    // Three tasks depend on no other one, and are sent at once.
    while fake.most_at_once() < 3 {
        thread::sleep(Duration::from_millis(5));
    }
    let signal = Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap();
    assert!(signal.success());
    let output = child.wait_with_output().unwrap();
    let log = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(3), "{log}");
    let exists: Vec<String> = fake.tasks().keys().cloned().collect();
    assert_eq!(exists.len(), 3, "{log}");
    let created = log.split("created:\n").nth(1).unwrap().split("not tried:").next().unwrap();
    assert!(exists.iter().all(|id| created.contains(id.as_str())), "{log}");
    let untried = log.split("not tried:\n").nth(1).unwrap();
    assert!(untried.contains("job-b") && untried.contains("job-c"), "{log}");
}

/// At whatever moment the signal comes, files are whole or not there, and what was created is reported.
#[test]
fn a_decision_that_is_interrupted_at_any_moment_leaves_nothing_half_done() {
    for moment in 0..16 {
        let repository = Repository::new();
        let fake = Fake::start();
        fake.decision_task(DECISION);
        fake.latency(Duration::from_millis(20));
        let mut command = repository.command(&["--target-tasks-method=all"]);
        command.envs(fake.environment()).env("TASK_ID", DECISION).stderr(Stdio::piped());
        let child = command.spawn().unwrap();
        thread::sleep(Duration::from_millis(15 * moment));
        let signal = if moment % 2 == 0 { "-TERM" } else { "-INT" };
        // It may have ended by now.
        let _ = Command::new("kill").args([signal, &child.id().to_string()]).stderr(Stdio::null()).status();
        let output = child.wait_with_output().unwrap();
        let log = String::from_utf8(output.stderr).unwrap();
        let tasks = fake.tasks();
        // A signal may also come when all is done and reported.
        if output.status.success() || log.contains("5 tasks created\n") {
            assert_eq!(tasks.len(), 5, "{moment}: {log}");
        } else {
            assert!(tasks.keys().all(|id| log.contains(id.as_str())), "{moment}: {log}");
        }
        if repository.file("artifacts").exists() {
            for name in repository.artifacts().iter().filter(|name| name.ends_with(".json")) {
                let text = std::fs::read(repository.file(&format!("artifacts/{name}"))).unwrap();
                assert!(serde_json::from_slice::<Value>(&text).is_ok(), "{moment}: {name} is half written");
            }
        }
    }
}
