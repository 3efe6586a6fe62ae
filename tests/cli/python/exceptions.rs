//! Python that raises: the message names the kind, the transform, the file and the line.

use insta::assert_snapshot;

use super::tree::{MODULE, TRANSFORM, Tree};

#[test]
fn an_exception_is_reported_with_kind_transform_file_and_frames() {
    let own = format!(
        "{TRANSFORM}        deeper(task)\n        yield task\n\n\
         def deeper(task):\n    raise ValueError(\"too large: \" + task[\"name\"])\n"
    );
    let Some(outcome) = Tree::new(&own).full(&[]) else { return };
    assert_snapshot!(outcome.refused());
}

#[test]
fn what_a_transform_raises_is_reported_with_all_lines() {
    let own = format!(
        "{TRANSFORM}        raise Exception(\"first\\nsecond\\n\\n  third\\x1b[31m\")\n        yield\n"
    );
    let Some(outcome) = Tree::new(&own).full(&[]) else { return };
    assert_snapshot!(outcome.refused());
}

#[test]
fn a_syntax_error_is_shown_where_it_is() {
    let Some(outcome) = Tree::new(&format!("{TRANSFORM}        yield task task\n")).full(&[]) else { return };
    assert_snapshot!(outcome.refused());
}

#[test]
fn a_syntax_error_in_a_module_behind_is_reported_with_who_needs_it() {
    let tree = Tree::new(&format!("import own_taskgraph.other\n{TRANSFORM}        yield task\n"));
    tree.file("taskcluster/own_taskgraph/other.py", "x = 1\nif x\n    pass\n");
    let Some(outcome) = tree.full(&[]) else { return };
    assert_snapshot!(outcome.refused());
}

#[test]
fn a_missing_module_is_named_with_who_imports_it() {
    let Some(outcome) =
        Tree::new(&format!("import nowhere.at_all\n{TRANSFORM}        yield task\n")).full(&[])
    else {
        return;
    };
    assert_snapshot!(outcome.refused());
}

#[test]
fn a_transform_that_the_tree_does_not_have_is_named() {
    let tree = Tree::new("");
    std::fs::remove_file(tree.path().join(MODULE)).unwrap();
    let Some(outcome) = tree.full(&[]) else { return };
    assert_snapshot!(outcome.refused());
}

#[test]
fn a_registration_that_raises_is_reported_with_its_place() {
    let tree = Tree::new(&format!("{TRANSFORM}        yield task\n"));
    tree.register("def register(graph_config):\n    graph_config[\"nothing\"]\n");
    let Some(outcome) = tree.full(&[]) else { return };
    assert_snapshot!(outcome.refused());
}

#[test]
fn a_verification_that_raises_is_reported_with_its_place() {
    let tree = Tree::new(&format!("{TRANSFORM}        yield task\n"));
    tree.register(
        "\
def register(graph_config):
    from taskgraph.util.verify import verifications

    @verifications.add(\"full_task_graph\")
    def no_tasks(task, taskgraph, scratch_pad, graph_config, parameters):
        if task is not None:
            raise Exception(\"there is a task: \" + task.label)
",
    );
    let Some(outcome) = tree.full(&[]) else { return };
    assert_snapshot!(outcome.refused());
}
