//! The artifacts of decisions on real trees.

use std::io::Read as _;
use std::path::Path;
use std::process::Command;

use flate2::read::GzDecoder;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use crate::repository::DECISION;
use crate::support::program::{program, run};
use crate::support::{checkout, read_json, shared};

/// The artifacts of a dry run on a real tree.
fn decided(tree: &str, more: &[&str]) -> Option<tempfile::TempDir> {
    let copy = checkout(&shared(&format!("conformance/{tree}/tree"))?);
    let run_task = shared("conformance/run-task")?;
    let head = Command::new("git").args(["rev-parse", "HEAD"]).current_dir(copy.path()).output().unwrap();
    let head = String::from_utf8(head.stdout).unwrap();
    let mut command = program(copy.path());
    command.args(["decision", "--native=always", "--dry-run", "--offline", "--run-task-dir"]).arg(run_task);
    command.args([
        "--project=translations",
        "--level=1",
        "--owner=o",
        "--pushlog-id=0",
        "--pushdate=1700603004",
    ]);
    command.args(["--repository-type=git", "--base-ref=main", "--head-ref=main"]);
    command.args(
        ["base-repository", "head-repository"]
            .map(|flag| format!("--{flag}=https://github.com/mozilla/translations")),
    );
    command.args(["base-rev", "head-rev"].map(|flag| format!("--{flag}={}", head.trim())));
    command.args(more).env("TASK_ID", DECISION);
    let outcome = run(command);
    assert_eq!(outcome.status, 0, "{}", outcome.err);
    Some(copy)
}

fn artifact(folder: &tempfile::TempDir, name: &str) -> Value {
    read_json(&folder.path().join("artifacts").join(name))
}

#[test]
fn contexts_have_the_digests_that_the_tasks_of_their_images_carry() {
    for tree in ["ftt-2024-12", "translations-2026-07"] {
        let Some(folder) = decided(tree, &["--tasks-for=github-push"]) else { return };
        let graph = artifact(&folder, "full-task-graph.json");
        let images = graph.as_object().unwrap().values().filter(|task| task["kind"] == "docker-image");
        let mut seen = 0;
        for image in images {
            let env = &image["task"]["payload"]["env"];
            let name = Path::new(env["CONTEXT_PATH"].as_str().unwrap()).file_name().unwrap();
            let packed = std::fs::read(folder.path().join("docker-contexts").join(name)).unwrap();
            // Neither a name nor a time: the same context gives the same bytes.
            assert_eq!(packed[3..8], [0; 5]);
            let mut digest = Sha256::new();
            let mut tar = Vec::new();
            GzDecoder::new(&packed[..]).read_to_end(&mut tar).unwrap();
            digest.update(&tar);
            let hex: String = digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
            assert_eq!(env["HASH"], hex.as_str(), "{tree} {}", image["label"]);
            seen += 1;
        }
        assert!(seen > 3, "{tree}");
    }
}

#[test]
fn a_scheduled_pipeline_publishes_nothing_and_has_its_training_config() {
    let flags = ["--tasks-for=cron", "--target-tasks-method=train-target-tasks"];
    let Some(folder) = decided("translations-2026-07", &flags) else { return };
    let text = std::fs::read_to_string(folder.path().join("artifacts/parameters.yml")).unwrap();
    let parameters: Value = serde_yaml::from_str(&text).unwrap();
    let config = std::fs::read_to_string(folder.path().join("taskcluster/configs/config.ci.yml")).unwrap();
    let mut config: Value = serde_yaml::from_str(&config).unwrap();
    config["wandb-publication"] = false.into();
    assert_eq!(parameters["training_config"], config);
    assert!(parameters.get("target-kinds").is_none());
}

#[test]
fn all_artifacts_are_there_and_speak_of_the_same_tasks() {
    let Some(folder) = decided("translations-2026-07", &["--tasks-for=github-pull-request"]) else { return };
    let ids = artifact(&folder, "label-to-taskid.json");
    let graph = artifact(&folder, "task-graph.json");
    let full = artifact(&folder, "full-task-graph.json");
    for (id, task) in graph.as_object().unwrap() {
        let label = task["label"].as_str().unwrap();
        assert_eq!(ids[label], id.as_str());
        assert!(full.get(label).is_some(), "{label}");
        assert_eq!(task["task_id"], id.as_str());
    }
    for label in artifact(&folder, "target-tasks.json").as_array().unwrap() {
        assert!(full.get(label.as_str().unwrap()).is_some(), "{label}");
    }
    let runnable = artifact(&folder, "runnable-jobs.json");
    for (label, job) in runnable.as_object().unwrap() {
        assert_eq!(job["symbol"], full[label]["task"]["extra"]["treeherder"]["symbol"], "{label}");
    }
    let log = std::fs::read_to_string(folder.path().join("artifacts/optimizations.log")).unwrap();
    assert!(log.lines().any(|line| line.starts_with("docker-image-base: kept: ")), "{log}");
    let schema = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/preview.schema.json");
    let schema = jsonschema::draft202012::new(&read_json(&schema)).unwrap();
    let report = artifact(&folder, "preview.json");
    assert!(schema.is_valid(&report), "{report}");
    let text = std::fs::read_to_string(folder.path().join("artifacts/preview.txt")).unwrap();
    assert!(text.starts_with("ru → en"), "{text}");
    for script in ["run-task", "fetch-content"] {
        let ours = std::fs::read(folder.path().join("artifacts").join(script)).unwrap();
        assert_eq!(ours, std::fs::read(shared("conformance/run-task").unwrap().join(script)).unwrap());
    }
}
