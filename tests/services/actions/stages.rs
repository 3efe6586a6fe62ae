//! Trainings that go on from a stage of an earlier one, in the tree of December 2024.

use serde_json::{Value, json};

use super::callback::config;
use super::tree::{DECISION, Repository, decided};
use crate::fake_taskcluster::Fake;
use crate::support::program::Outcome;

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
        earlier.task(SECOND, "alignments-backtranslated-ru-en", "unscheduled", &[FIRST, IMAGE, BASE]);
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
        self.train_with(repository, |_| ())
    }

    /// The same with another input.
    fn train_with(&self, repository: &Repository, change: impl FnOnce(&mut Value)) -> Outcome {
        self.fake.artifact(GROUP, "public/full-task-graph.json", self.graph.to_string());
        self.fake.artifact(GROUP, "public/label-to-taskid.json", self.labels.to_string());
        let input = config(|config| {
            config["target-stage"] = "train-teacher".into();
            config["start-stage"] = "alignments-teacher".into();
            config["previous_group_ids"] = json!([GROUP]);
            change(config);
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
fn what_the_stage_came_out_of_runs_anew_if_it_failed() {
    let repository = Repository::new();
    let earlier = Earlier::new("failed", "unscheduled");
    let outcome = earlier.train(&repository);
    assert_eq!(outcome.status, 0, "{}", outcome.err);
    // However often the graph is made, the queue is asked once.
    assert_eq!(earlier.fake.count("statuses"), 1);
    let reported = format!(
        "`docker-image-toolchain-build` runs anew: task `{IMAGE}` of an earlier group cannot be used again"
    );
    assert!(
        outcome.err.contains(&reported) && outcome.err.contains("its state is failed"),
        "{}",
        outcome.err
    );
    assert_eq!(repository.artifact("parameters.yml")["existing_tasks"], json!({"docker-image-base": BASE}));
    assert_ne!(repository.artifact("label-to-taskid.json")["docker-image-toolchain-build"], IMAGE);
}

/// Milliseconds after 1970.
fn in_days(days: i64) -> String {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    taskgraph_compat::time::json_date(i64::try_from(since.as_millis()).unwrap() + days * 24 * 3_600_000)
}

/// A toolchain that is needed until the deadline of what it is fetched by, and what it came out of.
fn expiring(days: [i64; 2]) -> Earlier {
    let mut earlier = Earlier::new("completed", "unscheduled");
    for ((id, name), days) in
        [(IMAGE, "docker-image-toolchain-build"), (BASE, "docker-image-base")].into_iter().zip(days)
    {
        earlier.task(id, name, "completed", if id == IMAGE { &[BASE] } else { &[] });
        let definition = json!({"expires": in_days(days), "taskGroupId": GROUP, "schedulerId": "translations-level-1",
            "dependencies": if id == IMAGE { json!([BASE]) } else { json!([]) },
            "metadata": {"name": name, "description": "x", "owner": "x@x", "source": "https://x"}});
        earlier.fake.put_task(id, definition, "completed");
    }
    earlier
}

#[test]
fn what_expires_before_the_deadline_of_what_needs_it_runs_anew_and_so_on_for_what_that_needs() {
    // What the image is built from is used again.
    for (days, runs_anew, existing) in [([3, 300], [true, false], json!({"docker-image-base": BASE}))] {
        let repository = Repository::new();
        let outcome = expiring(days).train(&repository);
        assert_eq!(outcome.status, 0, "{}", outcome.err);
        assert_eq!(
            repository.artifact("parameters.yml")["existing_tasks"],
            existing,
            "{days:?}: {}",
            outcome.err
        );
        for ((name, id), runs) in
            [("docker-image-toolchain-build", IMAGE), ("docker-image-base", BASE)].into_iter().zip(runs_anew)
        {
            let reported =
                format!("`{name}` runs anew: task `{id}` of an earlier group cannot be used again");
            assert_eq!(outcome.err.contains(&reported), runs, "{days:?}: {}", outcome.err);
            assert_eq!(
                repository.artifact("task-graph.json").to_string().contains(&format!("\"{name}\"")),
                runs
            );
        }
        assert_eq!(outcome.err.contains("it expires at "), runs_anew[0], "{}", outcome.err);
        // What the queue would refuse stands in no task.
        let graph = repository.artifact("task-graph.json").to_string();
        assert_eq!(graph.contains(IMAGE), !runs_anew[0], "{days:?}");
    }
}

/// The toolchain runs again, and so what it came out of is needed, which is gone too soon as well.
#[test]
fn a_training_that_could_use_nothing_again_is_refused() {
    let repository = Repository::new();
    let outcome = expiring([3, 3]).train(&repository);
    assert_eq!(outcome.status, 2, "{}", outcome.err);
    let reported = "of 2 tasks that were found in earlier groups, none can be used again";
    assert!(outcome.err.contains(reported), "{}", outcome.err);
    for (name, id) in [("docker-image-toolchain-build", IMAGE), ("docker-image-base", BASE)] {
        let reported = format!("`{name}` runs anew: task `{id}` of an earlier group cannot be used again");
        assert!(outcome.err.contains(&reported), "{}", outcome.err);
    }
    assert!(!repository.has_artifacts());
}

#[test]
fn what_the_input_names_is_refused_if_it_cannot_be_used() {
    let repository = Repository::new();
    let earlier = expiring([3, 300]);
    let outcome = earlier.train_with(&repository, |config| {
        config["existing_tasks"] = json!({"docker-image-toolchain-build": IMAGE});
    });
    assert_eq!(outcome.status, 2, "{}", outcome.err);
    let reported =
        format!("`docker-image-toolchain-build` cannot be used again: task `{IMAGE}` is not usable");
    assert!(outcome.err.contains(&reported) && outcome.err.contains("it expires at "), "{}", outcome.err);
    assert!(outcome.err.contains("input.json:1:"), "{}", outcome.err);
    assert!(!repository.has_artifacts());
}

#[test]
fn what_is_forgotten_is_reported_and_made_again() {
    let repository = Repository::new();
    let earlier = Earlier::new("gone", "completed");
    let outcome = earlier.train(&repository);
    assert_eq!(outcome.status, 0, "{}", outcome.err);
    assert!(outcome.err.contains(&format!("docker-image-toolchain-build ({IMAGE})")), "{}", outcome.err);
    assert_eq!(repository.artifact("parameters.yml")["existing_tasks"], json!({"docker-image-base": BASE}));
}

#[test]
fn a_stage_is_refused_if_nothing_that_it_came_out_of_is_left() {
    let repository = Repository::new();
    let earlier = Earlier::new("gone", "completed");
    earlier.fake.forget(BASE);
    let outcome = earlier.train(&repository);
    assert_eq!(outcome.status, 2, "{}", outcome.err);
    let reported = "nothing that the stage `alignments-teacher` came out of can be used again";
    assert!(outcome.err.contains(reported) && outcome.err.contains(IMAGE), "{}", outcome.err);
    assert!(!repository.has_artifacts());
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
