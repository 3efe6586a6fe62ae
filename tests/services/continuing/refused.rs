//! Runs that cannot be continued: reported with the IDs of the tasks, and nothing is written.

use serde_json::json;

use super::run::{BACKWARDS, CONFIG, FIRST, GROUP, OTHER, SECOND, Trained, in_days};
use crate::fake_taskcluster::Fault;

/// Goes on from a changed group, and gives what is reported.
fn messages(arguments: &[&str], change: impl FnOnce(&Trained)) -> String {
    let trained = Trained::new();
    trained.config(CONFIG);
    change(&trained);
    let before = trained.written();
    let outcome = trained.run(&[arguments, &["--write"]].concat());
    assert_eq!(outcome.status, 2, "{}{}", outcome.out, outcome.err);
    assert_eq!(trained.written(), before);
    outcome.err
}

#[test]
fn what_is_not_complete_is_reported_all_at_once() {
    let reported = messages(&[GROUP, "config.yml"], |trained| {
        trained.model(FIRST, "train-teacher-ru-en-1", "train-teacher", "running");
        trained.model(SECOND, "train-teacher-ru-en-2", "train-teacher", "failed");
        trained.change(BACKWARDS, "completed", json!({"expires": "2026-01-02T03:04:05.678Z"}));
    });
    insta::assert_snapshot!(reported);
}

#[test]
fn files_that_are_missing_or_expired_are_reported() {
    let reported = messages(&[GROUP, "config.yml"], |trained| {
        trained.fake.forget_artifact(FIRST, "public/build/model.npz.optimizer.npz");
        trained.fake.forget_artifact(FIRST, "public/build/vocab.spm");
        trained.fake.artifact_until(SECOND, "public/build/model.npz", "2026-01-02T03:04:05.678Z");
    });
    insta::assert_snapshot!(reported);
}

#[test]
fn a_task_that_is_gone_before_its_artifacts_are_asked_for_is_reported() {
    let reported = messages(&[GROUP, "config.yml"], |trained| {
        trained.fake.fail("listLatestArtifacts", [Some(Fault::Status(404))])
    });
    // Which of the three is asked first is not certain.
    assert!(reported.contains("the queue knows no artifacts of `"), "{reported}");
}

#[test]
fn two_pairs_in_one_group_are_reported() {
    let both =
        |trained: &Trained| trained.model(OTHER, "train-backwards-lt-en", "train-backwards", "completed");
    insta::assert_snapshot!(messages(&[GROUP, "config.yml"], both));
    // A task says which one is meant.
    let trained = Trained::new();
    both(&trained);
    let outcome = trained.run(&[BACKWARDS]);
    assert_eq!(outcome.status, 0, "{}", outcome.err);
}

#[test]
fn another_pair_than_the_config_s_is_reported() {
    let reported =
        messages(&[GROUP, "config.yml"], |trained| trained.config(&CONFIG.replace("src: ru", "src: lt")));
    insta::assert_snapshot!(reported);
}

#[test]
fn an_ensemble_of_another_size_is_reported() {
    let reported = messages(&[GROUP, "config.yml"], |trained| {
        trained.config(&CONFIG.replace("ensemble: 2", "ensemble: 3"))
    });
    insta::assert_snapshot!(reported);
}

#[test]
fn members_with_different_vocabularies_are_reported() {
    let reported = messages(&[GROUP, "config.yml"], |trained| {
        trained.task(SECOND, "train-teacher-ru-en-2", "train-teacher", "completed", Some(OTHER));
    });
    insta::assert_snapshot!(reported);
}

#[test]
fn what_leads_to_nothing_is_reported() {
    for (name, arguments) in [
        ("no-such-group", &["Et8bOKpTQYywudvgDhX7mA", "config.yml"][..]),
        ("no-id", &["yesterday", "config.yml"]),
        ("no-address", &["https://example.org/models/ru-en", "config.yml"]),
        ("unknown-name", &[GROUP, "config.yml", "--take", "train-techer"]),
        ("twice", &[GROUP, "config.yml", "--latest", "ru", "en"]),
        ("latest-of-another-pair", &["config.yml", "--latest", "lt", "en"]),
    ] {
        insta::assert_snapshot!(name, messages(arguments, |_| ()));
    }
    let empty = messages(&[GROUP, "config.yml"], |trained| {
        for id in [FIRST, SECOND, BACKWARDS] {
            trained.fake.forget(id);
        }
    });
    insta::assert_snapshot!("nothing-made", empty);
}

#[test]
fn a_model_that_expires_today_is_as_good_as_gone() {
    let reported = messages(&[GROUP, "config.yml"], |trained| {
        trained.fake.artifact_until(BACKWARDS, "public/build/vocab.spm", &in_days(0));
    });
    assert!(reported.contains("have expired") && reported.contains(BACKWARDS), "{reported}");
}
