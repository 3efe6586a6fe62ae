//! Phases of one graph, of which Python makes one and the program the others. The graph is that of the reference.

use std::collections::BTreeMap;
use std::process::Command;

use serde_json::Value;

use super::tree::{Tree, interpreter};
use crate::support::PARAMETERS;

/// A kind of core transforms alone: `one` and `skipped` differ by what would have them removed, `elsewhere` is for
/// another project, and `base` is needed by `one` alone.
const KIND: &str = "\
loader: taskgraph.loader.transform:loader
transforms: [taskgraph.transforms.task:transforms]
task-defaults:
    worker-type: w
    worker: {docker-image: {indexed: x}, max-run-time: 60}
    description: d
tasks:
    base: {run-on-projects: []}
    one:
        dependencies: {base: k-base}
        optimization: {NAME: [a]}
        worker: {env: {BASE: {task-reference: <base>}}}
    skipped: {dependencies: {base: k-base}, optimization: {NAME: [b]}}
    elsewhere: {run-on-projects: [other], optimization: {NAME: [a]}}
";

fn tree(optimization: &str, register: &str, parameters: &str) -> Tree {
    let tree = Tree::new("");
    let kind = KIND.replace("NAME", optimization);
    tree.file("taskcluster/kinds/k/kind.yml", &kind);
    tree.register(register);
    tree.file("p.yml", &format!("{PARAMETERS}base_rev: def\nfiles_changed: [a]\n{parameters}"));
    tree
}

/// A graph with labels where it has taskIds, which differ from run to run.
fn by_label(graph: &str) -> BTreeMap<String, Value> {
    let tasks: BTreeMap<String, Value> = serde_json::from_str(graph).unwrap();
    let mut text = graph.to_owned();
    for (id, task) in &tasks {
        text = text.replace(id, task["label"].as_str().unwrap());
    }
    serde_json::from_str(&text).unwrap()
}

/// Returns the graphs of both programs for a tree, up to the morphed graph, and the labels in it.
#[track_caller]
fn same(tree: &Tree) -> Option<Vec<String>> {
    let python = interpreter()?;
    let mut labels = Vec::new();
    for command in ["target", "optimized", "morphed"] {
        let code = "import sys; from taskgraph.main import main; sys.exit(main(sys.argv[1:]))";
        let reference = Command::new(&python)
            .args(["-B", "-c", code, command, "--json", "-p", "p.yml"])
            .current_dir(tree.path())
            .env("TASKCLUSTER_ROOT_URL", "https://tc.example.org")
            .output()
            .unwrap();
        assert!(reference.status.success(), "{}", String::from_utf8_lossy(&reference.stderr));
        let expected = by_label(std::str::from_utf8(&reference.stdout).unwrap());
        let made = tree.made(&[command, "--json", "-p", "p.yml"])?.fine();
        assert_eq!(by_label(&made), expected, "{command}");
        labels = expected.into_keys().collect();
    }
    Some(labels)
}

/// A strategy that removes what names no file that has changed.
const STRATEGY: &str = "\
from taskgraph.optimize.base import OptimizationStrategy, register_strategy
from taskgraph.util import schema

def register(graph_config):
    schema.OptimizationSchema.validators += ({\"own\": [str]},)

    @register_strategy(\"own\")
    class Own(OptimizationStrategy):
        def should_remove_task(self, task, params, files):
            return not set(files) & set(params[\"files_changed\"])
";

/// A target method that picks what has a strategy.
const METHOD: &str = "\
from taskgraph.target_tasks import register_target_task

def register(graph_config):
    @register_target_task(\"own\")
    def pick(full_task_graph, parameters, graph_config):
        return [label for label, task in full_task_graph.tasks.items() if task.optimization]
";

#[test]
fn targets_that_are_picked_natively_are_optimized_by_a_strategy_of_the_tree() {
    let tree = tree("own", STRATEGY, "");
    let Some(labels) = same(&tree) else { return };
    assert_eq!(labels, ["k-base", "k-one"]);
}

#[test]
fn targets_that_the_tree_picks_are_optimized_natively() {
    let tree = tree("skip-unless-changed", METHOD, "target_tasks_method: own\n");
    let Some(labels) = same(&tree) else { return };
    assert_eq!(labels, ["k-base", "k-elsewhere", "k-one"]);
}

#[test]
fn a_strategy_that_raises_is_reported_when_the_targets_were_picked_natively() {
    let raises =
        STRATEGY.replace("return not set(files)", "raise ValueError(task.label)\n            return set()");
    let Some(outcome) = tree("own", &raises, "").made(&["optimized", "--json", "-p", "p.yml"]) else {
        return;
    };
    let said = outcome.refused();
    assert!(said.contains("optimizing: ValueError: k-"), "{said}");
    assert!(said.contains("own_taskgraph/__init__.py:"), "{said}");
}
