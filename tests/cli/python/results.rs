//! Python that returns what is not a task, or no label.

use insta::assert_snapshot;

use super::tree::{TRANSFORM, Tree};

/// The message of a tree whose last transform does this with each task.
fn said(body: &str) -> Option<String> {
    let own = format!("{TRANSFORM}        {body}\n        yield task\n");
    Some(Tree::at_the_end(&own).full(&[])?.refused())
}

#[test]
fn a_task_without_a_label_is_refused() {
    let Some(said) = said("del task[\"label\"]") else { return };
    assert_snapshot!(said, @"
    error: kind `k`: what the transforms yield is not a task: there is no `label`
      ╭▸ taskcluster/own_taskgraph/transforms/own.py:5:1
      │
    5 │ def own(config, tasks):
      │ ━━━━━━━━━━━━━━━━━━━━━━━ `own_taskgraph.transforms.own:own` is the last transform
      │
      ⸬  taskcluster/kinds/k/kind.yml:2:52
      │
    2 │ transforms: [taskgraph.transforms.task:transforms, own_taskgraph.transforms.own:transforms]
      │                                                    ─────────────────────────────────────── named here
      │
      ╰ help: a task has `label`, `description`, `attributes` and `task`

    1 error; nothing was generated
    ");
}

#[test]
fn a_task_without_its_definition_is_named_by_its_label() {
    let Some(said) = said("del task[\"task\"], task[\"attributes\"]") else { return };
    assert!(
        said.contains("`k-one` of the transforms is not a task: there is no `attributes` and no `task`"),
        "{said}"
    );
}

#[test]
fn a_label_that_is_no_string_is_refused() {
    let Some(said) = said("task[\"label\"] = 5") else { return };
    assert_snapshot!(said, @"
    error: kind `k`: the tree's Python returned what is not a task: wrong or missing: `label`
      ╭▸ taskcluster/kinds/k/kind.yml:2:13
      │
    2 │ transforms: [taskgraph.transforms.task:transforms, own_taskgraph.transforms.own:transforms]
      │             ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━
      │
      ╰ help: `label` and `description` are strings, `attributes`, `task` and `dependencies` maps

    1 error; nothing was generated
    ");
}

#[test]
fn what_is_no_map_is_refused() {
    let Some(said) = said("task = None") else { return };
    assert!(said.contains("what the transforms yield is not a task: found `NoneType`"), "{said}");
}

#[test]
fn a_transform_that_yields_nothing_at_all_is_refused() {
    let own = format!("{TRANSFORM}        pass\n");
    let Some(outcome) = Tree::new(&own).full(&[]) else { return };
    assert_snapshot!(outcome.refused(), @"
    error: kind `k`: Exception: Transform <function own> is not a generator
      ╭▸ taskcluster/own_taskgraph/transforms/own.py:5:1
      │
    5 │ def own(config, tasks):
      │ ━━━━━━━━━━━━━━━━━━━━━━━ raised by the transform `own_taskgraph.transforms.own:own`
      │
      ⸬  taskcluster/kinds/k/kind.yml:2:14
      │
    2 │ transforms: [own_taskgraph.transforms.own:transforms, taskgraph.transforms.task:transforms]
      ╰╴             ─────────────────────────────────────── named here

    1 error; nothing was generated
    ");
}

#[test]
fn what_json_has_no_place_for_is_named_with_its_path() {
    let Some(said) = said("task[\"task\"][\"payload\"][\"env\"] = {1, 2}") else { return };
    assert_snapshot!(said, @"
    error: kind `k`: `task.payload.env` of `k-one` has no place in JSON: found set
      ╭▸ taskcluster/kinds/k/kind.yml:2:52
      │
    2 │ transforms: [taskgraph.transforms.task:transforms, own_taskgraph.transforms.own:transforms]
      │                                                    ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━
      │
      ╰ help: JSON has maps with strings for keys, lists, strings, numbers, booleans and null

    1 error; nothing was generated
    ");
}

#[test]
fn two_tasks_of_one_label_are_refused() {
    let Some(said) = said("yield task") else { return };
    assert_snapshot!(said, @"
    error: two tasks have the label `k-one`
      ╭▸ taskcluster/kinds/k/kind.yml:1:1
      │
    1 │ loader: taskgraph.loader.transform:loader
      ╰╴━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━ kind `k` makes both

    1 error; nothing was generated
    ");
}

#[test]
fn a_target_method_that_picks_what_is_no_task_is_named() {
    let tree = Tree::new(&format!("{TRANSFORM}        yield task\n"));
    tree.register(
        "\
from taskgraph.target_tasks import register_target_task

def register(graph_config):
    @register_target_task(\"own\")
    def pick(full_task_graph, parameters, graph_config):
        return [\"k-one\", \"k-two\"]
",
    );
    let parameters = crate::support::PARAMETERS.to_owned() + "target_tasks_method: own\n";
    tree.file("p.yml", &parameters);
    let Some(outcome) = tree.made(&["target", "-p", "p.yml"]) else { return };
    assert_snapshot!(outcome.refused(), @"
    error: picking the target tasks: the target method `own` picks labels that no task has: `k-two`
      ╭▸ taskcluster/own_taskgraph/__init__.py:5:5
      │
    5 │     def pick(full_task_graph, parameters, graph_config):
      │     ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━ it picks them
      │
      ⸬  p.yml:9:22
      │
    9 │ target_tasks_method: own
      ╰╴                     ─── named here

    1 error; nothing was generated
    ");
}
