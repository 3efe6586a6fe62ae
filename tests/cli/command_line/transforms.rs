//! `transforms`: the list of what kinds can name, and its page.

use std::fs;

use serde_json::Value;

use super::{program, project};

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
