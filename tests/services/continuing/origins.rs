//! Source of the models: every way to name it.

use std::fs;

use super::run::{BACKWARDS, CONFIG, EarlierRun, FIRST, GROUP, OTHER, SECOND};

#[test]
fn a_group_a_task_an_address_and_a_file_lead_to_the_models() {
    let trained = EarlierRun::new();
    let root = trained.fake.root_url();
    fs::write(
        trained.folder.path().join("where.txt"),
        format!("# yesterday's\n{root}/tasks/groups/{GROUP}\n"),
    )
    .unwrap();
    let all = [FIRST, SECOND, BACKWARDS];
    for (origin, found) in [
        (GROUP.to_owned(), &all[..]),
        // A task that makes nothing to hand in stands for its group.
        (OTHER.into(), &all),
        (FIRST.into(), &[FIRST, SECOND]),
        (BACKWARDS.into(), &[BACKWARDS]),
        (format!("{root}/api/queue/v1/task/{BACKWARDS}/artifacts/public/build/model.npz"), &[BACKWARDS]),
        (format!("{root}/tasks/{SECOND}/runs/0"), &[FIRST, SECOND]),
        ("where.txt".into(), &all),
    ] {
        let outcome = trained.run(&[&origin]);
        assert_eq!(outcome.status, 0, "{origin}: {}", outcome.err);
        for id in all {
            assert_eq!(outcome.out.contains(id), found.contains(&id), "{origin}: {}", outcome.out);
        }
    }
}

#[test]
fn the_index_has_the_newest_of_a_pair() {
    let trained = EarlierRun::new();
    for (level, kind, label, id) in [
        (1, "train-teacher", "train-teacher-ru-en-1", OTHER),
        (3, "train-teacher", "train-teacher-ru-en-1", FIRST),
        (3, "train-teacher", "train-teacher-ru-en-2", SECOND),
        (1, "train-backwards", "train-backwards-ru-en", BACKWARDS),
    ] {
        trained.fake.index(&format!("translations.cache.level-{level}.{kind}.{label}.latest"), id);
    }
    trained.config(CONFIG);
    let outcome = trained.run(&["--latest", "ru", "en", "config.yml"]);
    assert_eq!(outcome.status, 0, "{}", outcome.err);
    for id in [FIRST, SECOND, BACKWARDS] {
        assert!(outcome.out.contains(id), "{}", outcome.out);
    }
    assert_eq!(trained.fake.count("findTasksAtIndex"), 1);
    let outcome = trained.run(&["--latest", "lt", "en"]);
    assert_eq!(outcome.status, 2);
    insta::assert_snapshot!(outcome.err, @"
    error: the index has no model of `lt-en`
     │
     ╰ note: looked for at translations.cache.level-3.train-teacher.train-teacher-lt-en-1.latest

    1 error; nothing was generated
    ");
}
