//! `graph preview` over the tree of July 2026: corpora, vocabularies and models that earlier runs have made.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;

use crate::support::preview_schema::preview_schema;
use crate::support::program::program;
use crate::support::{checkout, completed, shared};
use serde_json::{Value, json};

/// A checkout of the tree, and a folder for a config. Nothing without the folder `shared`.
struct Fixture {
    tree: tempfile::TempDir,
    folder: tempfile::TempDir,
}

impl Fixture {
    fn new() -> Option<Self> {
        let tree = shared("conformance/translations-2026-07/tree")?;
        Some(Fixture { tree: checkout(&tree), folder: tempfile::tempdir().unwrap() })
    }

    fn preview(&self, config: &str, more: &[&str]) -> Output {
        let root = self.tree.path().join("taskcluster");
        let config = completed(config, &root.join("configs/config.ci.yml"));
        fs::write(self.folder.path().join("config.yml"), config).unwrap();
        program(self.folder.path())
            .args(["graph", "preview", "config.yml", "--offline", "--root", root.to_str().unwrap()])
            .args(more)
            .output()
            .unwrap()
    }

    fn text(&self, config: &str, more: &[&str]) -> String {
        let output = self.preview(config, more);
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        let all = format!("{}{}", text(&output.stdout), text(&output.stderr));
        // The checkout lies somewhere else each time.
        all.replace(self.tree.path().to_str().unwrap(), "TREE")
    }

    fn json(&self, config: &str, more: &[&str]) -> Value {
        let output = self.preview(config, &[&["--json"], more].concat());
        serde_json::from_slice(&output.stdout).unwrap()
    }
}

fn files(folder: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(folder);
    let mut files: Vec<_> = folder.read_dir().unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

fn file(name: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(name)).unwrap()
}

fn name(path: &Path) -> &str {
    path.file_stem().unwrap().to_str().unwrap()
}

#[test]
fn what_is_continued_is_explained() {
    let Some(fixture) = Fixture::new() else { return };
    for path in files("continuation") {
        let text = fixture.text(&fs::read_to_string(&path).unwrap(), &[]);
        assert!(!text.contains("s3cret"), "{text}");
        insta::assert_snapshot!(format!("continued-{}", name(&path)), text);
    }
}

#[test]
fn what_no_task_takes_is_refused_with_what_the_tasks_look_for() {
    let Some(fixture) = Fixture::new() else { return };
    for path in files("continuation-refused") {
        let config = fs::read_to_string(&path).unwrap();
        assert_eq!(fixture.preview(&config, &[]).status.code(), Some(2), "{}", path.display());
        insta::assert_snapshot!(format!("not-continued-{}", name(&path)), fixture.text(&config, &[]));
    }
}

#[test]
fn a_real_config_that_would_have_cost_a_training_is_refused() {
    let (Some(fixture), Some(configs)) = (Fixture::new(), shared("training-configs")) else { return };
    let config = fs::read_to_string(configs.join("translations-2026-07--glen-init-esen.yml")).unwrap();
    let report = fixture.json(&config, &[]);
    assert_eq!(report["outcome"], "refused");
    let errors: Vec<(&Value, &Value, &Value)> = report["problems"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|problem| problem["severity"] == "error")
        .map(|problem| (&problem["path"], &problem["message"], &problem["place"]["line"]))
        .collect();
    assert_eq!(
        errors,
        [
            (
                &json!("target-stage"),
                &json!("target stage `evaluate-teacher` selects no task with Python Taskgraph"),
                &json!(123)
            ),
            (
                &json!("continuation.models.teacher"),
                &json!("the pretrained model `teacher` (init) is used by no task"),
                &json!(127)
            ),
        ]
    );
}

#[test]
fn the_json_has_all_labels_and_all_urls() {
    let Some(fixture) = Fixture::new() else { return };
    let report = fixture.json(&file("continuation/backwards.yml"), &[]);
    let plan = &report["plan"];
    let model = plan["models"].as_array().unwrap().iter().find(|kind| kind["kind"] == "continuation-model");
    let member = &model.unwrap()["members"][0];
    assert_eq!(model.unwrap()["variant"], "download-only");
    assert_eq!(member["url"], "https://***@data.example.org/backwards");
    assert_eq!(
        (&member["runs"], &member["directory"], &member["command"]),
        (&json!(true), &Value::Null, &Value::Null)
    );
    let reused = plan["reused"].as_array().unwrap();
    let paths: Vec<&str> = reused.iter().map(|one| one["path"].as_str().unwrap()).collect();
    assert_eq!(paths, ["continuation.corpora.backtranslations", "continuation.models.backwards"]);
    assert_eq!(reused[0]["usage"], "used");
    assert_eq!(
        reused[0]["gone"][0],
        json!({"kind": "corpus-merge-mono", "stages": ["corpus-merge-mono"], "wholly": true,
               "why": "the `backtranslations` corpus is given"})
    );
    assert_eq!(
        reused[1]["moved"][0],
        json!({"from": "backtranslations-train-backwards-model", "to": "continuation-model-backwards",
               "tasks": ["backtranslations-mono-trg-translate-ru-en-1/2",
                         "backtranslations-mono-trg-translate-ru-en-2/2",
                         "distillation-parallel-src-translations-score-ru-en"]})
    );
    assert_eq!(plan["comparison"]["without"], "continuation");
}

#[test]
fn a_config_that_cannot_do_without_is_no_worse_for_it() {
    let Some(fixture) = Fixture::new() else { return };
    // Nobody could make a vocabulary in this tree, and nobody has to.
    let kind = fixture.tree.path().join("taskcluster/kinds/build-vocab/kind.yml");
    let text = fs::read_to_string(&kind).unwrap();
    fs::write(&kind, text.replace("worker-type: b-", "worker-type: nowhere-")).unwrap();
    let report = fixture.json(&file("continuation/distillation.yml"), &[]);
    assert_eq!(report["outcome"], "warnings", "{report:#}");
    assert_eq!(report["plan"]["comparison"], Value::Null);
    let notes = report["notes"].as_array().unwrap();
    let why = "the same config without continuation makes no graph to compare with: ";
    assert!(notes.iter().any(|note| note.as_str().unwrap().starts_with(why)), "{notes:#?}");
}

#[test]
fn urls_that_are_not_there_are_reported_with_the_key_that_asks_for_them() {
    let Some(fixture) = Fixture::new() else { return };
    fs::write(fixture.folder.path().join("urls.json"), "[]").unwrap();
    let config = file("continuation/backwards.yml");
    let report = fixture.json(&config, &["--known-urls", "urls.json"]);
    let problem = &report["problems"][0];
    assert_eq!(problem["code"], "no-vocabulary");
    assert_eq!(
        (&problem["path"], &problem["place"]["line"]),
        (&json!("continuation.models.backwards"), &json!(9))
    );
    fs::write(
        fixture.folder.path().join("urls.json"),
        r#"["https://me:s3cret@data.example.org/backwards/vocab.ru.spm"]"#,
    )
    .unwrap();
    assert_eq!(fixture.json(&config, &["--known-urls", "urls.json"])["outcome"], "warnings");
}

#[test]
fn real_configs_get_an_answer() {
    let (Some(fixture), Some(configs)) = (Fixture::new(), shared("training-configs")) else { return };
    for (name, outcome) in
        [("ar-en", "warnings"), ("ca-en-short-sentences", "warnings"), ("en-ja-cjk", "refused")]
    {
        let config = fs::read_to_string(configs.join(format!("translations-2026-07--{name}.yml"))).unwrap();
        let report = fixture.json(&config, &[]);
        assert_eq!(report["outcome"], outcome, "{name}: {:#}", report["problems"]);
    }
}

#[test]
fn models_that_cannot_be_mounted_are_reported_at_once_by_what_makes_graphs() {
    let Some(home) = shared("conformance/translations-2026-07") else { return };
    let copy = checkout(&home.join("tree"));
    let baseline = fs::read_to_string(home.join("cases/baseline/parameters.yml")).unwrap();
    let models = ["train-teacher-model", "backtranslations-train-backwards-model"];
    let sections = [("urls: [https://h/1]", models[0]), ("url: https://h/2", models[1])]
        .map(|(url, kind)| format!("      {kind}: {{{url}, mode: continue, type: default}}\n"));
    let section = format!("\ntraining_config:\n  continuation:\n    models:\n{}", sections.concat());
    let parameters = baseline.replacen("\ntraining_config:\n", &section, 1);
    assert_ne!(parameters, baseline);
    fs::write(copy.path().join("p.yml"), parameters).unwrap();
    let output = program(copy.path()).args(["full", "-q", "-p", "p.yml"]).output().unwrap();
    let reported = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{reported}");
    for kind in models {
        let message = format!("kind `{kind}` cannot take a pretrained model: its tasks run on docker-worker");
        assert_eq!(reported.matches(&message).count(), 1, "{reported}");
    }
    assert!(reported.contains("2 errors; nothing was generated"), "{reported}");
}

#[test]
fn what_is_continued_keeps_to_the_schema() {
    let Some(fixture) = Fixture::new() else { return };
    let schema = preview_schema();
    for name in ["continuation/distillation", "continuation/backwards", "continuation-refused/teacher"] {
        let report = fixture.json(&file(&format!("{name}.yml")), &[]);
        let errors: Vec<String> =
            schema.iter_errors(&report).map(|error| format!("{}: {error}", error.instance_path)).collect();
        assert!(errors.is_empty(), "{name}: {errors:#?}");
    }
}
