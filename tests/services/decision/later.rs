//! Decisions for trees that pin a later version of Taskgraph.

use serde_json::{Value, json};

use super::repository::Repository;

const NULL: &str = "0000000000000000000000000000000000000000";

/// A repository whose tree pins this version.
fn pinned(version: &str) -> Repository {
    let repository = Repository::new();
    repository.write("taskcluster/requirements.txt", &format!("taskcluster-taskgraph=={version}\n"));
    repository.commit("pin");
    repository
}

fn parameters(repository: &Repository, more: &[&str]) -> (Value, String) {
    let outcome = repository.dry(more);
    assert_eq!(outcome.status, 0, "{}", outcome.err);
    (repository.parameters(), outcome.err)
}

#[test]
fn the_base_is_taken_as_it_is_given() {
    let repository = pinned("24.5.1");
    let base = repository.head();
    repository.touch("new.txt");
    let (found, _) = parameters(&repository, &["--base-ref=other", &format!("--base-rev={base}")]);
    assert_eq!((&found["base_ref"], &found["base_rev"]), (&json!("other"), &json!(base)));
    assert_eq!(found["files_changed"], json!(["new.txt"]));
    // All files of a new branch count as changed.
    let (found, _) = parameters(&repository, &[&format!("--base-rev={NULL}")]);
    assert_eq!(found["base_rev"], NULL);
    let files = found["files_changed"].as_array().unwrap();
    assert!(
        files.contains(&json!("new.txt")) && files.contains(&json!("taskcluster/config.yml")),
        "{files:?}"
    );
}

#[test]
fn parameters_are_brought_along_only_if_that_is_allowed() {
    let repository = pinned("24.5.1");
    repository
        .write("try_task_config.json", &json!({"version": 2, "parameters": {"build_number": 7}}).to_string());
    repository.commit("x");
    let number = |more: &[&str]| parameters(&repository, more).0["build_number"].clone();
    assert_eq!(number(&["--tasks-for=github-pull-request"]), 1);
    assert_eq!(number(&["--allow-parameter-override"]), 7);
    let (_, reported) = parameters(&repository, &["--try-task-config-file=try_task_config.json"]);
    assert!(reported.contains("is not read: `--allow-parameter-override` has to say so"), "{reported}");
}

#[test]
fn a_note_of_the_head_repository_has_parameters() {
    let repository = pinned("24.5.1");
    let notes = "--ref=refs/notes/decision-parameters";
    let clone = Repository::clone_of(&repository, &[]);
    let origin = format!("url.file://{}.insteadOf", repository.path().display());
    clone.git(&["config", &origin, "https://github.com/o/p"]);
    let allowed = ["--allow-parameter-override"];
    assert_eq!(parameters(&clone, &allowed).0["build_number"], 1, "there is no note");
    repository.git(&["notes", notes, "add", "--message", r#"{"build_number": 9, "levle": "3"}"#]);
    let outcome = clone.dry(&allowed);
    assert_eq!(outcome.status, 2, "{}", outcome.err);
    assert!(
        outcome.err.contains("refs/notes/decision-parameters:1:")
            && outcome.err.contains("did you mean `level`?")
    );
    repository.git(&["notes", notes, "add", "--force", "--message", r#"{"build_number": 9}"#]);
    let (found, reported) = parameters(&clone, &allowed);
    assert_eq!(found["build_number"], 9, "{reported}");
    assert!(
        reported.contains("parameters of the note in refs/notes/decision-parameters: `build_number`"),
        "{reported}"
    );
    assert_eq!(parameters(&clone, &[]).0["build_number"], 1);
}

#[test]
fn an_older_version_has_no_such_flag() {
    let repository = Repository::new();
    let (_, reported) = parameters(&repository, &["--allow-parameter-override"]);
    assert!(reported.contains("`--allow-parameter-override` does nothing: Taskgraph 15.1.3"), "{reported}");
}

#[test]
fn pins_that_cannot_hold_are_refused() {
    let repository = pinned("15.1.9");
    let outcome = repository.dry(&[]);
    assert_eq!(outcome.status, 2, "{}", outcome.err);
    assert!(
        outcome
            .err
            .contains("taskcluster/requirements.txt:1 pins Taskgraph 15.1.9, which was never released")
    );
    assert_eq!(repository.artifacts(), [""; 0]);
}

#[test]
fn actions_that_the_config_leaves_out_are_not_offered() {
    let repository = pinned("24.5.1");
    let config = std::fs::read_to_string(repository.file("taskcluster/config.yml")).unwrap();
    let with =
        |names: &str| config.replace("taskgraph: {", &format!("taskgraph: {{disabled-actions: [{names}], "));
    repository.write("taskcluster/config.yml", &with("rerun"));
    repository.commit("x");
    let offered = |repository: &Repository| {
        assert_eq!(repository.dry(&[]).status, 0);
        let actions = std::fs::read_to_string(repository.file("artifacts/actions.json")).unwrap();
        let actions: Value = serde_json::from_str(&actions).unwrap();
        let names = actions["actions"].as_array().unwrap().iter().map(|action| action["name"].clone());
        names.collect::<Vec<_>>()
    };
    let found = offered(&repository);
    assert!(!found.contains(&json!("rerun")) && found.contains(&json!("retrigger")), "{found:?}");
    repository.write("taskcluster/config.yml", &with("rerunn"));
    repository.commit("y");
    let outcome = repository.dry(&[]);
    assert_eq!(outcome.status, 2, "{}", outcome.err);
    assert!(
        outcome.err.contains("there is no action `rerunn`") && outcome.err.contains("did you mean `rerun`?")
    );
}
