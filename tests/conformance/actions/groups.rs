//! Trainings that go on from earlier task groups, in the tree of July 2026.

use serde_json::{Value, json};

use crate::action_repository::Repository;
use crate::fake_taskcluster::Fake;
use crate::support::program::Outcome;
use crate::support::shared;

const GROUP: &str = "LzIsbop3RkwVUBcr9TxlKg";
const VOCABULARY: &str = "MH3_5l1jS3-eJ4lSxydNQQ";
const TRAINING: &str = "c_49FKASQ4irdiy9G97VaA";
const FAILED: &str = "K6XCM0LhQGWHvFNvOc7f8Q";
const SERVICE: &str = "BAvLUilqQ3SYqy6Ck55CUQ";
const OLDER: &str = "f0gbptvMTDaKODjqL9hlOw";
const EXPIRED: &str = "Et8bOKpTQYywudvgDhX7mA";

/// A group in which a vocabulary was made of something older, and a model with the vocabulary.
fn services() -> Fake {
    let fake = Fake::start();
    let task = |id: &str, name: &str, group: &str, state: &str, dependencies: &[&str]| {
        let definition = json!({
            "dependencies": dependencies,
            "taskGroupId": group,
            "schedulerId": "translations-level-1",
            "metadata": {"name": name, "description": "x", "owner": "a@example.org", "source": "https://example.org"},
        });
        fake.put_task(id, definition, state);
    };
    task(OLDER, "corpus-merge-parallel-ru-en", OLDER, "completed", &[EXPIRED]);
    task(VOCABULARY, "build-vocab-ru-en", GROUP, "completed", &[OLDER, SERVICE]);
    task(TRAINING, "train-teacher-model-ru-en-1", GROUP, "completed", &[VOCABULARY]);
    task(FAILED, "export-ru-en", GROUP, "failed", &[TRAINING]);
    task(SERVICE, "Action: train", GROUP, "completed", &[]);
    fake.page(2);
    fake
}

/// `train` with a config that has this besides. Nothing, where the tree is not there.
fn train(fake: &Fake, more: Value) -> Option<(Repository, Outcome)> {
    let tree = shared("conformance/translations-2026-07")?;
    let repository = Repository::of(&tree.join("tree"), "taskcluster");
    let parameters = tree.join("cases/stage-train-teacher-model/parameters.yml");
    let given: Value = serde_yaml::from_str(&std::fs::read_to_string(&parameters).unwrap()).unwrap();
    let mut input = given["training_config"].clone();
    // What these parameters have left over of older configs.
    for key in ["backward-model", "split-length", "vocab"] {
        input["experiment"].as_object_mut().unwrap().shift_remove(key);
    }
    input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    repository.write("input.json", &input.to_string());
    let outcome =
        repository.test(fake, &["train", "-p", parameters.to_str().unwrap(), "--input", "input.json"]);
    Some((repository, outcome))
}

#[test]
fn what_completed_in_a_group_is_used_again_with_all_it_came_out_of() {
    let fake = services();
    let labels = json!({"build-vocab-ru-en": VOCABULARY, "dataset-opus-ru-en": EXPIRED});
    fake.artifact(GROUP, "public/label-to-taskid.json", labels.to_string());
    let Some((repository, outcome)) = train(&fake, json!({"previous-group-ids": [GROUP]})) else { return };
    assert_eq!(outcome.status, 0, "{}", outcome.err);
    let gone =
        format!("the queue knows no longer, so that it cannot be used again: dataset-opus-ru-en ({EXPIRED})");
    assert!(outcome.err.contains(&gone), "{}", outcome.err);
    // The queue is asked once for how all three are doing, and answers in pages of two.
    assert_eq!(fake.count("statuses"), 2);
    assert_eq!(
        repository.artifact("parameters.yml")["existing_tasks"],
        json!({
            "build-vocab-ru-en": VOCABULARY,
            "corpus-merge-parallel-ru-en": OLDER,
            "train-teacher-model-ru-en-1": TRAINING,
        })
    );
}

#[test]
fn what_starts_with_the_prefix_is_done_anew_and_what_came_out_of_it() {
    let fake = services();
    let more = json!({
        "previous-group-ids": [GROUP],
        "start-task-prefix": "build-vocab",
        "existing_tasks": {"corpus-merge-parallel-ru-en": EXPIRED},
    });
    let Some((repository, outcome)) = train(&fake, more) else { return };
    assert_eq!(outcome.status, 0, "{}", outcome.err);
    // What the input names goes before what was found.
    let existing = &repository.artifact("parameters.yml")["existing_tasks"];
    assert_eq!(*existing, json!({"corpus-merge-parallel-ru-en": EXPIRED}));
    assert!(outcome.err.contains("and not `f0gbptvMTDaKODjqL9hlOw`"), "{}", outcome.err);
}

#[test]
fn groups_that_cannot_be_used_are_refused() {
    let fake = services();
    for (more, reported) in [
        (json!({"start-task-prefix": "build-vocab"}), "`start-task-prefix` needs `previous-group-ids`"),
        (json!({"previous-group-ids": [EXPIRED]}), "there is no task group `Et8bOKpTQYywudvgDhX7mA`"),
        (json!({"previous-group-ids": ["x", 3]}), "`previous-group-ids` must be a taskId"),
        (json!({"previous-group-ids": GROUP}), "`previous-group-ids` must be a list of taskIds"),
        (
            json!({"start-task-prefix": "build-vocb", "previous-group-ids": [GROUP]}),
            "did you mean `build-vocab`?",
        ),
    ] {
        let Some((repository, outcome)) = train(&fake, more) else { return };
        assert_eq!(outcome.status, 2, "{}", outcome.err);
        assert!(outcome.err.contains(reported), "{}", outcome.err);
        assert!(!repository.has_artifacts());
    }
}

#[test]
fn a_final_evaluation_is_a_decision_of_its_own() {
    let Some(tree) = shared("conformance/translations-2026-07") else { return };
    let (repository, fake) = (Repository::of(&tree.join("tree"), "taskcluster"), Fake::start());
    let parameters = tree.join("cases/baseline/parameters.yml");
    repository.write("input.yml", "{models: [ru-en]}");
    let outcome =
        repository.test(&fake, &["evaluate", "-p", parameters.to_str().unwrap(), "--input", "input.yml"]);
    assert_eq!(outcome.status, 0, "{}", outcome.err);
    let decided = repository.artifact("parameters.yml");
    assert_eq!(decided["eval_config"], json!({"models": ["ru-en"]}));
    assert_eq!(decided["target_tasks_method"], "final-eval-target-tasks");
    let mut targets: Vec<Value> = repository.artifact("target-tasks.json").as_array().unwrap().clone();
    targets.sort_by_key(ToString::to_string);
    assert_eq!(targets, ["final-eval-all", "upload-artifacts-final-eval-all"]);
}

#[test]
fn what_would_be_used_again_has_to_outlast_what_waits_for_it() {
    let fake = services();
    let image = json!({
        "dependencies": [], "taskGroupId": GROUP, "schedulerId": "translations-level-1",
        "metadata": {"name": "docker-image-base", "description": "x", "owner": "a@example.org", "source": "https://x"},
    });
    const IMAGE: &str = "XZpkTE7YQTCaIbJE961tEw";
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    // The deadlines of this tree are twenty days from now.
    for (days, runs_anew) in [(3, true), (30, false)] {
        let mut image = image.clone();
        let expires = i64::try_from(since.as_millis()).unwrap() + days * 24 * 3_600_000;
        image["expires"] = taskgraph_compat::time::json_date(expires).into();
        fake.put_task(IMAGE, image, "completed");
        let Some((repository, outcome)) = train(&fake, json!({"previous-group-ids": [GROUP]})) else {
            return;
        };
        let reported =
            format!("`docker-image-base` runs anew: task `{IMAGE}` of an earlier group cannot be used");
        assert_eq!(outcome.err.contains(&reported), runs_anew, "{}", outcome.err);
        // All else is made in that image, so that nothing is left.
        let reported = "of 4 tasks that were found in earlier groups, none can be used again";
        assert_eq!(outcome.err.contains(reported), runs_anew, "{}", outcome.err);
        assert_eq!((outcome.status == 2, repository.has_artifacts()), (runs_anew, !runs_anew));
    }
    // Whoever names it wants no other.
    let more = json!({"previous-group-ids": [GROUP], "existing_tasks": {"docker-image-base": OLDER}});
    fake.forget(OLDER);
    let Some((repository, outcome)) = train(&fake, more) else { return };
    assert_eq!(outcome.status, 2, "{}", outcome.err);
    assert!(outcome.err.contains(&format!("task `{OLDER}` is not usable")), "{}", outcome.err);
    assert!(!repository.has_artifacts());
}

#[test]
fn groups_of_which_nothing_has_completed_are_refused() {
    let fake = services();
    for task in [VOCABULARY, TRAINING] {
        fake.forget(task);
    }
    let Some((repository, outcome)) = train(&fake, json!({"previous-group-ids": [GROUP]})) else { return };
    assert_eq!(outcome.status, 2, "{}", outcome.err);
    assert!(outcome.err.contains("no task of the previous groups has completed"), "{}", outcome.err);
    assert!(!repository.has_artifacts());
}
