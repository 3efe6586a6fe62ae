//! JSON Schema of kind.yml: the kinds of real trees fit it.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use taskgraph::diagnostics::document::load;
use taskgraph_compat::json::compact;
use taskgraph_compat::source::Source;

use crate::support::program::call;
use crate::support::shared;

#[test]
fn kinds_fit_the_schema_and_a_wrong_section_does_not() {
    let project = Path::new(env!("CARGO_MANIFEST_DIR"));
    let schema: Value = serde_json::from_str(&call(project, &["transforms", "--schema"]).out).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let mut folders = vec![project.join("kinds")];
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
