//! `graph preview` as a person calls it: in a folder of their own, with nothing in the environment.

use std::fs;
use std::path::{Path, PathBuf};

use crate::support::program::{Outcome, call_with};
use crate::support::whole;
use serde_json::Value;

/// Previews a text that comes over standard input, completed with what else a run needs.
fn preview(config: &str, more: &[&str]) -> Outcome {
    let folder = tempfile::tempdir().unwrap();
    call_with(folder.path(), &[&["graph", "preview", "-"], more].concat(), &whole(config))
}

fn json(config: &str, more: &[&str]) -> Value {
    let outcome = preview(config, &[&["--json"], more].concat());
    serde_json::from_str(&outcome.out)
        .unwrap_or_else(|error| panic!("{error}\n{}\n{}", outcome.out, outcome.err))
}

fn data(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(path)
}

fn file(name: &str) -> String {
    fs::read_to_string(data(name)).unwrap()
}

#[test]
fn the_first_screen_answers_the_question() {
    let outcome = preview(&file("preview/both-models.yml"), &[]);
    assert_eq!((outcome.status, outcome.err.as_str()), (0, ""));
    insta::assert_snapshot!("both-models", outcome.out);
}

#[test]
fn all_lists_what_is_counted() {
    let outcome = preview(&file("preview/both-models.yml"), &["--all"]);
    assert!(!outcome.out.contains("--all lists them"), "{}", outcome.out);
    for part in ["translate-mono-trg-ru-en-2/2", "evaluate (evaluate-student)"] {
        assert!(outcome.out.contains(part), "{part}\n{}", outcome.out);
    }
}

#[test]
fn keys_without_effect_are_reported_with_their_reason() {
    let outcome = preview(&file("preview/no-effect.yml"), &["--all"]);
    assert_eq!(outcome.status, 0, "{}", outcome.err);
    let section = outcome.out.split("\n\n").find(|section| section.contains(" has no effect")).unwrap();
    insta::assert_snapshot!(section, @"
    6 warnings
      <stdin>:4:3  `spm-vocab-sise` has no effect: nothing reads it
      <stdin>:9:7  `opus_Unasked/v1` has no effect
          no task looks for this name in `experiment.bicleaner.dataset-thresholds`: what is looked for there is `opus_ada83/v1`
      <stdin>:10:7  `opus_ELRC.3075/v1` has no effect: a name with a dot in it is never found
          the pipeline looks names up by dotted paths, and every dot parts two keys
      <stdin>:26:34  key `after` stands here twice: this one wins
          <stdin>:26:22  this one is ignored
      <stdin>:39:3  `spare` has no effect
          tasks are made for what it lists, and nothing uses them: no kind asks for this name
      <stdin>:44:5  `train-techer` has no effect: did you mean `train-teacher`?
    ");
}

#[test]
fn every_mode_does_its_part_on_both_kinds() {
    for (kind, members) in
        [("train-teacher", 1), ("train-teacher", 2), ("train-teacher", 4), ("train-backwards", 1)]
    {
        for mode in ["use", "continue", "init"] {
            check_mode(kind, mode, members);
        }
    }
}

fn check_mode(kind: &str, mode: &str, members: usize) {
    let urls: Vec<String> =
        (1..=members).map(|member| format!("https://models.example.org/{member}")).collect();
    let config = format!(
        "experiment:\n  teacher-ensemble: {members}\n  pretrained-models:\n    {kind}: {{urls: [{}], mode: {mode}, type: default}}\n",
        urls.join(", ")
    );
    let report = json(&config, &[]);
    let case = format!("{kind} {mode} {members}");
    let kinds = report["plan"]["models"].as_array().unwrap();
    let reported = kinds.iter().find(|reported| reported["kind"] == kind).unwrap();
    let variant = if mode == "use" { "download-only" } else { mode };
    assert_eq!(reported["variant"], variant, "{case}");
    let tasks = reported["members"].as_array().unwrap();
    assert_eq!(tasks.len(), members, "{case}");
    for (task, url) in tasks.iter().zip(&urls) {
        assert_eq!(task["url"], url.as_str(), "{case}");
        assert_eq!(task["directory"], "./artifacts", "{case}");
        assert_eq!(task["files"].as_array().unwrap().len(), if mode == "init" { 5 } else { 17 }, "{case}");
        let needs: Vec<&str> =
            task["needs"].as_array().unwrap().iter().map(|need| need["name"].as_str().unwrap()).collect();
        let gone: Vec<&str> =
            task["no_longer"].as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect();
        assert!(
            gone.contains(&"train-vocab") && !needs.contains(&"train-vocab"),
            "{case}: {needs:?} {gone:?}"
        );
        assert_eq!(needs.is_empty(), mode == "use", "{case}: {needs:?}");
        let command = task["command"].as_str().unwrap_or_default();
        assert_eq!(command.contains("--pretrained-model"), mode == "init", "{case}: {command}");
        assert_eq!(command.contains("artifacts/vocab.spm"), mode != "use", "{case}: {command}");
    }
    let comparison = &report["plan"]["comparison"];
    assert_eq!(comparison["rewritten"].as_array().unwrap().len(), members, "{case}");
    assert!(
        comparison["rewritten"].as_array().unwrap().iter().all(|task| task["by_model"] == true),
        "{case}"
    );
    assert_eq!(comparison["gone"].as_array().unwrap().is_empty(), mode != "use", "{case}");
    assert!(comparison["new"].as_array().unwrap().is_empty(), "{case}");
    let other = kinds.iter().find(|reported| reported["kind"] != kind).unwrap();
    assert_eq!(
        (&other["variant"], &other["members"][0]["url"]),
        (&"from-scratch".into(), &Value::Null),
        "{case}"
    );
}

#[test]
fn the_digest_of_a_download_depends_on_nothing_but_the_model() {
    let task = |model: &str, after: &str, metric: &str| {
        let folder = tempfile::tempdir().unwrap();
        let own = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("kinds/training-config.yml"))
            .unwrap();
        let config = own.replace("after: 40u", after).replace("best-model: chrf", metric);
        let indented: String = config.lines().map(|line| format!("  {line}\n")).collect();
        let models = format!(
            "  pretrained-models:\n    train-teacher: {{urls: [{model}], mode: use, type: default}}\n"
        );
        let base = "head_repository: https://github.com/o/r\nbase_repository: https://github.com/o/r\nproject: r\n\
                    head_rev: abc\nhead_ref: main\nfiles_changed: []\nversion: null\nlevel: '1'\n";
        fs::write(folder.path().join("p.yml"), format!("{base}training_config:\n{indented}{models}"))
            .unwrap();
        let arguments =
            ["full", "-J", "-r", env!("CARGO_MANIFEST_DIR"), "-p", "p.yml", "--tasks-regex", "train-teacher"];
        let outcome = call_with(folder.path(), &arguments, "");
        assert_eq!(outcome.status, 0, "{}", outcome.err);
        let graph: Value = serde_json::from_str(&outcome.out).unwrap();
        graph["train-teacher-ru-en-1"].clone()
    };
    let first = task("https://models.example.org/a", "after: 40u", "best-model: chrf");
    assert_eq!(first["dependencies"], serde_json::json!({}));
    let digest = |task: &Value| task["attributes"]["cached_task"]["digest"].as_str().unwrap().to_owned();
    let other = task("https://models.example.org/a", "after: 80u", "best-model: bleu-detok");
    assert_eq!(digest(&first), digest(&other));
    let other = task("https://models.example.org/b", "after: 40u", "best-model: chrf");
    assert_ne!(digest(&first), digest(&other));
}

#[test]
fn what_is_refused_is_reported_with_a_way_out() {
    let mut files: Vec<_> = data("refused").read_dir().unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    assert!(files.len() > 10);
    for path in files.iter().filter(|path| path.extension().is_some_and(|extension| extension == "yml")) {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("config.yml"), whole(&fs::read_to_string(path).unwrap())).unwrap();
        let outcome = call_with(folder.path(), &["graph", "preview", "config.yml"], "");
        assert_eq!((outcome.status, outcome.out.as_str()), (2, ""), "{}", path.display());
        assert!(!outcome.err.contains("s3cret"), "{}", outcome.err);
        insta::assert_snapshot!(path.file_stem().unwrap().to_str().unwrap(), outcome.err);
    }
}

#[test]
fn the_status_says_whose_fault_it_is() {
    let good = file("../../docs/examples/pretrained-ru-en.yml");
    let status = |config: &str, more: &[&str]| preview(config, more).status;
    assert_eq!(status(&good, &["--strict"]), 0);
    assert_eq!(status("target-stage: all", &[]), 0);
    assert_eq!(status("target-stage: all\nunknown: 1", &["--strict"]), 1);
    assert_eq!(status("target-stage: al", &[]), 2);
    assert_eq!(status(&good, &["--target-stage", "train-techer"]), 2);
    assert_eq!(status(&good, &["--root", "nowhere"]), 2);
    assert_eq!(status(&good, &["--against", "nothing-here.yml"]), 3);
    let folder = tempfile::tempdir().unwrap();
    let outcome = call_with(folder.path(), &["graph", "preview", "nothing-here.yml"], "");
    assert_eq!((outcome.status, outcome.out.as_str()), (3, ""));
    insta::assert_snapshot!(outcome.err, @"
    error: cannot read `nothing-here.yml`
     │
     ╰ note: No such file or directory (os error 2)
    ");
}

#[test]
fn another_stage_needs_other_tasks() {
    let config = file("preview/both-models.yml");
    let all = json(&config, &[]);
    let vocabulary = json(&config, &["--target-stage", "train-vocab"]);
    let to_run = |report: &Value| report["plan"]["facts"]["needed"].as_u64().unwrap();
    assert!(to_run(&vocabulary) < to_run(&all));
    assert_eq!(vocabulary["plan"]["facts"]["target_stage"], "train-vocab");
    assert_eq!(vocabulary["plan"]["models"][0]["members"][0]["runs"], false);
}

#[test]
fn a_run_is_compared_with_another_config_or_with_none() {
    let folder = tempfile::tempdir().unwrap();
    let config = whole(&file("preview/both-models.yml"));
    fs::write(folder.path().join("now.yml"), &config).unwrap();
    fs::write(folder.path().join("before.yml"), config.replace("mode: continue", "mode: init")).unwrap();
    let report = |against: &str| -> Value {
        let outcome =
            call_with(folder.path(), &["graph", "preview", "now.yml", "--json", "--against", against], "");
        serde_json::from_str(&outcome.out).unwrap()
    };
    assert_eq!(report("none")["plan"]["comparison"], Value::Null);
    let comparison = report("before.yml")["plan"]["comparison"].clone();
    assert_eq!(comparison["against"], "before.yml");
    assert_eq!(
        comparison["rewritten"],
        serde_json::json!([{"label": "train-teacher-ru-en-1", "by_model": true}])
    );
    assert_eq!(comparison["gone"], serde_json::json!([]));
    assert_eq!(report("now.yml")["plan"]["comparison"]["unchanged"].as_array().unwrap().len(), 79);
    fs::write(folder.path().join("wrong.yml"), "target-stage: 7").unwrap();
    assert_eq!(report("wrong.yml")["outcome"], "refused");
}

#[test]
fn with_nothing_to_compare_no_task_is_called_unchanged() {
    for config in ["target-stage: all", "experiment: {pretrained-models: {}}", "pretrained-models: {}"] {
        assert_eq!(json(config, &[])["plan"]["comparison"], Value::Null, "{config}");
        let text = preview(config, &["--all"]).out;
        assert!(!text.contains("unchanged") && !text.contains("Against"), "{config}: {text}");
        assert!(text.contains(" tasks, nothing looked up yet"), "{config}: {text}");
    }
}

#[test]
fn a_set_of_parameters_is_previewed_too() {
    let models = file("preview/both-models.yml").replace('\n', "\n  ");
    let report = json(&format!("level: '3'\ntraining_config:\n  {models}"), &[]);
    assert_eq!(report["config"]["is_parameters"], true);
    assert_eq!(report["plan"]["models"][0]["variant"], "continue");
    assert!(report["plan"]["work"]["rows"][0]["pool"].as_str().unwrap().starts_with("translations-3/"));
    let warning = &report["problems"][0];
    assert_eq!(warning["path"], "training_config.pretrained-models.train-teacher.urls[0]", "{report:#}");
}

#[test]
fn nothing_of_a_config_reaches_the_terminal_raw() {
    let config = "experiment: {name: \"x\\e[31m\\nred\", pretrained-models: {train-backwards: {urls: \
                  ['https://me:s3cret@models.example.org/a'], mode: use, type: default}}}";
    for more in [&[][..], &["--json"], &["--all"]] {
        let outcome = preview(config, more);
        assert_eq!(outcome.status, 0, "{}", outcome.err);
        assert!(!outcome.out.contains(['\u{1b}']), "{}", outcome.out);
        assert!(!outcome.out.contains("s3cret"), "{}", outcome.out);
    }
}

#[test]
fn known_urls_have_to_be_a_list() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("config.yml"), whole("target-stage: all")).unwrap();
    for (text, status) in [("[\"https://a\"]", 0), ("[1]", 2), ("{}", 2), ("x", 2)] {
        fs::write(folder.path().join("urls.json"), text).unwrap();
        let outcome =
            call_with(folder.path(), &["graph", "preview", "config.yml", "--known-urls", "urls.json"], "");
        assert_eq!(outcome.status, status, "{text}: {}", outcome.err);
    }
}

/// Every key of the config that comes with the program, at any depth, but for those whose names are free.
fn keys(
    value: &taskgraph_compat::value::Value,
    path: &taskgraph_compat::value::path::KeyPath,
) -> Vec<taskgraph_compat::value::path::KeyPath> {
    let inside = value.as_map().into_iter().flatten();
    let of = |(key, value): (&taskgraph_compat::value::Str, &taskgraph_compat::value::Value)| {
        let path = path.join(key);
        let is_free =
            path.to_string().starts_with("marian-args.") || path.last_key() == Some("dataset-thresholds");
        let mut all = if is_free { Vec::new() } else { keys(value, &path) };
        all.insert(0, path);
        all
    };
    inside.flat_map(of).collect()
}

#[test]
fn what_a_run_needs_is_never_filled_in() {
    const MAY_BE_MISSING: [&str; 5] = [
        "experiment.corpus-max-sentences",
        "experiment.spm-vocab-size",
        "experiment.opuscleaner-mode",
        "experiment.bicleaner.dataset-thresholds",
        "wandb-publication",
    ];
    let folder = tempfile::tempdir().unwrap();
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("kinds/training-config.yml");
    let source = taskgraph_compat::source::Source::read(&file).unwrap();
    let (_, value) = taskgraph::diagnostics::document::load(source.clone()).unwrap();
    for path in keys(&value, &taskgraph_compat::value::path::KeyPath::default()) {
        let mut draft = taskgraph_training::upgrade::Draft::read(source.clone(), "training_config").unwrap();
        assert!(draft.remove(&path), "{path}");
        fs::write(folder.path().join("config.yml"), draft.text()).unwrap();
        let checked = call_with(folder.path(), &["config", "check", "config.yml", "--json"], "");
        let report: Value = serde_json::from_str(&checked.out).unwrap();
        let problems = report["files"][0]["problems"].as_array().unwrap();
        if MAY_BE_MISSING.contains(&path.to_string().as_str()) {
            assert_eq!(checked.status, 0, "{path}: {problems:#?}");
            continue;
        }
        assert_eq!(checked.status, 2, "{path}");
        let errors = problems.iter().filter(|problem| problem["severity"] == "error");
        for error in errors {
            // A section without its only key is nothing (null), which is not a map.
            let is_about_it = error["code"] == "missing-key" || error["code"] == "wrong-value";
            assert!(is_about_it && error["place"]["file"] == "config.yml", "{path}: {error:#}");
        }
        let previewed = call_with(folder.path(), &["graph", "preview", "config.yml", "--offline"], "");
        assert_eq!((previewed.status, previewed.out.as_str()), (2, ""), "{path}: {}", previewed.err);
    }
}
