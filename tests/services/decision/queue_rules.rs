//! Rules of the queue: a violation is refused before anything is written, in a dry run as well.

use super::repository::Repository;
use crate::fake_taskcluster::Fake;
use crate::support::program::run;
use crate::support::read_json;

const KIND: &str = "taskcluster/kinds/job/kind.yml";
const CONFIG: &str = "taskcluster/config.yml";

/// Replaces `old` by `new` in a file of the tree, and returns the lines of errors and help of a dry run.
fn messages(file: &str, old: &str, new: &str) -> Vec<String> {
    let repository = Repository::new();
    let text = std::fs::read_to_string(repository.file(file)).unwrap();
    assert!(text.contains(old), "{text}");
    repository.write(file, &text.replace(old, new));
    repository.commit("another tree");
    let more = ["--target-tasks-method=all", "--dry-run", "--offline"];
    let outcome = run(repository.command(&more));
    assert_eq!((outcome.status, outcome.out.as_str()), (2, ""), "{}", outcome.err);
    assert!(!repository.file("artifacts").join("task-graph.json").exists());
    // A decision that creates tasks is refused as well, before the first of them.
    let fake = Fake::start();
    assert_eq!(repository.decide(&fake, &["--target-tasks-method=all"]).status, 2);
    assert_eq!(fake.tasks().len(), 0);
    let lines = outcome.err.lines().map(|line| line.trim_start_matches([' ', '╰', '├', '│', '━', '─']));
    let wanted =
        ["error: ", "help: ", "it takes", "a task has to stay", "what a task needs", "printable", "38 "];
    lines.filter(|line| wanted.iter().any(|start| line.starts_with(start))).map(str::to_owned).collect()
}

#[test]
fn a_dependency_that_has_two_names_is_one() {
    let repository = Repository::new();
    let text = std::fs::read_to_string(repository.file(KIND)).unwrap();
    repository.write(KIND, &text.replace("{first: job-a}}\n  c:", "{first: job-a, second: job-a}}\n  c:"));
    repository.commit("another tree");
    let outcome = run(repository.command(&["--target-tasks-method=all", "--dry-run", "--offline"]));
    assert_eq!(outcome.status, 0, "{}", outcome.err);
    let graph = read_json(&repository.file("artifacts").join("task-graph.json"));
    let task = graph.as_object().unwrap().values().find(|task| task["label"] == "job-b").unwrap();
    assert_eq!(task["dependencies"].as_object().unwrap().len(), 2, "{task}");
    assert_eq!(task["task"]["dependencies"].as_array().unwrap().len(), 1, "{task}");
}

#[test]
fn a_task_stays_until_its_deadline() {
    assert_eq!(
        messages(
            KIND,
            "worker-type: linux",
            "worker-type: linux\n  deadline-after: 3 days\n  expires-after: 2 days"
        ),
        [
            "error: the queue would refuse `job-a`: `expires` (2 days) is before `deadline` (3 days)",
            "a task has to stay until its deadline at least",
            "help: so it would 3 more tasks",
            "error: the queue would refuse `job-b`: `job-a`, which it needs, expires before its deadline",
            "what a task needs has to stay until its deadline",
            "help: so it would one more task",
        ]
    );
}

#[test]
fn deadlines_are_near_unless_the_tree_asks_for_more() {
    assert_eq!(
        messages(
            KIND,
            "a: {treeherder: {symbol: A}}",
            "a: {treeherder: {symbol: A}, deadline-after: 6 days}"
        ),
        [
            "error: the queue would refuse `job-a`: `deadline` is 6 days ahead",
            "it takes 5 days; where a deployment takes more, `task-deadline-after` in config.yml says so",
        ]
    );
}

#[test]
fn what_is_needed_stays_as_long_as_it_is_needed() {
    assert_eq!(
        messages(
            KIND,
            "a: {treeherder: {symbol: A}}",
            "a: {treeherder: {symbol: A}, expires-after: 12 hours, deadline-after: 1 hour}"
        ),
        [
            "error: the queue would refuse `job-b`: `job-a`, which it needs, expires before its deadline",
            "what a task needs has to stay until its deadline",
            "error: the queue would refuse `job-c`: `job-a`, which it needs, expires before its deadline",
            "what a task needs has to stay until its deadline",
        ]
    );
}

#[test]
fn a_definition_has_the_form_that_the_queue_knows() {
    assert_eq!(
        messages(
            KIND,
            "a: {treeherder: {symbol: A}}",
            "a: {treeherder: {symbol: A}, scopes: ['queue:**', ok:*]}"
        ),
        [
            "error: the queue would refuse `job-a`: `queue:**` is not a scope",
            "printable ASCII, and one `*` at the end at most",
        ]
    );
    assert_eq!(
        messages(CONFIG, "worker-type: linux", "worker-type: Linux_Big"),
        [
            "error: the queue would refuse `job-a`: `Linux_Big` is not a workerType",
            "38 small letters, digits and `-` at most; a letter first, and no `-` last",
            "help: so it would 3 more tasks",
        ]
    );
}
