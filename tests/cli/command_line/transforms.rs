//! `transforms`: the list of what kinds can name, its page, and JSON Schema of kind.yml.

use std::fs;

use serde_json::{Value, json};
use taskgraph::diagnostics::document::load;
use taskgraph_compat::json::compact;
use taskgraph_compat::source::Source;

use super::{program, project};
use crate::support::shared;

fn transforms(arguments: &[&str]) -> String {
    let output = program(&project(".")).arg("transforms").args(arguments).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn json_of(arguments: &[&str]) -> Value {
    serde_json::from_str(&transforms(arguments)).unwrap()
}

#[test]
fn the_page_is_the_one_that_the_program_writes() {
    let page = fs::read_to_string(project("docs/transforms.md")).unwrap();
    let written = transforms(&["--markdown"]);
    assert!(page == written, "run `taskgraph-rs transforms --markdown -o docs/transforms.md`");
}

#[test]
fn every_transform_has_a_summary_of_one_sentence() {
    let list = json_of(&["--json"]);
    let entries = ["transforms", "worker_implementations", "extensions"];
    let entries: Vec<&Value> = entries.iter().flat_map(|key| list[key].as_array().unwrap()).collect();
    assert!(entries.len() > 40, "{}", entries.len());
    for entry in entries {
        let summary = entry["summary"].as_str().unwrap();
        assert!(summary.ends_with('.') && summary.len() < 120, "{entry}");
    }
    let text = transforms(&[]);
    assert!(
        text.contains(
            "  taskgraph.transforms.chunking\n    Splits a task into chunks.\n    sections: chunk\n"
        )
    );
}

#[test]
fn kinds_fit_the_schema_and_a_wrong_section_does_not() {
    let validator = jsonschema::validator_for(&json_of(&["--schema"])).unwrap();
    let mut folders = vec![project("kinds")];
    folders.extend(shared("conformance/trees").into_iter().flat_map(|trees| {
        let trees = fs::read_dir(trees).unwrap();
        trees.map(|tree| tree.unwrap().path().join("taskcluster/kinds")).filter(|kinds| kinds.is_dir())
    }));
    let mut count = 0;
    for kind in folders.iter().flat_map(|folder| fs::read_dir(folder).unwrap()) {
        let file = kind.unwrap().path().join("kind.yml");
        if !file.is_file() {
            continue;
        }
        let (_, kind) = load(Source::read(&file).unwrap()).unwrap();
        let kind: Value = serde_json::from_str(&compact(&kind).unwrap()).unwrap();
        let errors: Vec<String> = validator
            .iter_errors(&kind)
            .map(|error| format!("at {}: {error}", error.instance_path).chars().take(300).collect())
            .collect();
        assert!(errors.is_empty(), "{}:\n{}", file.display(), errors.join("\n"));
        count += 1;
    }
    assert!(count > 40, "{count}");
    let mut kind = json!({
        "transforms": ["taskgraph.transforms.chunking"], "tasks": {"a": {"chunk": {"total-chunks": [1]}}},
    });
    assert!(!validator.is_valid(&kind));
    kind["tasks"]["a"]["chunk"]["total-chunks"] = json!("{chunks}");
    assert!(validator.is_valid(&kind));
    kind["tasks"]["a"]["chunk"] = json!({"substitution-fields": "name"});
    assert!(!validator.is_valid(&kind));
    kind["transforms"] = json!(["taskgraph.transforms.matrix"]);
    assert!(validator.is_valid(&kind), "no transform takes the section");
}
