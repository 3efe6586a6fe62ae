//! The main yardstick: real trees, real parameters, and the graphs that the reference makes of them.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use serde::Deserialize;
use serde_json::Value;
use support::{checkout, differences, read_json, shared};
use taskgraph::fields::Fields as _;
use taskgraph::graph::TaskGraph;
use taskgraph::params::{Params, read_file};
use taskgraph::pipeline::Loaded;
use taskgraph::problem::{Problem, Problems};
use taskgraph::settings::{RunTask, Settings};
use taskgraph::tree::Tree;
use taskgraph_transforms::registry;

/// What case.json says.
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Case {
    refuse: Option<Refuse>,
    #[serde(default)]
    target_kinds: Vec<String>,
}

#[derive(Deserialize)]
struct Refuse {
    path: Option<String>,
}

/// A tree, and how the program is called on it.
struct Bench {
    tree: PathBuf,
    settings: Settings,
}

impl Bench {
    fn load(&self, target_kinds: &[String]) -> Loaded {
        let tree = Tree::open(&self.tree.join("taskcluster"), &self.tree).unwrap();
        let targets: BTreeSet<String> = target_kinds.iter().cloned().collect();
        Loaded::load(tree, &registry(), &targets).unwrap()
    }

    fn params(&self, loaded: &Loaded, file: &Path, target_kinds: &[String]) -> Result<Params, Vec<Problem>> {
        let given = read_file(file).unwrap();
        let mut params = Params::new(given.values, vec![given.layer]);
        params.values_mut().put(
            "target-kinds",
            target_kinds.iter().map(String::as_str).collect::<taskgraph::value::Value>(),
        );
        let problems = loaded.complete(&mut params, SystemTime::now()).unwrap();
        match Problems(problems).check() {
            Ok(()) => Ok(params),
            Err(problems) => Err(problems.0),
        }
    }

    /// What differs from `expected/`, in words.
    fn compare(&self, loaded: &Loaded, params: &Params, expected: &Path) -> Vec<String> {
        let full = match loaded.full(params, &self.settings) {
            Ok(full) => full,
            Err(error) => return vec![format!("refused: {error:#}")],
        };
        let target = loaded.target(&full, params).unwrap();
        let mut told = graph_differences(&full.graph, &read_json(&expected.join("full-task-graph.json")));
        for (graph, file) in [(&target.set, "target-tasks.json"), (&target.graph, "target-task-graph.json")] {
            let ours: BTreeSet<&str> = graph.tasks.keys().map(|label| label.as_str()).collect();
            let theirs = read_json(&expected.join(file));
            let theirs: BTreeSet<&str> =
                theirs.as_array().unwrap().iter().filter_map(Value::as_str).collect();
            told.extend(ours.symmetric_difference(&theirs).map(|label| format!("{file}: {label}")));
        }
        told
    }
}

fn graph_differences(graph: &TaskGraph, expected: &Value) -> Vec<String> {
    let mut ours = serde_json::to_value(graph).unwrap();
    let mut expected = expected.clone();
    for graph in [&mut ours, &mut expected] {
        sort_kind_folders(graph);
    }
    differences(&ours, &expected, 12)
}

/// One list of the reference comes straight from the file system, in whatever order that has.
fn sort_kind_folders(graph: &mut Value) {
    for task in graph.as_object_mut().unwrap().values_mut() {
        if let Some(Value::Array(patterns)) = task["optimization"].get_mut("skip-unless-changed") {
            patterns.sort_by_key(|pattern| pattern.as_str().map(str::to_owned));
        }
    }
}

fn hold(tree: &str) {
    let (Some(tree), Some(run_task)) =
        (shared(&format!("conformance/{tree}")), shared("conformance/run-task"))
    else {
        return;
    };
    let copy = checkout(&tree.join("tree"));
    let bench = Bench {
        tree: copy.path().to_owned(),
        settings: Settings { run_task: Some(RunTask::in_directory(&run_task)), ..Settings::default() },
    };
    let all_kinds = bench.load(&[]);
    let (mut equal, mut refused, mut wrong) = (0, 0, 0);
    let mut cases: Vec<PathBuf> =
        tree.join("cases").read_dir().unwrap().map(|entry| entry.unwrap().path()).collect();
    cases.sort();
    for folder in &cases {
        let case: Case = serde_json::from_value(read_json(&folder.join("case.json"))).unwrap();
        let some_kinds = (!case.target_kinds.is_empty()).then(|| bench.load(&case.target_kinds));
        let loaded = some_kinds.as_ref().unwrap_or(&all_kinds);
        let params = bench.params(loaded, &folder.join("parameters.yml"), &case.target_kinds);
        let told = match (params, &case.refuse) {
            (Ok(params), None) => bench.compare(loaded, &params, &folder.join("expected")),
            (Ok(_), Some(_)) => vec!["accepted, but has to be refused".to_owned()],
            (Err(problems), None) => problems.iter().map(|problem| format!("refused: {problem}")).collect(),
            (Err(problems), Some(refuse)) => not_told(&problems, refuse),
        };
        match (told.is_empty(), case.refuse.is_some()) {
            (true, false) => equal += 1,
            (true, true) => refused += 1,
            (false, _) => {
                wrong += 1;
                eprintln!("{}:", folder.file_name().unwrap().display());
                told.iter().for_each(|line| eprintln!("  {line}"));
            }
        }
    }
    println!("{}: {equal} cases equal, {refused} refused as they have to be, {wrong} wrong", tree.display());
    assert!(equal > 0 && wrong == 0);
}

/// A refusal has to name the path, and the place in the file.
fn not_told(problems: &[Problem], refuse: &Refuse) -> Vec<String> {
    let Some(path) = &refuse.path else { return Vec::new() };
    let told = problems.iter().any(|problem| problem.path.to_string() == *path && problem.place.is_some());
    let found: Vec<_> = problems.iter().map(ToString::to_string).collect();
    if told { Vec::new() } else { vec![format!("`{path}` is not told; found: {}", found.join("; "))] }
}

#[test]
fn the_graphs_of_the_tree_of_2024_equal_the_references() {
    hold("ftt-2024-12");
}
