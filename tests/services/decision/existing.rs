//! Existing tasks: looked at before anything is created.

use serde_json::json;

use super::repository::Repository;
use crate::fake_taskcluster::Fake;
use crate::support::program::{Outcome, program, run};

const ONE: &str = "LzIsbop3RkwVUBcr9TxlKg";
const OTHER: &str = "MH3_5l1jS3-eJ4lSxydNQQ";

/// Decides on all tasks, with these existing ones.
fn decide(fake: &Fake, existing: &serde_json::Value) -> Outcome {
    let repository = Repository::new();
    let config = json!({"version": 2, "parameters": {"existing_tasks": existing}});
    repository.write("try_task_config.json", &config.to_string());
    repository.decide(fake, &["--tasks-for=github-pull-request", "--target-tasks-method=all"])
}

#[test]
fn a_task_that_nothing_can_wait_for_is_refused_before_anything_is_created() {
    for (state, expires, reported) in [
        ("failed", "2999-01-01T00:00:00.000Z", "its state is failed"),
        ("exception", "2999-01-01T00:00:00.000Z", "its state is exception (canceled)"),
        (
            "completed",
            "2026-01-01T00:00:00.000Z",
            "it expires at 2026-01-01T00:00:00.000Z, before the deadline of job-",
        ),
        ("", "", "the queue does not know it"),
    ] {
        let fake = Fake::start();
        if !state.is_empty() {
            fake.status(ONE, state, expires);
        }
        let outcome = decide(&fake, &json!({"job-a": ONE}));
        assert_eq!(outcome.status, 2, "{state}: {}", outcome.err);
        let about = format!("`job-a` cannot be used again: task `{ONE}` is not usable");
        assert!(outcome.err.contains(&about) && outcome.err.contains(reported), "{state}: {}", outcome.err);
        assert!(outcome.err.contains("try_task_config.json:1:"), "{}", outcome.err);
        assert_eq!(fake.count("createTask"), 0, "{state}");
    }
}

/// Nothing waits for it, and so there is no deadline that it would have to outlast.
#[test]
fn a_task_that_has_expired_is_refused_even_if_nothing_waits_for_it() {
    let fake = Fake::start();
    fake.status(ONE, "completed", "2026-01-01T00:00:00.000Z");
    let outcome = decide(&fake, &json!({"job-d": ONE}));
    assert_eq!(outcome.status, 2, "{}", outcome.err);
    assert!(outcome.err.contains("it expired at 2026-01-01T00:00:00.000Z"), "{}", outcome.err);
    assert_eq!(fake.count("createTask"), 0);
}

/// The same rule passes over entries of the index, with a warning; they are asked for in the same call.
#[test]
fn what_the_index_has_and_nothing_can_wait_for_is_reported_and_runs() {
    let soon = taskgraph_compat::time::json_date(now() + 3_600_000);
    for (state, expires, reported) in [
        ("failed", "2999-01-01T00:00:00.000Z", "its state is failed"),
        ("exception", "2999-01-01T00:00:00.000Z", "its state is exception (canceled)"),
        (
            "completed",
            "2026-01-01T00:00:00.000Z",
            "it expires at 2026-01-01T00:00:00.000Z, before the deadline of",
        ),
        ("completed", &*soon, "before the deadline of job-"),
        ("", "", "the queue does not know it"),
        ("completed", "2999-01-01T00:00:00.000Z", ""),
    ] {
        let (repository, fake) = (Repository::new(), Fake::start());
        let kind = std::fs::read_to_string(repository.file("taskcluster/kinds/job/kind.yml")).unwrap();
        let searched = "a: {optimization: {index-search: [t.cache.a]}, treeherder: {symbol: A}}";
        repository
            .write("taskcluster/kinds/job/kind.yml", &kind.replace("a: {treeherder: {symbol: A}}", searched));
        repository.commit("a task that may be in the index");
        if !state.is_empty() {
            fake.status(ONE, state, expires);
        }
        fake.index("t.cache.a", ONE);
        fake.task(OTHER);
        let config = json!({"version": 2, "parameters": {"existing_tasks": {"job-d": OTHER}}});
        repository.write("try_task_config.json", &config.to_string());
        let flags = ["--tasks-for=github-pull-request", "--target-tasks-method=all"];
        let outcome = repository.decide(&fake, &flags);
        assert_eq!(outcome.status, 0, "{state}: {}", outcome.err);
        assert_eq!((fake.count("findTasksAtIndex"), fake.count("statuses")), (1, 1));
        let log = std::fs::read_to_string(repository.file("artifacts/optimizations.log")).unwrap();
        let line = log.lines().find(|line| line.starts_with("job-a: ")).unwrap();
        let passed = format!("{ONE} at t.cache.a not taken: ");
        assert_eq!(line.contains(&passed), !reported.is_empty(), "{line}");
        assert!(line.contains(reported), "{line}");
        assert_eq!(fake.tasks().len(), if reported.is_empty() { 2 } else { 3 }, "{state}");
        assert_eq!(fake.violations(), [""; 0]);
    }
}

#[test]
fn all_of_them_are_reported_at_once_and_asked_for_in_one_call() {
    let fake = Fake::start();
    fake.status(ONE, "failed", "2999-01-01T00:00:00.000Z");
    let outcome = decide(&fake, &json!({"job-a": ONE, "job-d": OTHER, "job-gone": "vLbaYNyfFziQ1WZW1EAhcg"}));
    assert_eq!(outcome.status, 2, "{}", outcome.err);
    assert!(outcome.err.contains(ONE) && outcome.err.contains(OTHER), "{}", outcome.err);
    // What is not in the graph is nobody's concern.
    assert!(!outcome.err.contains("`job-gone`"), "{}", outcome.err);
    assert_eq!(fake.count("statuses"), 1);
    assert_eq!(fake.violations(), [""; 0]);
}

#[test]
fn what_runs_or_is_done_stands_in() {
    for state in ["running", "completed"] {
        let fake = Fake::start();
        fake.status(ONE, state, "2999-01-01T00:00:00.000Z");
        let outcome = decide(&fake, &json!({"job-a": ONE}));
        assert_eq!(outcome.status, 0, "{}", outcome.err);
        assert_eq!(fake.tasks().len(), 4, "{state}");
        assert!(!outcome.err.contains("warning"), "{}", outcome.err);
    }
}

/// A task that expires with the deadline of what waits for it would be refused by the queue: tasks are created later
/// than they are decided on.
#[test]
fn a_task_has_to_outlast_the_creation_too() {
    let fake = Fake::start();
    let deadline = taskgraph_compat::time::json_date(now() + 24 * 3_600_000 + 60_000);
    fake.status(ONE, "completed", &deadline);
    let outcome = decide(&fake, &json!({"job-a": ONE}));
    assert_eq!(outcome.status, 2, "{}", outcome.err);
}

fn now() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    i64::try_from(since.as_millis()).unwrap()
}

#[test]
fn an_entry_that_is_not_taken_because_something_it_depends_on_runs_is_reported() {
    let fake = Fake::start();
    fake.task(ONE);
    fake.task(OTHER);
    let outcome = decide(&fake, &json!({"job-b": ONE, "job-c": OTHER}));
    assert_eq!(outcome.status, 0, "{}", outcome.err);
    assert_eq!(fake.tasks().len(), 5);
    assert!(
        outcome
            .err
            .contains("2 existing tasks are not used again, because they depend on `job-a`, which runs")
            && outcome.err.contains(&format!("job-b ({ONE}), job-c ({OTHER})")),
        "{}",
        outcome.err
    );
}

/// The queue refuses a list of dependencies that has one twice.
#[test]
fn two_labels_with_one_task_are_one_dependency() {
    let repository = Repository::new();
    let kind = std::fs::read_to_string(repository.file("taskcluster/kinds/job/kind.yml")).unwrap();
    let kind =
        format!("{kind}  e: {{treeherder: {{symbol: E}}, dependencies: {{first: job-a, second: job-d}}}}\n");
    repository.write("taskcluster/kinds/job/kind.yml", &kind);
    repository.commit("a task that depends on two");
    let fake = Fake::start();
    fake.task(ONE);
    let config = json!({"version": 2, "parameters": {"existing_tasks": {"job-a": ONE, "job-d": ONE}}});
    repository.write("try_task_config.json", &config.to_string());
    let flags = ["--tasks-for=github-pull-request", "--target-tasks-method=all"];
    let outcome = repository.decide(&fake, &flags);
    assert_eq!(outcome.status, 0, "{}", outcome.err);
    assert_eq!(fake.violations(), [""; 0]);
    let tasks = fake.tasks();
    let both = tasks.values().find(|task| task["metadata"]["name"] == "job-e").unwrap();
    assert_eq!(both["dependencies"], json!([ONE, super::repository::DECISION]));
}

#[test]
fn whoever_only_looks_at_a_graph_is_warned() {
    let repository = Repository::new();
    let outcome = repository.dry(&["--tasks-for=github-pull-request", "--target-tasks-method=all"]);
    assert_eq!(outcome.status, 0, "{}", outcome.err);
    let mut parameters = repository.parameters();
    parameters["existing_tasks"] = json!({"job-a": ONE});
    repository.write("parameters.json", &parameters.to_string());
    for (state, reported) in [("failed", Some("its state is failed")), ("completed", None)] {
        let fake = Fake::start();
        fake.status(ONE, state, "2999-01-01T00:00:00.000Z");
        for phase in ["optimized", "morphed"] {
            let mut command = program(repository.path());
            command.args([phase, "-J", "-p", "parameters.json"]);
            command.envs(fake.environment());
            let outcome = run(command);
            assert_eq!(outcome.status, 0, "{}", outcome.err);
            let warning = format!("`job-a` cannot be used again: task `{ONE}` is not usable");
            assert_eq!(outcome.err.contains(&warning), reported.is_some(), "{phase}: {}", outcome.err);
            assert!(
                reported.is_none_or(|reported| outcome.err.contains(reported)),
                "{phase}: {}",
                outcome.err
            );
        }
    }
}
