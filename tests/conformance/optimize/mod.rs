//! The optimize phase against the reference, and against laws, on random target graphs.
//!
//! Each line of each `tests/conformance/optimize/*.jsonl` is a graph, what is asked of it, what the index has, and what Taskgraph
//! 15.1.3 makes of it. `tests/conformance/optimize/generate.py FIRST_SEED COUNT` writes more of them.
mod graphs;
mod laws;

use std::collections::BTreeSet;
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::support::written;
use indexmap::{IndexMap, IndexSet};
use serde::Deserialize;
use serde_json::{Value, json};
use taskgraph::graph::TaskGraph;
use taskgraph::optimize::index::LookupAnswers;
use taskgraph::optimize::{
    ALWAYS, Composite, INDEX_SEARCH, OptimizedGraph, RemovalReason, Request, SKIP_UNLESS_CHANGED, Strategies,
    Strategy, TaskOutcome, lookup_request, optimize,
};
use taskgraph::parameters::{LoadedValues, Params};
use taskgraph::settings::Settings;
use taskgraph::task::Label;
use taskgraph::task::id::TaskId;
use taskgraph_compat::source::Source;

use laws::{check_closure, check_laws, check_reasons};

/// As in generate.py.
const DECISION: &str = "decision-task-00000000";

#[derive(Deserialize)]
struct Case {
    seed: u64,
    #[serde(flatten)]
    input: Input,
    expected: Expectation,
}

/// A target graph, and what is known.
#[derive(Debug, Deserialize)]
struct Input {
    tasks: Value,
    requested: Vec<String>,
    params: Value,
    index: Value,
    status: Value,
    do_not_optimize: Vec<String>,
    existing_tasks: IndexMap<String, String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Expectation {
    Error { error: String },
    Fine { graph: Value, label_to_taskid: Value, removed: BTreeSet<String> },
}

/// 2026-03-01T12:00:00.250Z, as in generate.py.
fn now() -> SystemTime {
    UNIX_EPOCH + Duration::from_millis(1_772_366_400_250)
}

/// The strategies of the reference, and some that consist of them.
fn strategies() -> Strategies {
    let [index, skip, always] = [INDEX_SEARCH, SKIP_UNLESS_CHANGED, ALWAYS].map(Strategy::Simple);
    let parts = || Composite {
        parts: vec![index.clone(), skip.clone()],
        split: Some(|argument, _| {
            ["index-search", "skip-unless-changed"]
                .map(|name| argument.get(name).cloned().unwrap_or_default())
                .to_vec()
        }),
    };
    let mut strategies = Strategies::default();
    strategies.insert("either", Strategy::Any(parts()));
    strategies.insert("both", Strategy::All(parts()));
    strategies.insert("always-or-index", Strategy::any([always, index.clone()]));
    strategies.insert("index-twice", Strategy::all([index.clone(), index.clone()]));
    strategies.insert("not-index", Strategy::Not(index.clone().into()));
    strategies.insert("not-skip", Strategy::Not(skip.into()));
    strategies.insert("same-as-index", Strategy::Alias(index.into()));
    strategies
}

fn labels(texts: &[String]) -> IndexSet<Label> {
    texts.iter().map(|text| Label::parse(&text.as_str().into()).unwrap()).collect()
}

/// Returns this program's result for an input, and the graph of the input.
fn ours(case: &Input) -> (TaskGraph, taskgraph::Result<OptimizedGraph>) {
    let graph = TaskGraph::from_json(&case.tasks.to_string()).unwrap();
    let params = LoadedValues::read(Source::new("params.json", case.params.to_string()), true).unwrap();
    let answers = json!({"index": case.index, "status": case.status}).to_string();
    let strategies = strategies();
    let do_not_optimize = labels(&case.do_not_optimize);
    let all = LookupAnswers::read(Source::new("found.json", answers)).unwrap();
    // Nothing may be looked up that was not named before.
    let asked: BTreeSet<_> = lookup_request(&graph, &do_not_optimize, &IndexMap::new(), &strategies)
        .index_paths
        .into_iter()
        .collect();
    let mut found = LookupAnswers { index: all.index, states: all.states, ..LookupAnswers::default() };
    found.index.retain(|path, _| asked.contains(path));
    let existing = case.existing_tasks.iter();
    let request = Request {
        graph: &graph,
        requested: &labels(&case.requested),
        do_not_optimize: &do_not_optimize,
        existing_tasks: &existing
            .map(|(label, id)| (Label::parse(&label.as_str().into()).unwrap(), TaskId::parse(id).unwrap()))
            .collect(),
        params: &Params::new(params.values, vec![params.layer]),
        strategies: &strategies,
        settings: &Settings { root_url: "https://tc.example.org".into(), ..Settings::default() },
        decision_task_id: DECISION,
        found: &found,
        now: now(),
    };
    let mut count = 0;
    let optimized = optimize(&request, &mut |_| {
        count += 1;
        TaskId::parse(&format!("new-task-{:013}", count - 1)).unwrap()
    });
    (graph, optimized)
}

/// Compares a case with its answer. True if the reference refuses the graph and this program does not.
fn check(case: &Case) -> bool {
    let what = format!("seed {}", case.seed);
    let (graph, optimized) = ours(&case.input);
    check_closure(&graph, &labels(&case.input.requested), &what);
    if let Ok(optimized) = &optimized {
        check_laws(&graph, optimized, &what);
        check_reasons(&graph, optimized, &what);
    }
    match (&case.expected, optimized) {
        // Python: the removing phase leaves edges to what it has removed. Here what is needed stays.
        (Expectation::Error { error }, optimized) if error == "dangling" => optimized.is_ok(),
        (Expectation::Error { .. }, Err(_)) => false,
        (Expectation::Error { error }, Ok(_)) => panic!("{what}: the reference refuses it: {error}"),
        (Expectation::Fine { .. }, Err(error)) => panic!("{what}: {error:#}"),
        (Expectation::Fine { graph, label_to_taskid, removed }, Ok(optimized)) => {
            assert_eq!(&written(|out| optimized.graph.write_json(out)), graph, "{what}");
            assert_eq!(&serde_json::to_value(&optimized.label_to_taskid).unwrap(), label_to_taskid, "{what}");
            let gone = |outcome: &TaskOutcome| match outcome {
                TaskOutcome::Kept(_) => false,
                TaskOutcome::Removed(why) => !matches!(why, RemovalReason::ByNothing(_)),
                TaskOutcome::Replaced(_, replaced) => replaced.removed.is_some(),
            };
            let reported = optimized.outcomes.iter().filter(|(_, outcome)| gone(outcome));
            let reported: BTreeSet<String> = reported.map(|(label, _)| label.to_string()).collect();
            // This is what the removing phase removes; the replacing phase may remove more.
            assert_eq!(&reported, removed, "{what}");
            false
        }
    }
}

#[test]
fn random_graphs_are_optimized_as_in_the_reference() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/conformance/optimize");
    let (mut equal, mut more) = (0, 0);
    for entry in folder.read_dir().unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|ending| ending == "jsonl") {
            for line in std::fs::read_to_string(&path).unwrap().lines() {
                match check(&serde_json::from_str(line).unwrap()) {
                    true => more += 1,
                    false => equal += 1,
                }
            }
        }
    }
    println!("{equal} graphs as in the reference, {more} that only this program takes");
    assert!(equal > 0 && more > 0);
}
