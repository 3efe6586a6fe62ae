//! `doctor`: what a tree has that a newer Taskgraph refuses or ignores.

use insta::assert_snapshot;
use serde_json::Value;

use super::tree::{MODULE, Outcome, TRANSFORM, Tree};
use crate::support::CONFIG;

/// A tree that pins this version of Taskgraph.
fn tree(version: &str) -> Tree {
    let tree = Tree::new(&format!("{TRANSFORM}        yield task\n"));
    tree.file("taskcluster/requirements.txt", &format!("taskcluster-taskgraph=={version}\n"));
    tree
}

fn doctor(tree: &Tree, more: &[&str]) -> Outcome {
    tree.call(&[&["doctor", "--native", "always", "--python", "/nowhere/python3"], more].concat())
}

/// Returns the text under the heading.
fn newer(tree: &Tree) -> String {
    let page = doctor(tree, &[]).out;
    let section = page.split("\nUnder a newer Taskgraph\n").nth(1);
    section.and_then(|section| section.split("\n\n").next()).unwrap_or_default().to_owned()
}

/// A tree with something of everything.
fn old_tree(version: &str) -> Tree {
    let tree = tree(version);
    let python = "\
import taskgraph.parameters
from taskgraph.transforms.task import (
    payload_builder,
    taskref_or_string as reference,  # where it was
)
from taskgraph.util import schema
from taskgraph.util.schema import Schema, optionally_keyed_by
from voluptuous import Schema as Other

OWN = Schema({})
SECOND = schema.Schema({\"is_try()\": Other({})})
EXTENSION = {\"own\": str}
taskgraph.parameters.extend_parameters_schema(EXTENSION, defaults_fn=lambda _: {})


def is_untrusted(params):
    \"\"\"Schema({}) is only mentioned, and params.is_try() too.\"\"\"
    return params.is_try() or reference
";
    tree.file(MODULE, python);
    let config = CONFIG.replace("taskgraph: {", "taskgraph: {own-key: 1, ");
    tree.file("taskcluster/config.yml", &config.replace("workers: {", "workers: {stray: x, "));
    let kind = "\
loader: taskgraph.loader.transform:loader
transforms:
    - taskgraph.transforms.task_context
    - taskgraph.transforms.notify
    - taskgraph.transforms.chunking
    - taskgraph.transforms.run
    - taskgraph.transforms.task
task-defaults:
    task-context:
        substitution-fields: [description]
        worker: {}
    worker-type: w
    description: d
    worker: {docker-image: {indexed: x}, max-run-time: 60, privileged: true, relengapi-proxy: true}
    run: {using: run-task, command: x, sparse-profile: some/profile, checkout: false}
tasks:
    one:
        routes: [index.own.a b.c, index.own.fine, 'index.own.{level}']
        chunk: {total-chunks: 2, substitution-fields: [], size: 3}
    two:
        index: {product: p, job-name: a+b, type: generic}
        notify:
            recipients: [{type: email, address: a@example.org, subject: s}]
            content: {email: {title: t}}
";
    tree.file("taskcluster/kinds/k/kind.yml", kind);
    tree
}

#[test]
fn what_newer_versions_refuse_or_ignore_is_reported_with_its_place() {
    assert_snapshot!(newer(&old_tree("15.1.3")), @r"
    refused since 18.0.0  `run.sparse-profile` is refused, and from 19.1.0 on ignored
                          taskcluster/kinds/k/kind.yml:15
    refused since 19.0.0  `Schema(…)`: `Schema` is a class of msgspec; that of voluptuous is
                          `LegacySchema`
                          taskcluster/own_taskgraph/transforms/own.py:10
                          taskcluster/own_taskgraph/transforms/own.py:11
    refused since 19.1.0  `taskgraph.transforms.task.taskref_or_string` is gone; there is
                          `taskgraph.util.schema.taskref_or_string`
                          taskcluster/own_taskgraph/transforms/own.py:4
    refused since 19.1.0  unknown key `chunk.size`
                          taskcluster/kinds/k/kind.yml:19
    refused since 19.1.0  unknown key `notify.content.email.title`
                          taskcluster/kinds/k/kind.yml:24
    refused since 19.1.0  unknown key `notify.recipients[0].subject`
                          taskcluster/kinds/k/kind.yml:23
    refused since 19.1.0  unknown key `task-context.worker`
                          taskcluster/kinds/k/kind.yml:11
    refused since 19.1.0  unknown key `taskgraph.own-key`
                          taskcluster/config.yml:3
    refused since 19.1.0  unknown key `workers.stray`
                          taskcluster/config.yml:4
    refused since 21.0.0  `a+b` has an empty part, or characters that an index path may not have
                          taskcluster/kinds/k/kind.yml:21
    refused since 21.0.0  `index.own.a b.c` has an empty part, or characters that an index path may
                          not have
                          taskcluster/kinds/k/kind.yml:18
    ignored since 21.0.0  `worker.privileged` of docker-worker is gone
                          taskcluster/kinds/k/kind.yml:14
    ignored since 22.0.0  `worker.relengapi-proxy` of docker-worker is gone
                          taskcluster/kinds/k/kind.yml:14
    refused since 23.0.0  `extend_parameters_schema` takes a class of msgspec, and no dict
                          taskcluster/own_taskgraph/transforms/own.py:13
    refused since 24.0.0  `is_try()` of parameters is gone: their `level` alone decides
                          taskcluster/own_taskgraph/transforms/own.py:18
    ");
}

#[test]
fn what_the_version_of_the_tree_takes_otherwise_already_is_no_news() {
    let section = newer(&old_tree("18.0.0"));
    assert!(section.starts_with("  refused since 19.0.0  `Schema(…)`"), "{section}");
    assert_eq!(newer(&old_tree("24.5.1")), "");
}

#[test]
fn a_tree_without_any_of_it_has_no_such_heading() {
    let tree = tree("15.1.3");
    tree.file(
        MODULE,
        "\
from voluptuous import Schema
from taskgraph.parameters import extend_parameters_schema
from taskgraph.util.schema import Schema as Base
from . import Own

SCHEMA = Schema({})

class Section(Base):
    name: str

extend_parameters_schema(Own)
extend_parameters_schema(schema=Section)
",
    );
    let page = doctor(&tree, &[]).out;
    assert!(page.contains("2 kinds") || page.contains("1 kind"), "{page}");
    assert!(!page.contains("Under a newer"), "{page}");
}

#[test]
fn every_form_of_an_older_schema_of_parameters_is_found() {
    let start =
        "from taskgraph.parameters import extend_parameters_schema as extend\nimport voluptuous as v\n";
    for (call, found) in [
        ("extend({})", "dict"),
        ("extend(dict(a=1))", "dict"),
        ("extend(\n    # own\n    {\n    })", "dict"),
        ("extend(defaults_fn=f(1), schema={})", "dict"),
        ("extend(v.Schema({}))", "schema of voluptuous"),
        ("OWN = v.Schema({})\nextend(OWN)", "schema of voluptuous"),
    ] {
        let tree = tree("15.1.3");
        tree.file(MODULE, &format!("{start}{call}\n"));
        let section = newer(&tree);
        let words = section.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(words.contains(&format!("and no {found} {MODULE}:")), "{call}: {section}");
    }
}

#[test]
fn modules_that_left_taskgraph_are_named_in_python_and_in_kinds() {
    let tree = tree("6.3.1");
    tree.file(
        MODULE,
        "from taskgraph.transforms import job\nimport taskgraph.util.memoize as m\nm.memoize\n",
    );
    tree.file(
        "taskcluster/kinds/old/kind.yml",
        "loader: taskgraph.loader.transform:loader\ntransforms:\n    - taskgraph.transforms.job:transforms\n",
    );
    assert_snapshot!(newer(&tree), @r"
    refused since 7.0.0   `taskgraph.transforms.job` is gone; there is `taskgraph.transforms.run`
                          taskcluster/kinds/old/kind.yml:3
                          taskcluster/own_taskgraph/transforms/own.py:1
    refused since 9.0.0   `taskgraph.util.memoize` is gone; there is `functools.cache`
                          taskcluster/own_taskgraph/transforms/own.py:2
    ");
}

#[test]
fn the_json_lists_each_place() {
    let reported: Value = serde_json::from_str(&doctor(&old_tree("15.1.3"), &["--json"]).out).unwrap();
    let changes = reported["newer"].as_array().unwrap();
    let change = changes.iter().find(|change| change["since"] == "23.0.0").unwrap();
    assert_eq!(
        (change["effect"].as_str(), change["file"].as_str(), change["line"].as_u64()),
        (Some("refused"), Some(MODULE), Some(13))
    );
    let broken = tree("15.1.3");
    broken.file("taskcluster/config.yml", "5\n");
    let reported: Value = serde_json::from_str(&doctor(&broken, &["--json"]).out).unwrap();
    assert_eq!(reported["newer"], Value::Null);
}

#[test]
fn a_module_that_is_no_text_is_reported_and_stops_nothing() {
    let tree = old_tree("15.1.3");
    std::fs::write(tree.path().join("taskcluster/own_taskgraph/latin.py"), b"# \xe9\n").unwrap();
    let outcome = doctor(&tree, &[]);
    assert!(outcome.out.contains("Under a newer Taskgraph"), "{}", outcome.out);
    assert!(outcome.err.contains("latin.py:1:3: the byte 0xe9 is not UTF-8"), "{}", outcome.err);
}
