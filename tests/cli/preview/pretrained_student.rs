//! A student that starts from a pretrained model: what each mode makes of the graph, and which trees take one.

use std::fs;

use crate::support::program::call;
use crate::support::student::{form_has_student, student_config};
use crate::support::whole;
use serde_json::{Value, json};

/// A folder with `config.yml`.
fn folder(config: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("config.yml"), config).unwrap();
    folder
}

fn preview(config: &str, more: &[&str]) -> Value {
    let folder = folder(config);
    let outcome =
        call(folder.path(), &[&["graph", "preview", "config.yml", "--json", "--strict"], more].concat());
    assert_eq!(outcome.status, 0, "{}\n{}", outcome.out, outcome.err);
    serde_json::from_str(&outcome.out).unwrap()
}

#[test]
fn each_mode_changes_what_it_has_to() {
    for mode in ["use", "continue", "init"] {
        let report = preview(&student_config(mode, ""), &[]);
        let plan = &report["plan"];
        let student =
            plan["models"].as_array().unwrap().iter().find(|model| model["kind"] == "train-student").unwrap();
        let mut comparison = plan["comparison"].clone();
        let unchanged = comparison["unchanged"].take();
        assert!(unchanged.as_array().unwrap().contains(&json!("translate-corpus-ru-en-1/2")), "{mode}");
        let reported = json!({"student": student, "reused": plan["reused"], "comparison": comparison});
        insta::assert_snapshot!(format!("student-{mode}"), serde_json::to_string_pretty(&reported).unwrap());
    }
}

#[test]
fn a_student_that_is_only_published_needs_no_distillation() {
    for (mode, distills) in [("use", false), ("continue", true), ("init", true)] {
        let report = preview(&student_config(mode, ""), &["--target-stage", "train-student"]);
        let rows = report["plan"]["work"]["rows"].as_array().unwrap();
        let kinds: Vec<&str> = rows.iter().map(|row| row["kind"].as_str().unwrap()).collect();
        let has = |kind: &str| kinds.contains(&kind);
        assert!(has("train-student"), "{mode}: {kinds:?}");
        assert_eq!(has("translate-corpus") && has("train-teacher"), distills, "{mode}: {kinds:?}");
        assert!(!distills || has("train-vocab"), "the teachers have a vocabulary that is made: {kinds:?}");
    }
    // Fine-tuning learns from the corpus of the teachers, so that it is made for whatever comes after it.
    let report = preview(&student_config("use", ""), &["--target-stage", "export"]);
    let rows = report["plan"]["work"]["rows"].as_array().unwrap();
    assert!(rows.iter().any(|row| row["kind"] == "translate-corpus"), "{report:#}");
}

#[test]
fn the_digest_of_a_published_student_depends_on_nothing_but_the_model() {
    let base = "head_repository: https://github.com/o/r\nbase_repository: https://github.com/o/r\nproject: r\n\
                head_rev: abc\nhead_ref: main\nfiles_changed: []\nversion: null\nlevel: '1'\ntraining_config:\n";
    let student = |config: &str| {
        let indented: String = config.lines().map(|line| format!("  {line}\n")).collect();
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("p.yml"), format!("{base}{indented}")).unwrap();
        let root = env!("CARGO_MANIFEST_DIR");
        let outcome = call(folder.path(), &["full", "-J", "-q", "-r", root, "-p", "p.yml"]);
        assert_eq!(outcome.status, 0, "{}", outcome.err);
        let graph: Value = serde_json::from_str(&outcome.out).unwrap();
        graph["train-student-ru-en"].clone()
    };
    let digest = |task: &Value| task["attributes"]["cached_task"]["digest"].as_str().unwrap().to_owned();
    let other = "  best-model: bleu-detok\n  student-model: base\n";
    let published = student(&student_config("use", ""));
    assert_eq!(published["dependencies"], json!({}));
    assert_eq!(digest(&published), digest(&student(&student_config("use", other))));
    assert_ne!(
        digest(&student(&student_config("continue", ""))),
        digest(&student(&student_config("continue", other)))
    );
    // Without a model nothing is mounted by url.
    let trained = student(&whole("experiment: {}"));
    assert!(!trained["task"].to_string().contains("models.example.org"));
    assert!(trained["dependencies"].as_object().unwrap().contains_key("train-vocab"));
}

#[test]
fn what_helps_with_configs_knows_the_student() {
    let folder = folder(&student_config("continue", ""));
    let checked = call(folder.path(), &["config", "check", "config.yml", "--strict"]);
    assert_eq!(checked.status, 0, "{}", checked.err);
    let models = "/properties/experiment/properties/pretrained-models";
    let schema = |arguments: &[&str]| -> Value {
        serde_json::from_str(&call(folder.path(), &[&["config", "schema"], arguments].concat()).out).unwrap()
    };
    let own = schema(&[]).pointer(models).unwrap().to_string();
    assert!(own.contains("train-student") && own.contains("\"enum\":[\"default\"]"), "{own}");
    for arguments in
        [&["--student", "https://h/s"][..], &["--student", "https://h/s", "--student-mode", "use"]]
    {
        let begun = call(folder.path(), &[&["config", "init", "en", "fi"], arguments].concat());
        assert_eq!(begun.status, 0, "{}", begun.err);
        let mode = arguments.last().filter(|word| **word == "use").copied().unwrap_or("continue");
        assert!(begun.out.contains(&format!("    train-student:\n      urls:\n        - https://h/s\n      mode: {mode}\n      type: default\n")), "{}", begun.out);
    }
    assert!(call(folder.path(), &["completions", "bash"]).out.contains("--student-mode"));
    assert!(form_has_student(folder.path(), &["-r", env!("CARGO_MANIFEST_DIR")]));
}
