//! A student that starts from a pretrained model.

use std::fs;
use std::path::Path;

use serde_json::Value;

use super::program::program;
use super::whole;

/// A config whose student starts from a model; a bare mode, or a mode with further keys of `experiment`.
pub(crate) fn student_config(mode: &str, more: &str) -> String {
    let model = format!("urls: [https://models.example.org/ru-en/student], mode: {mode}, type: default");
    whole(&format!("experiment:\n{more}  pretrained-models:\n    train-student: {{{model}}}\n"))
}

/// Whether the form of the action `train` has a student among the models.
pub(crate) fn form_has_student(directory: &Path, arguments: &[&str]) -> bool {
    let given = "head_repository: https://github.com/mozilla/translations\nbase_repository: https://github.com/mozilla/translations\nproject: r\n\
                 head_rev: abc\nhead_ref: main\nlevel: '1'\n";
    fs::write(directory.join("p.yml"), given).unwrap();
    let output = program(directory)
        .args(["actions", "-p", "p.yml"])
        .args(arguments)
        .env("TASKCLUSTER_ROOT_URL", "https://tc.example.org")
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let actions: Value = serde_json::from_slice(&output.stdout).unwrap();
    let train =
        actions["actions"].as_array().unwrap().iter().find(|action| action["name"] == "train").unwrap();
    let models = train["schema"]
        .pointer("/properties/experiment/properties/pretrained-models/properties")
        .unwrap()
        .as_object()
        .unwrap();
    assert!(models.contains_key("train-teacher"));
    models.contains_key("train-student")
}
