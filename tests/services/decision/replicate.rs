//! `mozilla_taskgraph.transforms.replicate`: tasks of another decision, which Taskcluster is asked for.

use serde_json::{Value, json};

use super::repository::{DECISION, Repository};
use crate::fake_taskcluster::Fake;
use crate::support::program::{Outcome, program, run};

/// The decision whose tasks are copied.
const OTHER: &str = "OtherDecisionAAAAAAAAA";
const INDEX_PATH: &str = "gecko.v2.central.latest.decision";

/// A repository with a kind that copies tasks of kind `build`.
fn repository() -> Repository {
    let repository = Repository::new();
    repository.write(
        "taskcluster/kinds/copy/kind.yml",
        &format!(
            "
loader: taskgraph.loader.transform:loader
transforms: [mozilla_taskgraph.transforms.replicate]
tasks:
  nightly:
    replicate: {{target: [{INDEX_PATH}], include-attrs: {{kind: build}}}}
"
        ),
    );
    repository.write("parameters.yml", "level: '1'\ntasks_for: github-push\nproject: p\nhead_repository: https://github.com/o/p\nhead_rev: abc\n");
    repository.commit("copy");
    repository
}

fn task(name: &str) -> Value {
    json!({
        "provisionerId": "gecko-3", "workerType": "b-linux", "schedulerId": "gecko-level-3",
        "created": "2020-01-01T00:00:00.000Z", "deadline": "2020-01-02T00:00:00.000Z",
        "expires": "2020-02-01T00:00:00.000Z", "dependencies": [], "requires": "all-completed",
        "extra": {}, "payload": {"image": "debian", "command": ["make"], "maxRunTime": 60},
        "metadata": {"name": name, "description": "does something", "owner": "o@example.org", "source": "https://example.org"},
    })
}

/// A Taskcluster that has the other decision.
fn services() -> Fake {
    let fake = Fake::start();
    fake.task(OTHER);
    fake.index(INDEX_PATH, OTHER);
    let entry = |kind: &str, name: &str| json!({"attributes": {"kind": kind}, "task": task(name)});
    let graph = json!({"AAAAAAAAAAAAAAAAAAAAAA": entry("build", "one"), "BBBBBBBBBBBBBBBBBBBBBB": entry("test", "two")});
    fake.artifact(OTHER, "public/task-graph.json", graph.to_string());
    fake
}

fn call(repository: &Repository, fake: &Fake, arguments: &[&str]) -> Outcome {
    let mut command = program(repository.path());
    command.args(arguments).args(["-p", "parameters.yml"]);
    command.envs(fake.environment());
    run(command)
}

#[test]
fn a_full_graph_has_copies_of_tasks_of_another_decision() {
    let (repository, fake) = (repository(), services());
    let outcome = call(&repository, &fake, &["full", "-J"]);
    assert_eq!(outcome.status, 0, "{}", outcome.err);
    let graph: Value = serde_json::from_str(&outcome.out).unwrap();
    let copy = &graph["nightly-one"];
    assert_eq!(copy["attributes"], json!({"kind": "copy", "replicate": "nightly"}));
    assert_eq!(copy["task"]["metadata"]["name"], "nightly-one");
    assert_eq!(copy["task"]["deadline"], json!({"relative-datestamp": "1 day"}));
    assert!(graph["nightly-two"].is_null() && graph["job-a"].is_object());
}

#[test]
fn a_decision_creates_the_copies() {
    let (repository, fake) = (repository(), services());
    fake.decision_task(DECISION);
    let mut command = repository.command(&["--target-tasks-method=all"]);
    command.envs(fake.environment()).env("TASK_ID", DECISION);
    let outcome = run(command);
    assert_eq!(outcome.status, 0, "{}", outcome.err);
    let created = fake.tasks().into_values().find(|task| task["metadata"]["name"] == "nightly-one");
    let created = created.expect("the copy is created");
    assert_eq!(created["taskGroupId"], DECISION);
    assert_eq!(fake.violations(), [""; 0]);
}

#[test]
fn without_a_network_or_a_decision_nothing_is_made_up() {
    let (repository, fake) = (repository(), services());
    let outcome = call(&repository, &fake, &["optimized", "-J", "--offline"]);
    assert_eq!(outcome.status, 2, "{}", outcome.err);
    let said = format!("without a network nobody knows the tasks of `{INDEX_PATH}`");
    assert!(outcome.err.contains(&said) && outcome.err.contains("copy/kind.yml:6:"), "{}", outcome.err);
    assert!(fake.requests().is_empty());
    fake.forget_artifact(OTHER, "public/task-graph.json");
    let outcome = call(&repository, &fake, &["full"]);
    assert_eq!(outcome.status, 2, "{}", outcome.err);
    assert!(outcome.err.contains("has no artifact `public/task-graph.json`"), "{}", outcome.err);
    // Where nothing answers, the machine is at fault.
    fake.artifact(OTHER, "public/task-graph.json", "[]");
    let outcome = call(&repository, &fake, &["full"]);
    assert_eq!(outcome.status, 3, "{}", outcome.err);
}
