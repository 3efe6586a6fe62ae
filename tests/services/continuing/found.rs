//! Products that are found, and the section that is written.

use serde_json::json;

use super::run::{BACKWARDS, CONFIG, EarlierRun, FIRST, GROUP, SECOND, in_days};

#[test]
fn the_models_of_a_group_are_written_in_the_order_of_the_ensemble() {
    let trained = EarlierRun::new();
    trained.config(CONFIG);
    let before = trained.written();
    let outcome = trained.run(&[GROUP, "config.yml"]);
    assert_eq!(outcome.status, 0, "{}", outcome.err);
    assert_eq!(trained.written(), before);
    insta::assert_snapshot!("diff", outcome.out);
    insta::assert_snapshot!(outcome.err, @"
    train-teacher: train-teacher-ru-en-1 (K6XCM0LhQGWHvFNvOc7f8Q), train-teacher-ru-en-2 (MH3_5l1jS3-eJ4lSxydNQQ)
    train-backwards: train-backwards-ru-en (BAvLUilqQ3SYqy6Ck55CUQ)
    config.yml: not written; --write does it
    ");
    // A page of the group, and a list for each model.
    assert_eq!(trained.fake.count("listTaskGroup"), 1);
    assert_eq!(trained.fake.count("listLatestArtifacts"), 3);
    assert_eq!(trained.fake.requests().len(), 4);
    assert!(trained.fake.requests().iter().all(|request| !request.target.contains("bewit")));
    assert_eq!(trained.fake.violations(), [""; 0]);

    let outcome = trained.run(&[GROUP, "config.yml", "--write"]);
    assert_eq!(outcome.status, 0, "{}", outcome.err);
    let after = trained.written();
    assert!(after.starts_with(CONFIG.split("target-stage").next().unwrap()), "{after}");
    let teachers = after.find(FIRST).unwrap();
    assert!(teachers < after.find(SECOND).unwrap(), "{after}");
    let outcome = trained.run(&[GROUP, "config.yml", "--write"]);
    assert_eq!((outcome.status, &*outcome.out), (0, ""), "{}", outcome.err);
    assert!(outcome.err.contains("config.yml: says so already"), "{}", outcome.err);
}

#[test]
fn a_section_that_is_there_is_changed_where_it_stands() {
    let trained = EarlierRun::new();
    for models in [
        "  pretrained-models:\n    # the old one\n    train-backwards:\n      mode: init  # weights only\n      type: opusmt\n      urls: [https://m.example.org/b]\n",
        "  pretrained-models: {train-backwards: {urls: [https://m.example.org/b], mode: init, type: opusmt}}\n",
        "  pretrained-models: {}\n",
        "  pretrained-models:\n",
    ] {
        let text = CONFIG.replace("target-stage", &format!("{models}target-stage"));
        trained.config(&text);
        let arguments = [GROUP, "config.yml", "--take", "train-backwards", "--mode", "use", "--write"];
        let outcome = trained.run(&arguments);
        assert_eq!(outcome.status, 0, "{models}: {}{}", outcome.out, outcome.err);
        let after = trained.written();
        let read: serde_json::Value = serde_yaml::from_str(&after).unwrap();
        let model = &read["experiment"]["pretrained-models"]["train-backwards"];
        assert_eq!(model["mode"], "use", "{after}");
        assert!(model["urls"][0].as_str().unwrap().ends_with(&format!("{BACKWARDS}/artifacts/public/build")));
        let is_opusmt = models.contains("opusmt");
        assert_eq!(model["type"], if is_opusmt { "opusmt" } else { "default" });
        assert!(
            !models.contains('#') || after.contains("# the old one") && after.contains("# weights only"),
            "{after}"
        );
        assert!(after.contains("# Two of them.") && after.contains("# a second run"), "{after}");
    }
}

#[test]
fn without_a_config_the_section_is_printed() {
    let trained = EarlierRun::new();
    let outcome = trained.run(&[GROUP, "--mode", "init"]);
    assert_eq!(outcome.status, 0, "{}", outcome.err);
    insta::assert_snapshot!(outcome.out, @"
    experiment:
      pretrained-models:
        train-teacher:
          urls:
            - https://tc/api/queue/v1/task/K6XCM0LhQGWHvFNvOc7f8Q/artifacts/public/build
            - https://tc/api/queue/v1/task/MH3_5l1jS3-eJ4lSxydNQQ/artifacts/public/build
          mode: init
          type: default
        train-backwards:
          urls:
            - https://tc/api/queue/v1/task/BAvLUilqQ3SYqy6Ck55CUQ/artifacts/public/build
          mode: init
          type: default
    ");
}

/// `init` mounts the best models and no checkpoint.
#[test]
fn what_has_to_be_there_follows_from_the_mode() {
    let trained = EarlierRun::new();
    trained.fake.forget_artifact(FIRST, "public/build/model.npz.optimizer.npz");
    assert_eq!(trained.run(&[GROUP, "--mode", "init"]).status, 0);
    assert_eq!(trained.run(&[GROUP]).status, 2);
}

/// Of several tasks with one label the newest counts that has completed.
#[test]
fn a_task_that_was_created_once_more_takes_the_place_of_the_first() {
    const AGAIN: &str = "Et8bOKpTQYywudvgDhX7mA";
    for (state, is_taken) in [("completed", true), ("failed", false)] {
        let trained = EarlierRun::new();
        trained.model(AGAIN, "train-backwards-ru-en", "train-backwards", state);
        trained.change(AGAIN, state, json!({"created": in_days(-1)}));
        let outcome = trained.run(&[GROUP, "--take", "train-backwards"]);
        assert_eq!(outcome.status, 0, "{}", outcome.err);
        assert_eq!(outcome.out.contains(AGAIN), is_taken, "{}", outcome.out);
    }
}

#[test]
fn what_expires_soon_is_a_warning() {
    let trained = EarlierRun::new();
    let soon = "2999-01-01T00:00:00.000Z";
    trained.fake.artifact_until(BACKWARDS, "public/build/model.npz", &in_days(3));
    let outcome = trained.run(&[GROUP]);
    assert_eq!(outcome.status, 0, "{}", outcome.err);
    assert!(
        outcome.err.contains("what is handed in expires at") && outcome.err.contains(BACKWARDS),
        "{}",
        outcome.err
    );
    trained.fake.artifact_until(BACKWARDS, "public/build/model.npz", soon);
    assert!(!trained.run(&[GROUP]).err.contains("expires"), "{soon}");
}
