//! Large groups: how much is asked, and how much of it at once.

use std::time::Duration;

use super::run::{CONFIG, EarlierRun, GROUP, put_others};

#[test]
fn a_large_group_costs_a_request_for_each_page_and_one_for_each_model() {
    let trained = EarlierRun::new();
    put_others(&trained, 3_000);
    trained.config(CONFIG);
    let outcome = trained.run(&[GROUP, "config.yml"]);
    assert_eq!(outcome.status, 0, "{}", outcome.err);
    assert_eq!((trained.fake.count("listTaskGroup"), trained.fake.count("listLatestArtifacts")), (4, 3));
    assert_eq!(trained.fake.requests().len(), 7);
}

#[test]
fn models_are_asked_for_sixteen_at_a_time() {
    let trained = EarlierRun::new();
    for number in 3..=40 {
        let id = format!("T{number:021}");
        trained.model(&id, &format!("train-teacher-ru-en-{number}"), "train-teacher", "completed");
    }
    trained.fake.latency(Duration::from_millis(60));
    let outcome = trained.run(&[GROUP, "--take", "train-teacher"]);
    assert_eq!(outcome.status, 0, "{}", outcome.err);
    assert_eq!(outcome.out.matches("/artifacts/public/build").count(), 40);
    assert_eq!(trained.fake.count("listLatestArtifacts"), 40);
    assert_eq!(trained.fake.most_at_once(), 16);
}
