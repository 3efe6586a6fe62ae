//! The morph phase against the reference: `tests/conformance/morph/expect.py` writes the graph and what Taskgraph 15.1.3 makes of it.
use std::path::Path;
use std::time::SystemTime;

use indexmap::{IndexMap, IndexSet};
use serde_json::Value;
use taskgraph::graph::TaskGraph;
use taskgraph::graph_config::GraphConfig;
use taskgraph::morph::{MorphedGraph, morph};
use taskgraph::optimize::index::LookupAnswers;
use taskgraph::optimize::{Request, Strategies, optimize};
use taskgraph::parameters::{LoadedValues, Params};
use taskgraph::settings::Settings;
use taskgraph::task::Label;
use taskgraph::task::id::TaskId;
use taskgraph::taskgraph_version::TaskgraphVersion;
use taskgraph::tree::Tree;
use taskgraph_compat::source::Source;

fn home() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/conformance/morph")
}

/// The graph of graph.json, morphed with these parameters and this config.
fn morphed(graph: &str, params: &str, config: &Path) -> taskgraph::Result<MorphedGraph> {
    let graph = TaskGraph::from_json(graph).unwrap();
    let params = LoadedValues::read(Source::new("params.json", params), true).unwrap();
    let params = Params::new(params.values, vec![params.layer]);
    let all: IndexSet<Label> = graph.tasks.keys().cloned().collect();
    let request = Request {
        graph: &graph,
        requested: &all,
        do_not_optimize: &all,
        existing_tasks: &IndexMap::new(),
        params: &params,
        strategies: &Strategies::default(),
        settings: &Settings::default(),
        decision_task_id: "decision-task-00000000",
        found: &LookupAnswers::default(),
        now: SystemTime::UNIX_EPOCH,
    };
    let mut count = 0;
    let mut new_id = |_: &Label| {
        count += 1;
        TaskId::parse(&format!("new-task-{:013}", count - 1)).unwrap()
    };
    let optimized = optimize(&request, &mut new_id).unwrap();
    let config =
        GraphConfig::load(&Tree::open(config, config).unwrap(), TaskgraphVersion::default()).unwrap();
    morph(optimized, &params, &config, &mut new_id)
}

#[test]
fn index_tasks_and_the_code_review_are_those_of_the_reference() {
    let read = |name: &str| std::fs::read_to_string(home().join(name)).unwrap();
    let expected: Value = serde_json::from_str(&read("expected.json")).unwrap();
    let morphed = morphed(&read("graph.json"), &expected["parameters"].to_string(), &home()).unwrap();
    assert_eq!(serde_json::to_value(&morphed.label_to_taskid).unwrap(), expected["label_to_taskid"]);
    // Added tasks were never looked at by the optimize phase.
    assert_eq!(morphed.outcomes.len(), 4);
    let mut written = Vec::new();
    morphed.graph.write_json(&mut written).unwrap();
    assert_eq!(serde_json::from_slice::<Value>(&written).unwrap(), expected["graph"]);
}

#[test]
fn what_cannot_be_morphed_is_reported_where_it_stands() {
    let graph = std::fs::read_to_string(home().join("graph.json")).unwrap();
    let config = std::fs::read_to_string(home().join("config.yml")).unwrap();
    let messages = |graph: &str, config: &str| {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("config.yml"), config).unwrap();
        let error = morphed(graph, r#"{"level": "1"}"#, folder.path()).unwrap_err().to_string();
        error.replace(&folder.path().display().to_string(), "")
    };
    let no_group = messages(&graph, &config.replace(r"'(my\..*\.deep)\.'", r"'my\.'"));
    assert!(no_group.contains("config.yml:14:7: the pattern matches `my.a.deep.b`"), "{no_group}");
    let no_pattern = messages(&graph, &config.replace(r"'(my\..*\.deep)\.'", "'('"));
    assert!(no_pattern.contains("config.yml:14:7: `(` is not a regular expression"), "{no_pattern}");
    let no_worker = messages(&graph, &config.replace("misc:", "other:"));
    assert!(
        no_worker.contains("config.yml:4:3: tasks with more than 64 routes need the worker `misc`"),
        "{no_worker}"
    );
    let taken = messages(&graph.replace("lint", "index-task-many"), &config);
    assert_eq!(taken, "there is a task `index-task-many` already, and one of this name has to be added");
}
