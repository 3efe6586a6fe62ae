//! `config` as a person calls it: in a folder of their own, with nothing in the environment.

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::thread;

use crate::support::program::call;
use crate::support::read_json;
use serde_json::Value;

fn project(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

const FINE: &str = "kinds/training-config.yml";

/// A folder with a config that is fine and one that is not.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::copy(project(FINE), folder.path().join("fine.yml")).unwrap();
    let wrong = fs::read_to_string(project(FINE))
        .unwrap()
        .replace("teacher-mode: two-stage", "teacher-mode: two-stages")
        .replace("default-threshold: 0.5", "default-threshold: 5.0")
        .replace("disp-freq: \"5\"", "disp-freq: 5")
        .replace("- opus_ada83/v1", "- opsu_ada83/v1")
        .replace("target-stage: all", "target-stage: train-techer");
    fs::write(folder.path().join("wrong.yml"), wrong).unwrap();
    folder
}

#[test]
fn all_that_is_wrong_with_many_files_is_reported_at_once() {
    let folder = folder();
    let outcome = call(folder.path(), &["config", "check", "*.yml"]);
    assert_eq!(outcome.status, 2);
    insta::assert_snapshot!("check", format!("{}\n{}", outcome.out, outcome.err));
    let quiet = call(folder.path(), &["config", "check", ".", "--quiet"]);
    assert_eq!((quiet.status, quiet.err.as_str()), (2, ""));
}

#[test]
fn a_status_tells_how_it_went() {
    let folder = folder();
    let status = |arguments: &[&str]| {
        call(folder.path(), &[&["config", "check", "--quiet"], arguments].concat()).status
    };
    fs::write(folder.path().join("little.yml"), "experiment: {name: x}\n").unwrap();
    let odd = fs::read_to_string(project(FINE)).unwrap() + "unknown: 1\n";
    fs::write(folder.path().join("odd.yml"), odd).unwrap();
    assert_eq!(status(&["fine.yml"]), 0);
    assert_eq!(status(&["fine.yml", "--strict"]), 0);
    assert_eq!(status(&["odd.yml"]), 0);
    assert_eq!(status(&["odd.yml", "--strict"]), 1);
    assert_eq!(status(&["little.yml"]), 2);
    assert_eq!(status(&["fine.yml", "wrong.yml"]), 2);
    assert_eq!(status(&["nothing-*.yml"]), 2);
    assert_eq!(status(&["fine.yml", "missing.yml"]), 3);
}

#[test]
fn json_is_as_documented() {
    let folder = folder();
    let outcome = call(folder.path(), &["config", "check", "fine.yml", "wrong.yml", "--json"]);
    let report: Value = serde_json::from_str(&outcome.out).unwrap();
    let schema = jsonschema::validator_for(&read_json(&project("docs/check.schema.json"))).unwrap();
    let errors: Vec<String> = schema.iter_errors(&report).map(|error| error.to_string()).collect();
    assert_eq!(errors, [""; 0]);
    assert_eq!(report["totals"], serde_json::json!({"files": 2, "fine": 1, "warnings": 0, "refused": 1}));
    assert_eq!(report["files"][1]["outcome"], "refused");
}

#[test]
fn annotations_say_where_and_what() {
    let folder = folder();
    let outcome = call(folder.path(), &["config", "check", "wrong.yml", "--format", "github"]);
    let first = outcome.out.lines().next().unwrap();
    assert_eq!(
        first,
        "::error file=wrong.yml,line=11,col=17,title=would-fail::`teacher-mode` cannot be `two-stages` \
         (at experiment.teacher-mode): one-stage or two-stage; did you mean `two-stage`?"
    );
}

#[test]
fn sarif_names_a_rule_and_a_region_for_each_result() {
    let folder = folder();
    let outcome = call(folder.path(), &["config", "check", "wrong.yml", "--format", "sarif"]);
    let log: Value = serde_json::from_str(&outcome.out).unwrap();
    assert_eq!(log["version"], "2.1.0");
    let run = &log["runs"][0];
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    let results = run["results"].as_array().unwrap();
    assert!(results.len() > 3);
    for result in results {
        let rule = &rules[usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap()];
        assert_eq!(rule["id"], result["ruleId"]);
        for description in ["shortDescription", "fullDescription"] {
            let text = rule[description]["text"].as_str().unwrap();
            assert!(text.ends_with('.') && text.contains(' '), "{rule}");
        }
        assert!(["error", "warning"].contains(&result["level"].as_str().unwrap()));
        let location = &result["locations"][0]["physicalLocation"];
        assert_eq!(location["artifactLocation"]["uri"], "wrong.yml");
        let at = |key: &str| location["region"][key].as_u64().unwrap();
        assert!((at("startLine"), at("startColumn")) <= (at("endLine"), at("endColumn")));
    }
}

#[test]
fn an_upgrade_is_shown_and_written_only_when_asked() {
    let folder = folder();
    let path = folder.path().join("old.yml");
    let old = fs::read_to_string(project(FINE)).unwrap().replace(
        "  mono-max-sentences-src:\n    total: 1000\n    per-dataset: 500\n",
        "  # as many\n  mono-max-sentences-src: 500_000 # and no more\n",
    );
    fs::write(&path, &old).unwrap();
    let shown = call(folder.path(), &["config", "upgrade", "old.yml"]);
    assert_eq!(shown.status, 0, "{}", shown.err);
    let changed: Vec<&str> = shown.out.lines().filter(|line| line.starts_with(['-', '+'])).collect();
    insta::assert_snapshot!(changed.join("\n"), @"
    --- old.yml
    +++ old.yml
    -  mono-max-sentences-src: 500_000 # and no more
    +  mono-max-sentences-src: {total: 500_000, per-dataset: 500_000} # and no more
    ");
    insta::assert_snapshot!(shown.err, @"
    old.yml: experiment.mono-max-sentences-src: the number was the limit of each dataset and of all together: now there are two
    old.yml: 1 change; config check finds nothing wrong
    old.yml: not written; --write does it
    ");
    assert_eq!(fs::read_to_string(&path).unwrap(), old);
    assert_eq!(call(folder.path(), &["config", "upgrade", "old.yml", "--write"]).status, 0);
    let again = call(folder.path(), &["config", "upgrade", "old.yml", "--write"]);
    assert_eq!((again.status, again.out.as_str()), (0, ""));
    insta::assert_snapshot!(again.err, @"old.yml: nothing to upgrade; config check finds nothing wrong");
}

#[test]
fn what_does_not_pass_afterwards_is_not_written() {
    let folder = folder();
    let path = folder.path().join("wrong.yml");
    let before = fs::read_to_string(&path).unwrap();
    let outcome = call(folder.path(), &["config", "upgrade", "wrong.yml", "--write"]);
    assert_eq!(outcome.status, 2);
    insta::assert_snapshot!(outcome.err, @r#"
    wrong.yml: marian-args.training-backward.disp-freq: write "5"
    wrong.yml: marian-args.training-teacher.disp-freq: write "5"
    wrong.yml: marian-args.training-student.disp-freq: write "5"
    wrong.yml: marian-args.training-student-finetuned.disp-freq: write "5"
    error: `teacher-mode` cannot be `two-stages`
       ╭▸ wrong.yml:11:17
       │
    11 │   teacher-mode: two-stages
       │                 ━━━━━━━━━━ one-stage or two-stage; did you mean `two-stage`?
       │
       ╰ note: at experiment.teacher-mode

    error: the threshold `default-threshold` is 5.0
       ╭▸ wrong.yml:33:24
       │
    33 │     default-threshold: 5.0
       │                        ━━━ nothing is that good: scores are between 0.0 and 1.0
       │
       ╰ note: at experiment.bicleaner.default-threshold

    error: unknown target stage `train-techer`
       ╭▸ wrong.yml:89:15
       │
    89 │ target-stage: train-techer
       │               ━━━━━━━━━━━━ did you mean `train-teacher`?
       │
       ├ note: at target-stage
       ╰ help: the stages are clean-corpus, clean-mono, bicleaner-model, bicleaner, merge-corpus,
               merge-devset, merge-mono, train-vocab, train-backwards, evaluate-backwards, split-mono,
               translate-mono-trg, collect-mono-trg, alignments-teacher, train-teacher,
               evaluate-teacher, evaluate-teacher-ensemble, split-corpus, translate-corpus,
               extract-best, collect-corpus, translate-mono-src, collect-mono-src, merge-translated,
               score, cefilter, alignments-student, shortlist, train-student, evaluate-student,
               finetune-student, evaluate-finetuned-student, quantize, evaluate-quantized, export,
               analyze-corpus, analyze-mono or all

    wrong.yml: 4 changes; config check finds 3 errors and 1 warning
    wrong.yml: not written; decide what is named above first
    "#);
    assert_eq!(fs::read_to_string(&path).unwrap(), before);
}

#[test]
fn the_schema_agrees_with_the_check() {
    let folder = folder();
    for (flag, file) in [(None, "docs/examples/minimal.yml"), (Some("--strict"), FINE)] {
        let arguments: Vec<&str> = ["config", "schema"].into_iter().chain(flag).collect();
        let schema: Value = serde_json::from_str(&call(folder.path(), &arguments).out).unwrap();
        assert!(jsonschema::meta::is_valid(&schema));
        let validator = jsonschema::validator_for(&schema).unwrap();
        let errors: Vec<String> =
            validator.iter_errors(&yaml(&project(file))).map(|error| error.to_string()).collect();
        assert_eq!(errors, [""; 0], "{file}");
        let wrong = yaml(&folder.path().join("wrong.yml"));
        let mut reported: Vec<String> =
            validator.iter_errors(&wrong).map(|error| error.instance_path.to_string()).collect();
        reported.sort();
        assert_eq!(
            reported,
            [
                "/experiment/teacher-mode",
                "/marian-args/training-backward/disp-freq",
                "/marian-args/training-student-finetuned/disp-freq",
                "/marian-args/training-student/disp-freq",
                "/marian-args/training-teacher/disp-freq",
            ]
        );
    }
}

/// A file of YAML as JSON, read as the program reads it.
fn yaml(path: &Path) -> Value {
    let source = taskgraph_compat::source::Source::read(path).unwrap();
    let (_, value) = taskgraph::diagnostics::document::load(source).unwrap();
    serde_json::to_value(value).unwrap()
}

#[test]
fn a_config_that_was_begun_passes() {
    let folder = folder();
    let arguments = ["config", "init", "en", "fi", "-o", "new.yml"];
    let models = ["--teacher", "https://h/1", "--teacher", "https://h/2", "--teacher-mode", "init"];
    let begun = call(folder.path(), &[&arguments[..], &models, &["--backwards", "https://h/b"]].concat());
    assert_eq!((begun.status, begun.err.as_str()), (0, ""));
    let checked = call(folder.path(), &["config", "check", "new.yml", "--strict"]);
    assert_eq!(checked.status, 0, "{}", checked.err);
    let again = call(folder.path(), &arguments);
    assert_eq!(again.status, 2);
    insta::assert_snapshot!(again.err, @"
    error: `new.yml` is there already
     │
     ╰ help: name another file

    1 error; nothing was generated
    ");
    let wrong = call(folder.path(), &["config", "init", "en", "en"]);
    assert_eq!((wrong.status, wrong.out.as_str()), (2, ""));
    insta::assert_snapshot!(wrong.err, @"
    error: `src` and `trg` are both `en`
       ╭▸ the new config:30:8
       │
    28 │   src: en
       │        ── the source language
    29 │   # The language that is translated to.
    30 │   trg: en
       │        ━━ a model translates from one language into another
       │
       ╰ note: at experiment.trg

    1 error; nothing was generated
    ");
}

#[test]
fn shells_and_manuals_know_the_commands() {
    let folder = folder();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let outcome = call(folder.path(), &["completions", shell]);
        assert!(outcome.status == 0 && outcome.out.contains("upgrade"), "{shell}");
    }
    assert!(call(folder.path(), &["man"]).out.starts_with(".ie"));
    assert_eq!(call(folder.path(), &["man", "pages"]).status, 0);
    let page = fs::read_to_string(folder.path().join("pages/taskgraph-rs-config-check.1")).unwrap();
    assert!(page.contains("SARIF"));
}

/// Returns the first bytes of a file, by the ending of its name.
fn start(path: &str) -> &'static str {
    match path.rsplit('.').next().unwrap() {
        "npz" => "PK\u{3}\u{4}",
        "spm" => "\n\u{e}\n\u{5}<unk>",
        "yml" => "dim-emb: 1\n",
        _ => "anything",
    }
}

/// A server that has every file but `train.log`, each of 1000 bytes and as many as its name has, and the artifacts of one
/// task, of which one has expired.
fn serve() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let home = format!("http://{}", listener.local_addr().unwrap());
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut lines = BufReader::new(stream.try_clone().unwrap()).lines();
            let first = lines.next().unwrap().unwrap();
            lines.take_while(|line| line.as_ref().is_ok_and(|line| !line.is_empty())).for_each(drop);
            let path = first.split(' ').nth(1).unwrap();
            let answer = match (first.starts_with("GET "), path) {
                (true, path) if !path.split('?').next().unwrap().ends_with("/artifacts") => {
                    let body = start(path);
                    format!(
                        "HTTP/1.1 206 x\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
                        body.len()
                    )
                }
                (true, _) => {
                    let artifacts = r#"{"artifacts": [
                        {"name": "public/build/model.npz", "storageType": "s3", "contentType": "x", "expires": "2020-01-01T00:00:00.000Z"},
                        {"name": "public/build/valid.log", "storageType": "s3", "contentType": "x", "expires": "2999-01-01T00:00:00.000Z"}]}"#;
                    let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json";
                    format!(
                        "{head}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{artifacts}",
                        artifacts.len()
                    )
                }
                (_, path) if path.ends_with("train.log") => {
                    "HTTP/1.1 404 No\r\ncontent-length: 0\r\nconnection: close\r\n\r\n".to_owned()
                }
                // The vocabularies of two models differ.
                (_, path) => format!(
                    "HTTP/1.1 200 OK\r\ncontent-length: {}\r\nx-goog-hash: md5={}\r\nconnection: close\r\n\r\n",
                    1000 + path.rsplit('/').next().unwrap().len(),
                    if path.starts_with("/one/") { "one" } else { "other" }
                ),
            };
            // Whoever asked may be gone.
            let _ = stream.write_all(answer.as_bytes());
        }
    });
    home
}

#[test]
fn every_file_that_a_run_would_fetch_is_asked_for() {
    let folder = folder();
    let home = serve();
    let task = format!("{home}/api/queue/v1/task/fOQsIonXQki5adS3LAQjRQ/artifacts/public/build");
    let arguments = ["config", "init", "ru", "en", "-o", "new.yml", "--teacher-mode", "init"];
    let urls = [format!("{home}/one"), format!("{home}/two"), task];
    let models = ["--teacher", &urls[0], "--teacher", &urls[1], "--backwards", &urls[2]];
    assert_eq!(call(folder.path(), &[&arguments[..], &models].concat()).status, 0);
    let outcome = call(folder.path(), &["config", "check", "new.yml", "--urls", "--json"]);
    assert_eq!(outcome.status, 2, "{}", outcome.err);
    let report: Value = serde_json::from_str(&outcome.out).unwrap();
    let schema = jsonschema::validator_for(&read_json(&project("docs/check.schema.json"))).unwrap();
    assert!(schema.is_valid(&report), "{report:#}");
    let file = &report["files"][0];
    let reported: Vec<String> = file["problems"]
        .as_array()
        .unwrap()
        .iter()
        .map(|problem| {
            format!("{} {}", problem["code"].as_str().unwrap(), problem["message"].as_str().unwrap())
        })
        .collect();
    assert_eq!(
        reported,
        [
            "other-vocabulary `vocab.spm` differs between the models of `train-teacher`",
            "expired `model.npz` expired on 2020-01-01",
            "no-such-file `train.log` is not there (status 404)",
        ]
    );
    let folders: Vec<_> = file["folders"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| {
            (it["store"].as_str().unwrap(), it["found"].as_u64(), it["wanted"].as_u64(), it["bytes"].as_u64())
        })
        .collect();
    assert_eq!(
        folders,
        [
            ("other", Some(5), Some(5), Some(5122)),
            ("other", Some(5), Some(5), Some(5122)),
            ("taskcluster", Some(16), Some(17), Some(16390)),
        ]
    );
    let offline = call(folder.path(), &["config", "check", "new.yml", "--urls", "--offline"]);
    assert_eq!((offline.status, offline.err.as_str()), (0, "--offline: no url was asked\n"));
    let previewed = call(folder.path(), &["graph", "preview", "new.yml", "--check-urls", "--json"]);
    assert_eq!(previewed.status, 2);
    assert!(previewed.out.contains("`train.log` is not there (status 404)"), "{}", previewed.out);
}
