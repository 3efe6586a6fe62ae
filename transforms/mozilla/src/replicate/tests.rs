//! Copies of a small graph.

use std::sync::Arc;

use taskgraph::error::Result;
use taskgraph::task::id::TaskId;

use super::{ARTIFACT, transform};
use taskgraph::task_source::TaskSource;
use transforms_testing::{Fixture, params, show};

const DECISION: &str = "fN1SbArXTPSVFUUvaOlinQ";

/// A Taskcluster with one decision at one index path, and another task that has no graph.
#[derive(Debug)]
struct OneDecision(String);

impl TaskSource for OneDecision {
    fn find_task(&self, index_path: &str) -> Result<Option<TaskId>> {
        Ok((index_path == "a.b").then(|| TaskId::parse(DECISION)).transpose()?)
    }

    fn artifact(&self, task: &TaskId, name: &str) -> Result<Option<Vec<u8>>> {
        let is_there = (task.as_str(), name) == (DECISION, ARTIFACT);
        Ok(is_there.then(|| self.0.clone().into_bytes()))
    }
}

/// A graph with one task, whose definition has `more`.
fn graph(attributes: &str, more: &str) -> String {
    format!(
        r#"{{"x": {{"attributes": {attributes}, "task": {{
            "provisionerId": "gecko-3", "taskQueueId": "gecko-3/b-linux-3", "scopes": ["cache:gecko-level-3-x"],
            "extra": {{"treeherder": {{}}, "other": 1}}, "expires": "2020-01-01T00:00:00.000Z",
            "metadata": {{"name": "build", "description": "builds"}},
            "payload": {{"env": {{"HEAD_REV": "1", "OTHER": "2"}}, "cache": {{"gecko-level-3-y": "/y"}},
                "mounts": [{{"cacheName": "gecko-level-3-z"}}, {{"file": "f"}}],
                "artifacts": {{"public/a": {{"type": "file", "expires": "2020-01-01T00:00:00.000Z"}}}}}}{more}}}}}}}"#
    )
}

fn fixture(graph: String) -> Fixture {
    let mut fixture = Fixture::new("{}");
    fixture.params = params("{level: '1'}");
    fixture.settings.task_id = Some("Group".into());
    fixture.settings.task_source = Some(Arc::new(OneDecision(graph)));
    fixture
}

/// Number of tasks that are copied.
fn copies(attributes: &str, section: &str) -> usize {
    let description = format!("{{replicate: {{target: [a.b], {section}}}}}");
    fixture(graph(attributes, "")).run(transform(), &description).unwrap().len()
}

#[test]
fn a_copy_is_one_for_here_and_now() {
    for target in ["a.b", DECISION] {
        let description = format!("{{replicate: {{target: [{target}]}}}}");
        let made = fixture(graph("{}", "")).run(transform(), &description).unwrap();
        let [made] = &made[..] else { panic!() };
        let keys: Vec<&str> = made.keys().map(|key| &**key).collect();
        assert_eq!(keys, ["label", "dependencies", "description", "task", "attributes"]);
        for (path, value) in [
            ("label", r#""stub-build""#),
            ("description", r#""builds""#),
            ("attributes", r#"{"replicate": "stub"}"#),
            ("task.metadata.name", r#""stub-build""#),
            ("task.schedulerId", r#""translations-level-1""#),
            ("task.taskGroupId", r#""Group""#),
            ("task.priority", r#""low""#),
            ("task.routes", r#"["checks"]"#),
            ("task.extra", r#"{"other": 1}"#),
            ("task.scopes", r#"["cache:translations-level-1-x"]"#),
            ("task.expires", r#"{"relative-datestamp": "1 month"}"#),
            ("task.payload.env", r#"{"OTHER": "2"}"#),
            ("task.payload.cache", r#"{"translations-level-1-y": "/y"}"#),
            ("task.payload.mounts", r#"[{"cacheName": "translations-level-1-z"}, {"file": "f"}]"#),
            (
                "task.payload.artifacts",
                r#"{"public/a": {"type": "file", "expires": {"relative-datestamp": "1 month"}}}"#,
            ),
            // Only 5.0.1 writes the level into the definition.
            ("task.taskQueueId", r#""gecko-3/b-linux-3""#),
        ] {
            assert_eq!(show(made, path), value, "{path}");
        }
    }
    let mut newer = fixture(graph("{}", ""));
    newer.config.mozilla = taskgraph::mozilla_taskgraph_version::MozillaVersion::new(5, 0, 1);
    assert_eq!(
        newer.one(transform(), "{replicate: {target: [a.b]}}", "task.taskQueueId"),
        r#""gecko-1/b-linux-1""#
    );
}

#[test]
fn attributes_choose_the_tasks() {
    let attributes = r#"{"kind": "build", "platform": "linux64"}"#;
    for (section, count) in [
        ("include-attrs: {}", 1),
        ("include-attrs: {kind: build}", 1),
        ("include-attrs: {kind: [test, build], platform: linux64}", 1),
        ("include-attrs: {kind: [test]}", 0),
        ("include-attrs: {kind: buil}", 0),
        ("include-attrs: {other: x}", 0),
        ("exclude-attrs: {platform: [win, lin]}", 0),
        ("exclude-attrs: {platform: [win]}", 1),
        ("exclude-attrs: {platform: []}", 1),
        ("exclude-attrs: {other: [x]}", 1),
        // The letters of a text, and the values of the last attribute for all of them.
        ("exclude-attrs: {platform: xl}", 0),
        ("exclude-attrs: {kind: [x], platform: [b, l]}", 0),
        ("exclude-attrs: {kind: [b], platform: [l]}", 1),
    ] {
        assert_eq!(copies(attributes, section), count, "{section}");
    }
}

#[test]
fn what_cannot_be_copied_is_passed_over() {
    let hardware = graph("{}", r#", "provisionerId": "releng-hardware""#);
    let administrator = graph("{}", r#", "payload": {"features": {"runAsAdministrator": true}}"#);
    for graph in [hardware, administrator] {
        let made = fixture(graph).run(transform(), "{replicate: {target: [a.b]}}").unwrap();
        assert!(made.is_empty());
    }
}

#[test]
fn a_target_has_to_be_a_decision() {
    let refused =
        |section: &str| fixture(graph("{}", "")).refused(transform(), &format!("{{replicate: {section}}}"));
    assert!(refused("{target: [a.c]}").contains("nothing is at the index path `a.c`"));
    let said = refused("{target: [OtherTask-_1234567890A]}");
    assert!(said.contains("task OtherTask-_1234567890A has no artifact `public/task-graph.json`"), "{said}");
    assert!(refused("{}").contains("target"));
    assert!(refused("{target: a.b}").contains("replicate.target"));
    let mut offline = fixture(String::new());
    offline.settings.task_source = None;
    let said = offline.refused(transform(), "{replicate: {target: [a.b]}}");
    assert!(said.contains("without a network nobody knows the tasks of `a.b`"), "{said}");
    let said = fixture(graph(r#"{"kind": 1}"#, ""))
        .refused(transform(), "{replicate: {target: [a.b], exclude-attrs: {kind: [x]}}}");
    assert!(said.contains("task `x` of `a.b`"), "{said}");
}
