//! `graph preview --json` keeps to its schema, docs/preview.schema.json.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]
#![allow(clippy::disallowed_methods, reason = "a test starts programs")]

mod support;

use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};
use support::{checkout, shared, whole};

/// The schema, with every object closed: a field that it does not describe fails the test, too.
fn schema() -> jsonschema::Validator {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/preview.schema.json");
    let mut schema: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    close(&mut schema);
    jsonschema::draft202012::new(&schema).unwrap()
}

fn close(schema: &mut Value) {
    match schema {
        Value::Object(map) => {
            if map.contains_key("required") && map.contains_key("properties") {
                map.insert("additionalProperties".into(), false.into());
            }
            map.values_mut().for_each(close);
        }
        Value::Array(items) => items.iter_mut().for_each(close),
        _ => {}
    }
}

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
fn every_answer_keeps_to_the_schema() {
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
    let schema = schema();
    for (config, more, outcome) in cases {
        let report = report(&config, more);
        let errors: Vec<String> =
            schema.iter_errors(&report).map(|error| format!("{}: {error}", error.instance_path)).collect();
        assert!(errors.is_empty(), "{config} {more:?}: {errors:#?}");
        assert_eq!(report["outcome"], outcome, "{config} {more:?}");
    }
}

#[test]
fn what_is_continued_keeps_to_the_schema() {
    let Some(tree) = shared("conformance/translations-2026-07/tree") else { return };
    let tree = checkout(&tree);
    let root = tree.path().join("taskcluster");
    let schema = schema();
    for name in ["continuation/distillation", "continuation/backwards", "continuation-refused/teacher"] {
        let config = std::fs::read_to_string(format!("tests/data/{name}.yml")).unwrap();
        let report = report(&config, &["--offline", "--root", root.to_str().unwrap()]);
        let errors: Vec<String> =
            schema.iter_errors(&report).map(|error| format!("{}: {error}", error.instance_path)).collect();
        assert!(errors.is_empty(), "{name}: {errors:#?}");
    }
}

#[test]
fn the_schema_refuses_what_it_should() {
    let good = report("target-stage: all", &[]);
    let schema = schema();
    assert!(schema.is_valid(&good));
    for (pointer, wrong) in
        [("/version", json!(1)), ("/outcome", json!("refused")), ("/plan/work/rows/0/gpus", json!(-1))]
    {
        let mut report = good.clone();
        *report.pointer_mut(pointer).unwrap() = wrong;
        assert!(!schema.is_valid(&report), "{pointer}");
    }
}
