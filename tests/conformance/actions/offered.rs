//! actions.json, for the trees and the parameters of all conformance cases.

use std::collections::BTreeSet;
use std::time::SystemTime;

use serde_json::Value;
use taskgraph::generator::Project;
use taskgraph::parameters::{Params, read_file};
use taskgraph::tree::Tree;
use taskgraph_decision::actions::render;
use taskgraph_rs::registry;

use crate::support::{checkout, read_json, shared};

/// actions.json for each case of a tree, checked.
fn rendered(tree: &str) -> Vec<Value> {
    let (Some(tree), Some(schemas)) = (
        shared(&format!("conformance/{tree}")),
        shared("taskcluster-schemas/schemas/common/action-schema-v1.json"),
    ) else {
        return Vec::new();
    };
    let schema = jsonschema::validator_for(&read_json(&schemas)).unwrap();
    let copy = checkout(&tree.join("tree"));
    let opened = Tree::open(&copy.path().join("taskcluster"), copy.path()).unwrap();
    let project = Project::load(opened, &registry(), &BTreeSet::new()).unwrap();
    let cases = tree.join("cases").read_dir().unwrap().map(|case| case.unwrap().path());
    let render = |case: std::path::PathBuf| {
        let given = read_file(&case.join("parameters.yml")).unwrap();
        let mut params = Params::new(given.values, vec![given.layer]);
        // What is refused is reported elsewhere; here the defaults have to be filled in.
        project.complete(&mut params, SystemTime::UNIX_EPOCH).unwrap();
        let rendered = render(&project, &params, "DECISION-TASK").unwrap();
        let rendered = serde_json::to_value(rendered).unwrap();
        let errors: Vec<String> = schema.iter_errors(&rendered).map(|error| error.to_string()).collect();
        assert_eq!(errors, [""; 0], "{}", case.display());
        rendered
    };
    cases.map(render).collect()
}

fn callbacks(rendered: &Value) -> Vec<&str> {
    let actions = rendered["actions"].as_array().unwrap();
    actions
        .iter()
        .map(|action| action["hookPayload"]["decision"]["action"]["cb_name"].as_str().unwrap())
        .collect()
}

fn schema_of<'a>(rendered: &'a Value, name: &str) -> &'a Value {
    let actions = rendered["actions"].as_array().unwrap();
    &actions.iter().find(|action| action["name"] == name).unwrap()["schema"]
}

#[test]
fn the_tree_of_2024_offers_its_actions_in_order() {
    for rendered in rendered("ftt-2024-12") {
        let expected = [
            "retrigger-decision",
            "retrigger",
            "retrigger-disabled",
            "add-new-jobs",
            "rerun",
            "cancel",
            "cancel-all",
            "train",
            "rebuild-docker-images-and-toolchains",
            "rebuild-cached-tasks",
            "retrigger-multiple",
        ];
        assert_eq!(callbacks(&rendered), expected);
        let properties = &schema_of(&rendered, "train")["properties"];
        // What stands for something of the tree is filled in.
        assert_eq!(properties["target-stage"]["default"], "all");
        assert_eq!(properties["experiment"]["default"]["src"], "ru");
        assert!(properties["start-stage"]["enum"].as_array().unwrap().contains(&"".into()));
    }
}

#[test]
fn the_tree_of_2026_evaluates_too() {
    for rendered in rendered("translations-2026-07") {
        let offered = callbacks(&rendered);
        assert_eq!(offered.iter().position(|name| *name == "evaluate"), Some(8));
        assert_eq!(offered.len(), 12);
        let form = schema_of(&rendered, "train");
        assert_eq!(form["additionalProperties"], false);
        assert!(!form.to_string().contains("$stages"));
    }
}
