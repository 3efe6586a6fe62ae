//! Trainings that go on from a stage of an earlier one, in the tree of December 2024.

use serde_json::{Value, json};

use crate::callback::config;
use crate::fake_taskcluster::Fake;
use crate::tree::{DECISION, Outcome, Repository, decided};

const GROUP: &str = "LzIsbop3RkwVUBcr9TxlKg";
const BASE: &str = "c_49FKASQ4irdiy9G97VaA";
const IMAGE: &str = "K6XCM0LhQGWHvFNvOc7f8Q";
const FIRST: &str = "MH3_5l1jS3-eJ4lSxydNQQ";
const SECOND: &str = "BAvLUilqQ3SYqy6Ck55CUQ";

/// An earlier training: an image and the one that is built of it, and two tasks of one stage, the second of which depends on the first.
struct Earlier {
    fake: Fake,
    labels: Value,
    graph: Value,
}

impl Earlier {
    fn new(image: &str, first: &str) -> Self {
        let mut earlier = Earlier { fake: decided(), labels: json!({}), graph: json!({}) };
        earlier.task(BASE, "docker-image-base", "completed", &[]);
        earlier.task(IMAGE, "docker-image-toolchain-build", image, &[BASE]);
        earlier.task(FIRST, "alignments-original-ru-en", first, &[IMAGE]);
        earlier.task(SECOND, "alignments-backtranslated-ru-en", "unscheduled", &[FIRST, IMAGE]);
        earlier
    }

    fn task(&mut self, id: &str, name: &str, state: &str, dependencies: &[&str]) {
        self.labels[name] = id.into();
        let stage = if name.starts_with("alignments") { json!("alignments-teacher") } else { Value::Null };
        self.graph[name] = json!({
            "kind": "it", "label": name, "attributes": {"stage": stage}, "optimization": null, "dependencies": {},
            "task": {},
        });
        if state == "gone" {
            return;
        }
        let definition = json!({
            "dependencies": dependencies, "taskGroupId": GROUP, "schedulerId": "translations-level-1",
            "metadata": {"name": name, "description": "x", "owner": "x@x", "source": "https://x"},
        });
        self.fake.put_task(id, definition, state);
    }

    /// `train` from the stage of the two.
    fn train(&self, repository: &Repository) -> Outcome {
        self.fake.artifact(GROUP, "public/full-task-graph.json", self.graph.to_string());
        self.fake.artifact(GROUP, "public/label-to-taskid.json", self.labels.to_string());
        let input = config(|config| {
            config["target-stage"] = "train-teacher".into();
            config["start-stage"] = "alignments-teacher".into();
            config["previous_group_ids"] = json!([GROUP]);
        });
        repository.write("input.json", &input.to_string());
        let parameters = format!("task-id={DECISION}");
        repository.test(&self.fake, &["train", "-p", &parameters, "--input", "input.json"])
    }
}

#[test]
fn a_task_of_the_stage_is_done_anew_if_another_one_of_it_came_out_of_it_too() {
    for state in ["failed", "completed"] {
        let repository = Repository::new();
        let outcome = Earlier::new("completed", state).train(&repository);
        assert_eq!(outcome.status, 0, "{}", outcome.err);
        assert_eq!(
            repository.artifact("parameters.yml")["existing_tasks"],
            json!({"docker-image-base": BASE, "docker-image-toolchain-build": IMAGE}),
            "{state}"
        );
        let ids = repository.artifact("label-to-taskid.json");
        assert_ne!(ids["alignments-original-ru-en"], FIRST);
        assert_eq!(ids["docker-image-toolchain-build"], IMAGE);
    }
}

#[test]
fn what_the_stage_came_out_of_is_refused_if_it_failed() {
    let repository = Repository::new();
    let outcome = Earlier::new("failed", "unscheduled").train(&repository);
    assert_eq!(outcome.status, 2, "{}", outcome.err);
    let told = format!("`docker-image-toolchain-build` cannot be used again: task `{IMAGE}` is no good");
    assert!(outcome.err.contains(&told) && outcome.err.contains("its state is failed"), "{}", outcome.err);
    assert!(!repository.has_artifacts());
}

#[test]
fn what_is_forgotten_is_told_and_made_again() {
    let repository = Repository::new();
    let earlier = Earlier::new("gone", "completed");
    let outcome = earlier.train(&repository);
    assert_eq!(outcome.status, 0, "{}", outcome.err);
    assert!(outcome.err.contains(&format!("docker-image-toolchain-build ({IMAGE})")), "{}", outcome.err);
    assert_eq!(repository.artifact("parameters.yml")["existing_tasks"], json!({}));
}

#[test]
fn a_stage_of_which_the_queue_knows_nothing_any_more_is_refused() {
    let repository = Repository::new();
    let mut earlier = Earlier::new("completed", "gone");
    earlier.fake.forget(SECOND);
    earlier.labels["alignments-backtranslated-ru-en"] = SECOND.into();
    let outcome = earlier.train(&repository);
    assert_eq!(outcome.status, 2, "{}", outcome.err);
    assert!(
        outcome.err.contains("the queue knows no task of the stage `alignments-teacher` any more"),
        "{}",
        outcome.err
    );
    assert!(!repository.has_artifacts());
}
