//! Refusals, in whole messages. The engine is not called.

use std::io::Write as _;
use std::process::Stdio;

use super::fixture::Fixture;

#[test]
fn wrong_flags_and_labels_are_reported_with_a_way_out() {
    let fixture = Fixture::new(&["docker"]);
    let artifacts = fixture.artifacts();
    let artifacts = artifacts.to_str().unwrap();
    let id = "fN1SbArXTPSVFUUvaOlinQ";
    for (name, arguments) in [
        ("unknown-label", &["make-corpos"][..]),
        ("generic-worker", &["make-generic"]),
        ("image-task", &["docker-image-child"]),
        ("no-upstream", &["use-merge/1", "--artifacts", artifacts]),
        ("no-folder", &["use-merge/1"]),
        (
            "flags",
            &[
                "make-corpus",
                "-v",
                "nothing",
                "-v",
                "/no/such/folder:/x",
                "-v",
                ".:x",
                "-e",
                "UNSET",
                "-e",
                "=1",
            ],
        ),
        (
            "upstreams",
            &["use-merge/1", "--upstream", "make-corpos=x", "--upstream", "make", "--decision", "y"],
        ),
        ("no-checkout", &["make-corpus", "--develop"]),
        ("no-effect", &[id, "--upstream", "a=b", "--decision", id]),
        ("user", &["make-corpus", "--user", "root"]),
    ] {
        let call: Vec<&str> = ["load-task"].iter().chain(arguments).copied().collect();
        let offline = if arguments[0] == id { &[][..] } else { &["--offline"] };
        let outcome = fixture.run(fixture.program(&call).args(offline));
        assert_eq!(outcome.status, Some(2), "{name}: {}", outcome.err);
        insta::assert_snapshot!(format!("refused-{name}"), outcome.err);
        assert_eq!(fixture.calls("create"), [""; 0], "{name}");
    }
    assert_eq!(fixture.listed("artifacts"), [""; 0]);
}

#[test]
fn stdin_has_to_have_a_definition() {
    let fixture = Fixture::new(&["docker"]);
    for (name, text) in [
        ("no-json", "nonsense"),
        ("no-map", "[1]"),
        ("no-definition", r#"{"make-corpus": {"label": "make-corpus"}}"#),
        (
            "reference",
            r#"{"payload": {"image": {"type": "task-image", "taskId": {"task-reference": "<docker-image>"}}}}"#,
        ),
        ("no-image", r#"{"metadata": {"name": "a"}, "workerType": "succeed", "payload": {}}"#),
        (
            "payload",
            r#"{"metadata": {"name": "a"}, "payload": {"image": {"type": "x"}, "command": [{}], "env": {"A": []}, "artifacts": {"../x": {"type": "file", "path": "/x"}}}}"#,
        ),
    ] {
        let mut child = fixture
            .program(&["load-task", "-"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        let err = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{name}: {err}");
        insta::assert_snapshot!(format!("stdin-{name}"), err);
    }
    assert_eq!(fixture.log(), [""; 0]);
}
