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
    assert_snapshot!(said);
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
    assert_snapshot!(said);
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
    assert_snapshot!(outcome.refused());
}

#[test]
fn what_json_has_no_place_for_is_named_with_its_path() {
    let Some(said) = said("task[\"task\"][\"payload\"][\"env\"] = {1, 2}") else { return };
    assert_snapshot!(said);
}

#[test]
fn two_tasks_of_one_label_are_refused() {
    let Some(said) = said("yield task") else { return };
    assert_snapshot!(said);
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
    assert_snapshot!(outcome.refused());
}
