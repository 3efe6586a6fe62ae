//! `graph preview --json` keeps to its schema, docs/preview.schema.json.

use std::process::Command;

use crate::support::preview_schema::preview_schema;
use crate::support::whole;
use serde_json::{Value, json};

fn report(config: &str, more: &[&str]) -> Value {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("config.yml"), whole(config)).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_taskgraph-rs"))
        .args(["graph", "preview", "config.yml", "--json"])
        .args(more)
        .current_dir(folder.path())
        .env_clear()
        .output()
        .unwrap();
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn every_answer_keeps_to_the_preview_schema() {
    let models = |mode: &str| {
        format!(
            "pretrained-models: {{train-backwards: {{urls: [https://m.example.org/x], mode: {mode}, type: default}}}}"
        )
    };
    let cases = [
        ("target-stage: all".to_owned(), &[][..], "fine"),
        (models("use"), &[], "fine"),
        (models("init"), &["--target-stage", "train-backwards"], "fine"),
        (models("init"), &["--against", "config.yml"], "fine"),
        (models("init"), &["--against", "none"], "fine"),
        (models("us"), &[], "refused"),
        ("a: 1\na: 2\nexperiment: {teacher-ensemble: x}".into(), &[], "refused"),
        ("{".into(), &[], "refused"),
        ("target-stage: all".into(), &["--root", "nowhere"], "refused"),
        (std::fs::read_to_string("docs/examples/pretrained-ru-en.yml").unwrap(), &[], "fine"),
    ];
    let schema = preview_schema();
    for (config, more, outcome) in cases {
        let report = report(&config, more);
        let errors: Vec<String> =
            schema.iter_errors(&report).map(|error| format!("{}: {error}", error.instance_path)).collect();
        assert!(errors.is_empty(), "{config} {more:?}: {errors:#?}");
        assert_eq!(report["outcome"], outcome, "{config} {more:?}");
    }
}

#[test]
fn the_schema_refuses_what_it_should() {
    let good = report("target-stage: all", &[]);
    let schema = preview_schema();
    assert!(schema.is_valid(&good));
    for (pointer, wrong) in
        [("/version", json!(1)), ("/outcome", json!("refused")), ("/plan/work/rows/0/gpus", json!(-1))]
    {
        let mut report = good.clone();
        *report.pointer_mut(pointer).unwrap() = wrong;
        assert!(!schema.is_valid(&report), "{pointer}");
    }
}
