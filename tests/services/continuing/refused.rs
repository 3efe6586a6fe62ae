//! Runs that cannot be continued: reported with the IDs of the tasks, and nothing is written.

use serde_json::json;

use super::run::{BACKWARDS, CONFIG, EarlierRun, FIRST, GROUP, OTHER, SECOND, in_days};
use crate::fake_taskcluster::Fault;

/// Goes on from a changed group, and gives what is reported.
fn messages(arguments: &[&str], change: impl FnOnce(&EarlierRun)) -> String {
    let trained = EarlierRun::new();
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
    insta::assert_snapshot!(reported, @"
    error: `train-teacher-ru-en-1` has not completed: task `K6XCM0LhQGWHvFNvOc7f8Q` is running
     │
     ╰ help: wait for it, or leave it out: --take names the rest

    error: `train-teacher-ru-en-2` has not completed: task `MH3_5l1jS3-eJ4lSxydNQQ` is failed
     │
     ╰ help: run it again, or leave it out: --take names the rest

    error: `train-backwards-ru-en` has expired: task `BAvLUilqQ3SYqy6Ck55CUQ` was kept until 2026-01-02T03:04:05.678Z

    3 errors; nothing was generated
    ");
}

#[test]
fn files_that_are_missing_or_expired_are_reported() {
    let reported = messages(&[GROUP, "config.yml"], |trained| {
        trained.fake.forget_artifact(FIRST, "public/build/model.npz.optimizer.npz");
        trained.fake.forget_artifact(FIRST, "public/build/vocab.spm");
        trained.fake.artifact_until(SECOND, "public/build/model.npz", "2026-01-02T03:04:05.678Z");
    });
    insta::assert_snapshot!(reported, @"
    error: task `K6XCM0LhQGWHvFNvOc7f8Q` of `train-teacher-ru-en-1` has not published all that is needed
     │
     ╰ note: missing: `model.npz.optimizer.npz`, `vocab.spm`

    error: files of task `MH3_5l1jS3-eJ4lSxydNQQ` of `train-teacher-ru-en-2` have expired
     │
     ╰ note: `model.npz` (2026-01-02T03:04:05.678Z)

    2 errors; nothing was generated
    ");
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
        |trained: &EarlierRun| trained.model(OTHER, "train-backwards-lt-en", "train-backwards", "completed");
    insta::assert_snapshot!(messages(&[GROUP, "config.yml"], both), @"
    error: the tasks are about 2 pairs of languages
     │
     ├ note: lt-en: train-backwards-lt-en (f0gbptvMTDaKODjqL9hlOw); ru-en: train-teacher-ru-en-1 (K6XCM0LhQGWHvFNvOc7f8Q), train-teacher-ru-en-2 (MH3_5l1jS3-eJ4lSxydNQQ), train-backwards-ru-en (BAvLUilqQ3SYqy6Ck55CUQ)
     ╰ help: name a task of the one that is meant

    1 error; nothing was generated
    ");
    // A task says which one is meant.
    let trained = EarlierRun::new();
    both(&trained);
    let outcome = trained.run(&[BACKWARDS]);
    assert_eq!(outcome.status, 0, "{}", outcome.err);
}

#[test]
fn another_pair_than_the_config_s_is_reported() {
    let reported =
        messages(&[GROUP, "config.yml"], |trained| trained.config(&CONFIG.replace("src: ru", "src: lt")));
    insta::assert_snapshot!(reported, @"
    error: the config is about `lt-en`, and the tasks are about `ru-en`
     │
     ╰ note: train-teacher-ru-en-1 (K6XCM0LhQGWHvFNvOc7f8Q), train-teacher-ru-en-2 (MH3_5l1jS3-eJ4lSxydNQQ), train-backwards-ru-en (BAvLUilqQ3SYqy6Ck55CUQ)

    1 error; nothing was generated
    ");
}

#[test]
fn an_ensemble_of_another_size_is_reported() {
    let reported = messages(&[GROUP, "config.yml"], |trained| {
        trained.config(&CONFIG.replace("ensemble: 2", "ensemble: 3"))
    });
    insta::assert_snapshot!(reported, @"
    error: the group has 2 members of `train-teacher-ru-en`, and the config asks for 3 teachers
     │
     ├ note: 1: K6XCM0LhQGWHvFNvOc7f8Q, 2: MH3_5l1jS3-eJ4lSxydNQQ
     ╰ help: set `teacher-ensemble` to the number of models, or name another group

    1 error; nothing was generated
    ");
}

#[test]
fn members_with_different_vocabularies_are_reported() {
    let reported = messages(&[GROUP, "config.yml"], |trained| {
        trained.task(SECOND, "train-teacher-ru-en-2", "train-teacher", "completed", Some(OTHER));
    });
    insta::assert_snapshot!(reported, @"
    error: the members of `train-teacher` were trained with different vocabularies
     │
     ╰ note: train-teacher-ru-en-1 (K6XCM0LhQGWHvFNvOc7f8Q): c_49FKASQ4irdiy9G97VaA; train-teacher-ru-en-2 (MH3_5l1jS3-eJ4lSxydNQQ): f0gbptvMTDaKODjqL9hlOw

    1 error; nothing was generated
    ");
}

#[test]
fn what_leads_to_nothing_is_reported() {
    let reported = |arguments: &[&str]| messages(arguments, |_| ());
    insta::assert_snapshot!(reported(&["Et8bOKpTQYywudvgDhX7mA", "config.yml"]), @"
    error: there is no task and no task group `Et8bOKpTQYywudvgDhX7mA`, or there is no longer

    1 error; nothing was generated
    ");
    insta::assert_snapshot!(reported(&["yesterday", "config.yml"]), @"
    error: `yesterday` does not say where the models are
     │
     ╰ help: it is neither a taskId (22 letters, digits, `-` or `_`), nor an address, nor a file

    1 error; nothing was generated
    ");
    insta::assert_snapshot!(reported(&["https://example.org/models/ru-en", "config.yml"]), @"
    error: `https://example.org/models/ru-en` does not say where the models are
     │
     ╰ help: no task stands in this address: https://HOST/api/queue/v1/task/TASK_ID/artifacts/…, https://HOST/tasks/TASK_ID and https://HOST/tasks/groups/GROUP_ID do

    1 error; nothing was generated
    ");
    insta::assert_snapshot!(reported(&[GROUP, "config.yml", "--take", "train-techer"]), @"
    error: a config of this tree hands in no `train-techer`
     │
     ╰ note: did you mean `train-teacher`?

    1 error; nothing was generated
    ");
    insta::assert_snapshot!(reported(&[GROUP, "config.yml", "--latest", "ru", "en"]), @"
    error: `LzIsbop3RkwVUBcr9TxlKg` and --latest both say where the models are
     │
     ╰ help: leave out one of them

    1 error; nothing was generated
    ");
    insta::assert_snapshot!(reported(&["config.yml", "--latest", "lt", "en"]), @"
    error: --latest asks for `lt-en`, and the config is about `ru-en`

    1 error; nothing was generated
    ");
    let empty = messages(&[GROUP, "config.yml"], |trained| {
        for id in [FIRST, SECOND, BACKWARDS] {
            trained.fake.forget(id);
        }
    });
    insta::assert_snapshot!(empty, @"
    error: no task of this group has made anything that a config of this tree could hand in
     │
     ╰ note: 3 tasks, none of them of train-backwards or train-teacher

    1 error; nothing was generated
    ");
}

#[test]
fn a_model_that_expires_today_is_as_good_as_gone() {
    let reported = messages(&[GROUP, "config.yml"], |trained| {
        trained.fake.artifact_until(BACKWARDS, "public/build/vocab.spm", &in_days(0));
    });
    assert!(reported.contains("have expired") && reported.contains(BACKWARDS), "{reported}");
}
