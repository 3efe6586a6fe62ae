//! Actions on what a `train` action made: it has a group and a graph of its own.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::callback::config;
use super::tree::{ACTION, DECISION, Repository, decided};
use crate::fake_taskcluster::Fake;
use crate::support::program::Outcome;

const SECOND: &str = "K6XCM0LhQGWHvFNvOc7f8Q";
const LATER: &str = "c_49FKASQ4irdiy9G97VaA";

/// Index paths of the actions of the revision: those that trees use, and those that the reference reads.
const NAMESPACES: [&str; 2] = ["taskgraph.actions", "actions"];

fn namespace(name: &str) -> String {
    format!("translations.v2.translations.revision.{}.{name}", "b".repeat(40))
}

/// A decision, and two trainings of the same config that have begun. Each is indexed in another namespace.
struct TwoTrainings {
    repository: Repository,
    fake: Fake,
}

impl TwoTrainings {
    fn new() -> Self {
        let (repository, fake) = (Repository::new(), decided());
        fake.grant(&[
            "assume:repo:github.com/mozilla/translations:action:train",
            "assume:repo:github.com/mozilla/translations:action:generic",
            "queue:*",
            "secrets:*",
            "generic-worker:*",
        ]);
        fake.page(50);
        fake.decision_task(SECOND);
        fake.decision_task(LATER);
        for (own, name) in [ACTION, SECOND].into_iter().zip(NAMESPACES) {
            let outcome = repository.callback_in(&fake, (own, DECISION), "train", None, &config(|_| ()));
            assert_eq!(outcome.status, 0, "{}", outcome.err);
            repository.upload(&fake, own);
            fake.index(&format!("{}.{own}", namespace(name)), own);
            fake.resolve(own, "completed", "completed");
        }
        TwoTrainings { repository, fake }
    }

    /// The tasks of a group by their names.
    fn tasks(&self, group: &str) -> BTreeMap<String, String> {
        let tasks = self.fake.tasks().into_iter().filter(|(_, task)| task["taskGroupId"] == group);
        tasks.map(|(id, task)| (task["metadata"]["name"].as_str().unwrap().to_owned(), id)).collect()
    }

    fn act(&self, group: &str, callback: &str, task: Option<&str>, input: &Value) -> Outcome {
        self.repository.callback_in(&self.fake, (LATER, group), callback, task, input)
    }
}

#[test]
fn what_failed_in_a_training_is_rerun_and_what_waits_for_it_goes_on() {
    let trained = TwoTrainings::new();
    let vocabularies = [ACTION, SECOND].map(|group| trained.tasks(group)["train-vocab-ru-en"].clone());
    vocabularies.iter().for_each(|task| trained.fake.fail_task(task));
    trained.fake.work();
    for (group, vocabulary) in [ACTION, SECOND].into_iter().zip(&vocabularies) {
        let tasks = trained.tasks(group);
        assert_eq!(trained.fake.state(&tasks["train-backwards-ru-en"]).as_deref(), Some("unscheduled"));
        // From the page of the task, whose group is that of the training, and from that of the push.
        for at in [group, DECISION] {
            let outcome = trained.act(at, "rerun", Some(vocabulary), &json!({}));
            assert_eq!(outcome.status, 0, "{}", outcome.err);
            assert!(outcome.err.contains(&format!("{vocabulary} runs once more")), "{}", outcome.err);
            if at == group {
                trained.fake.fail_task(vocabulary);
            }
        }
        trained.fake.work();
        assert_eq!(trained.fake.state(&tasks["train-backwards-ru-en"]).as_deref(), Some("completed"));
    }
    assert_eq!(trained.fake.violations(), [""; 0]);
}

#[test]
fn what_a_training_made_is_created_again_in_its_group() {
    let trained = TwoTrainings::new();
    let (first, second) = (trained.tasks(ACTION), trained.tasks(SECOND));
    let label = "train-backwards-ru-en";
    let before = trained.fake.tasks().len();
    let input = json!({"force": true});
    let outcome = trained.act(DECISION, "retrigger-disabled", Some(&first[label]), &input);
    assert_eq!(outcome.status, 0, "{}", outcome.err);
    let outcome = trained.act(SECOND, "add-new-jobs", None, &json!({"tasks": [label]}));
    assert_eq!(outcome.status, 0, "{}", outcome.err);
    let tasks = trained.fake.tasks();
    for ((_, task), (group, of)) in tasks.iter().skip(before).zip([(ACTION, &first), (SECOND, &second)]) {
        assert_eq!(task["metadata"]["name"], label);
        assert_eq!(task["taskGroupId"], group);
        let dependencies = task["dependencies"].to_string();
        assert!(dependencies.contains(&of["train-vocab-ru-en"]), "{dependencies}");
    }
    assert_eq!(tasks.len(), before + 2);
}

#[test]
fn earlier_actions_are_found_in_each_namespace_on_whatever_page() {
    let trained = TwoTrainings::new();
    const OTHER: &str = "LzIsbop3RkwVUBcr9TxlKg";
    for name in NAMESPACES {
        // These come before the trainings, and have made nothing.
        for number in 0..3 {
            trained.fake.index(&format!("{}.0{number}", namespace(name)), OTHER);
        }
    }
    trained.fake.page(1);
    for group in [ACTION, SECOND] {
        let vocabulary = trained.tasks(group)["train-vocab-ru-en"].clone();
        trained.fake.fail_task(&vocabulary);
        let outcome = trained.act(DECISION, "rerun", Some(&vocabulary), &json!({}));
        assert_eq!(outcome.status, 0, "{}", outcome.err);
        assert_eq!(trained.fake.state(&vocabulary).as_deref(), Some("pending"));
    }
    for name in NAMESPACES {
        let asked = format!("/tasks/{}?continuationToken=", namespace(name));
        let pages = trained.fake.requests().iter().filter(|request| request.target.contains(&asked)).count();
        assert_eq!(pages, 2 * 3, "{name}");
    }
    assert_eq!(trained.fake.violations(), [""; 0]);
}
