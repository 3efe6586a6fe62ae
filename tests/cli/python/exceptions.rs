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
    assert_snapshot!(outcome.refused(), @r#"
    error: kind `k`: ValueError: too large: one
       ╭▸ taskcluster/own_taskgraph/transforms/own.py:11:5
       │
     7 │         deeper(task)
       │         ──────────── called in `own`
       ┆
    11 │     raise ValueError("too large: " + task["name"])
       ╰╴    ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━ in `deeper`, called by the transform `own_taskgraph.transforms.own:own`

    1 error; nothing was generated
    "#);
}

#[test]
fn what_a_transform_raises_is_reported_with_all_lines() {
    let own = format!(
        "{TRANSFORM}        raise Exception(\"first\\nsecond\\n\\n  third\\x1b[31m\")\n        yield\n"
    );
    let Some(outcome) = Tree::new(&own).full(&[]) else { return };
    assert_snapshot!(outcome.refused(), @r#"
    error: kind `k`: Exception: first
      ╭▸ taskcluster/own_taskgraph/transforms/own.py:7:9
      │
    7 │         raise Exception("first\nsecond\n\n  third\x1b[31m")
      │         ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━ in `own`, called by the transform `own_taskgraph.transforms.own:own`
      │
      ╰ help: second; third\u{1b}[31m

    1 error; nothing was generated
    "#);
}

#[test]
fn a_syntax_error_is_shown_where_it_is() {
    let Some(outcome) = Tree::new(&format!("{TRANSFORM}        yield task task\n")).full(&[]) else { return };
    assert_snapshot!(outcome.refused(), @"
    error: kind `k`: SyntaxError: invalid syntax (own.py, line 7)
      ╭▸ taskcluster/own_taskgraph/transforms/own.py:7:20
      │
    7 │         yield task task
      ╰╴                   ━━━━ Python cannot read this

    1 error; nothing was generated
    ");
}

#[test]
fn a_syntax_error_in_a_module_behind_is_reported_with_who_needs_it() {
    let tree = Tree::new(&format!("import own_taskgraph.other\n{TRANSFORM}        yield task\n"));
    tree.file("taskcluster/own_taskgraph/other.py", "x = 1\nif x\n    pass\n");
    let Some(outcome) = tree.full(&[]) else { return };
    assert_snapshot!(outcome.refused(), @"
    error: kind `k`: SyntaxError: expected ':' (other.py, line 2)
      ╭▸ taskcluster/own_taskgraph/other.py:2:1
      │
    2 │ if x
      │ ━━━━ Python cannot read this
      │
      ⸬  taskcluster/own_taskgraph/transforms/own.py:1:1
      │
    1 │ import own_taskgraph.other
      ╰╴────────────────────────── needed here, in `<module>`

    1 error; nothing was generated
    ");
}

#[test]
fn a_missing_module_is_named_with_who_imports_it() {
    let Some(outcome) =
        Tree::new(&format!("import nowhere.at_all\n{TRANSFORM}        yield task\n")).full(&[])
    else {
        return;
    };
    assert_snapshot!(outcome.refused(), @"
    error: kind `k`: No module named 'nowhere'
      ╭▸ taskcluster/own_taskgraph/transforms/own.py:1:1
      │
    1 │ import nowhere.at_all
      │ ━━━━━━━━━━━━━━━━━━━━━ in `<module>`
      │
      ╰ help: `nowhere` has to be there: a module of the tree, or a package installed beside Taskgraph

    1 error; nothing was generated
    ");
}

#[test]
fn a_transform_that_the_tree_does_not_have_is_named() {
    let tree = Tree::new("");
    std::fs::remove_file(tree.path().join(MODULE)).unwrap();
    let Some(outcome) = tree.full(&[]) else { return };
    assert_snapshot!(outcome.refused(), @"
    error: kind `k`: No module named 'own_taskgraph.transforms.own'
      ╭▸ taskcluster/kinds/k/kind.yml:2:14
      │
    2 │ transforms: [own_taskgraph.transforms.own:transforms, taskgraph.transforms.task:transforms]
      │              ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━
      │
      ╰ help: `own_taskgraph.transforms.own` has to be there: a module of the tree, or a package installed beside Taskgraph

    1 error; nothing was generated
    ");
}

#[test]
fn a_registration_that_raises_is_reported_with_its_place() {
    let tree = Tree::new(&format!("{TRANSFORM}        yield task\n"));
    tree.register("def register(graph_config):\n    graph_config[\"nothing\"]\n");
    let Some(outcome) = tree.full(&[]) else { return };
    assert_snapshot!(outcome.refused(), @r#"
    error: registering the Python of the tree: KeyError: 'nothing'
      ╭▸ taskcluster/own_taskgraph/__init__.py:2:5
      │
    2 │     graph_config["nothing"]
      ╰╴    ━━━━━━━━━━━━━━━━━━━━━━━ in `register`

    1 error; nothing was generated
    "#);
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
    assert_snapshot!(outcome.refused(), @r#"
    error: verifying the full task graph: Exception: there is a task: k-one
      ╭▸ taskcluster/own_taskgraph/__init__.py:7:13
      │
    7 │             raise Exception("there is a task: " + task.label)
      ╰╴            ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━ in `register.<locals>.no_tasks`

    1 error; nothing was generated
    "#);
}
