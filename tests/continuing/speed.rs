//! Large groups: how much is asked, and how much of it at once.

use std::time::Duration;

use serde_json::json;

use crate::run::{CONFIG, GROUP, Trained};

#[test]
fn a_large_group_costs_a_request_for_each_page_and_one_for_each_model() {
    let trained = Trained::new();
    for number in 0..3_000 {
        let id = format!("T{number:021}");
        let name = format!("translate-corpus-ru-en-{number}");
        trained.fake.put_task(&id, json!({
            "taskGroupId": GROUP, "schedulerId": "translations-level-1", "tags": {"kind": "translate-corpus"},
            "metadata": {"name": name, "description": "x", "owner": "a@example.org", "source": "https://example.org"},
        }), "completed");
    }
    trained.config(CONFIG);
    let outcome = trained.run(&[GROUP, "config.yml"]);
    assert_eq!(outcome.status, 0, "{}", outcome.err);
    assert_eq!((trained.fake.count("listTaskGroup"), trained.fake.count("listLatestArtifacts")), (4, 3));
    assert_eq!(trained.fake.requests().len(), 7);
}

#[test]
fn models_are_asked_for_sixteen_at_a_time() {
    let trained = Trained::new();
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
