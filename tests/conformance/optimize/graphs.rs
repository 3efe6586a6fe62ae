//! Laws of graphs, on random graphs. What breaks a law is made as small as it can be, and reported.

use std::collections::BTreeSet;

use indexmap::{IndexMap, IndexSet};
use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::{Map, Value, json};
use taskgraph::graph::TaskGraph;
use taskgraph::graph::traverse::{any_order, postorder, reference_order};
use taskgraph::task::Label;

use super::laws::{check_closure, check_laws, check_reasons};
use super::{Input, labels, ours};

/// Parts of a generated task: its dependencies, the tasks that it is only there for, its optimization, and whether it is
/// requested, must not be optimized, or exists already.
#[derive(Clone, Debug)]
struct Node {
    /// Stands in front of the label, so that the order of the labels is none of the graph.
    rank: u8,
    needs: u32,
    only_for: u32,
    optimization: Value,
    requested: bool,
    pinned: bool,
    exists: bool,
}

fn node() -> impl Strategy<Value = Node> {
    let paths = vec(0..4_u8, 0..3)
        .prop_map(|paths| paths.iter().map(|path| format!("index.{path}")).collect::<Vec<_>>());
    let optimization = paths.prop_flat_map(|paths| {
        proptest::sample::select(vec![
            Value::Null,
            json!({ "always": null }),
            json!({ "never": null }),
            json!({ "index-search": paths.clone() }),
            json!({ "always-or-index": paths.clone() }),
            json!({ "not-skip": ["a/**"] }),
            json!({ "skip-unless-changed": ["a/**"] }),
            json!({ "either": { "index-search": paths, "skip-unless-changed": ["b/**"] } }),
        ])
    });
    // Two masks at once, so that graphs are not too dense to have a schema.
    let needs = (any::<u32>(), any::<u32>()).prop_map(|(one, other)| one & other);
    let often = proptest::bool::weighted;
    (any::<u8>(), needs, any::<u32>(), optimization, often(0.4), often(0.1), often(0.1)).prop_map(
        |(rank, needs, only_for, optimization, requested, pinned, exists)| Node {
            rank,
            needs,
            only_for: if only_for % 4 == 0 { only_for } else { 0 },
            optimization,
            requested,
            pinned,
            exists,
        },
    )
}

fn nodes() -> impl Strategy<Value = Vec<Node>> {
    vec(node(), 1..16)
}

fn label(nodes: &[Node], at: usize) -> String {
    format!("t{:03}-{at}", nodes[at].rank)
}

/// The nodes of a mask that stand before another one.
fn before(mask: u32, at: usize) -> impl Iterator<Item = usize> {
    (0..at).filter(move |bit| mask & (1 << bit) != 0)
}

fn tasks(nodes: &[Node]) -> Map<String, Value> {
    let tasks = nodes.iter().enumerate().map(|(at, node)| {
        let own = label(nodes, at);
        let needs: Map<String, Value> =
            before(node.needs, at).map(|need| (format!("on-{need}"), label(nodes, need).into())).collect();
        let only_for: Vec<String> =
            before(node.needs & node.only_for, at).map(|need| label(nodes, need)).collect();
        let references: Vec<String> = needs.keys().map(|name| format!("<{name}>")).collect();
        let task = json!({
            "kind": "k", "label": own, "description": "", "attributes": { "kind": "k" },
            "task": {
                "deadline": { "relative-datestamp": "1 day" },
                "payload": { "task-reference": references.join(" ") },
            },
            "optimization": node.optimization, "dependencies": needs, "soft_dependencies": [],
            "if_dependencies": only_for,
        });
        (own, task)
    });
    tasks.collect()
}

fn graph(nodes: &[Node]) -> TaskGraph {
    TaskGraph::from_json(&Value::from(tasks(nodes)).to_string()).unwrap()
}

/// The labels of those nodes for which something holds.
fn those(nodes: &[Node], holds: impl Fn(&Node) -> bool) -> Vec<String> {
    (0..nodes.len()).filter(|at| holds(&nodes[*at])).map(|at| label(nodes, at)).collect()
}

/// Returns the closure of each node, by definition, without a walk.
fn reach(nodes: &[Node]) -> Vec<BTreeSet<usize>> {
    let mut reach: Vec<BTreeSet<usize>> = Vec::new();
    for (at, node) in nodes.iter().enumerate() {
        let further = before(node.needs, at).flat_map(|need| reach[need].clone()).collect::<BTreeSet<_>>();
        reach.push(further.into_iter().chain([at]).collect());
    }
    reach
}

fn config() -> ProptestConfig {
    // The same graphs in every run. Nothing is written beside the tests.
    let rng_seed = proptest::test_runner::RngSeed::Fixed(17);
    ProptestConfig { cases: 256, failure_persistence: None, rng_seed, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn a_closure_has_what_is_needed_and_nothing_else(nodes in nodes()) {
        let graph = graph(&nodes);
        let requested = labels(&those(&nodes, |node| node.requested));
        check_closure(&graph, &requested, "a closure");
        let closure = graph.closure(&requested);
        let reach = reach(&nodes);
        let wanted: BTreeSet<String> = (0..nodes.len())
            .filter(|at| nodes[*at].requested)
            .flat_map(|at| reach[at].iter().map(|need| label(&nodes, *need)))
            .collect();
        let found: BTreeSet<String> = closure.tasks.keys().map(Label::to_string).collect();
        prop_assert_eq!(found, wanted);
        // All edges stay, in the order of the graph, and a closure of a closure is itself.
        for label in closure.tasks.keys() {
            prop_assert_eq!(closure.edges_of(label), graph.edges_of(label));
        }
        let order: Vec<&Label> = graph.tasks.keys().filter(|label| closure.tasks.contains_key(*label)).collect();
        prop_assert!(closure.tasks.keys().eq(order));
        prop_assert!(closure.closure(&requested).tasks.keys().eq(closure.tasks.keys()));
    }

    #[test]
    fn who_depends_on_a_task_is_who_has_it_in_its_closure(nodes in nodes(), chosen in any::<proptest::sample::Index>()) {
        let graph = graph(&nodes);
        let at = chosen.index(nodes.len());
        let dependents = graph.dependents(&labels(&[label(&nodes, at)]));
        let reach = reach(&nodes);
        let wanted: BTreeSet<String> =
            (0..nodes.len()).filter(|from| reach[*from].contains(&at)).map(|from| label(&nodes, from)).collect();
        let found: BTreeSet<String> = dependents.iter().map(Label::to_string).collect();
        prop_assert_eq!(found, wanted);
    }

    #[test]
    fn every_order_has_each_task_once_and_behind_what_it_needs(nodes in nodes()) {
        let graph = graph(&nodes);
        let links = |label| graph.edges_of(label).values().collect::<BTreeSet<_>>();
        let order = postorder(graph.tasks.keys(), links).unwrap();
        prop_assert_eq!(order.iter().copied().collect::<BTreeSet<_>>().len(), nodes.len());
        prop_assert_eq!(order.len(), nodes.len());
        for (position, label) in order.iter().enumerate() {
            prop_assert!(links(label).iter().all(|need| order[..position].contains(need)), "{}", label);
        }
        // The order in which tasks come in the graph is none of it, and turned round it is one of the dependents.
        let again = postorder(graph.tasks.keys().rev(), links).unwrap();
        prop_assert_eq!(&order, &again);
        for (position, label) in order.iter().rev().enumerate() {
            let later: Vec<&Label> = order.iter().rev().skip(position).copied().collect();
            prop_assert!(links(label).iter().all(|need| later.contains(need)));
        }
        let links: Vec<Vec<usize>> =
            nodes.iter().enumerate().map(|(at, node)| before(node.needs, at).collect()).collect();
        for order in [reference_order(&links), any_order(&links)] {
            let mut sorted = order.clone();
            sorted.sort_unstable();
            prop_assert!(sorted.into_iter().eq(0..nodes.len()));
            for (position, node) in order.iter().enumerate() {
                prop_assert!(links[*node].iter().all(|need| order[..position].contains(need)));
            }
        }
    }

    #[test]
    fn an_edge_back_makes_a_circle_that_is_reported(nodes in nodes(), chosen in any::<proptest::sample::Index>()) {
        let reach = reach(&nodes);
        let from = chosen.index(nodes.len());
        // From one of those that it needs, itself among them, back to it.
        let to = *reach[from].first().unwrap();
        let mut tasks = tasks(&nodes);
        tasks[&label(&nodes, to)]["dependencies"]["back"] = label(&nodes, from).into();
        let error = TaskGraph::from_json(&Value::from(tasks.clone()).to_string()).err().unwrap().to_string();
        let (_, way) = error.split_once("in a cycle: ").expect("the cycle is reported");
        let way: Vec<&str> = way.lines().next().unwrap().split(" → ").map(|step| step.trim_matches('`')).collect();
        prop_assert!(way.len() > 1 && way.first() == way.last(), "{}", error);
        for step in way.windows(2) {
            let needs = tasks[step[0]]["dependencies"].as_object().unwrap();
            prop_assert!(needs.values().any(|need| need == step[1]), "{}", error);
        }
    }

    #[test]
    fn no_edge_of_an_optimized_graph_dangles(nodes in nodes(), states in vec((0..4_u8, 0..3_u8), 4), changed: bool) {
        let ids: Vec<String> = (0..4).map(|at| format!("found-task-{at:011}")).collect();
        let index: Map<String, Value> = states
            .iter()
            .enumerate()
            .filter(|(_, (id, _))| *id > 0)
            .map(|(path, (id, _))| (format!("index.{path}"), ids[usize::from(*id)].clone().into()))
            .collect();
        let status: Map<String, Value> = states
            .iter()
            .zip(&ids)
            .map(|((_, state), id)| {
                let state = ["completed", "running", "failed"][usize::from(*state)];
                (id.clone(), json!({ "state": state, "expires": "2026-03-03T12:00:00.000Z" }))
            })
            .collect();
        let exist = those(&nodes, |node| node.exists).into_iter().enumerate();
        let input = Input {
            tasks: tasks(&nodes).into(),
            requested: those(&nodes, |node| node.requested),
            params: json!({
                "files_changed": if changed { vec!["a/x.py"] } else { vec![] }, "base_rev": "1", "head_rev": "2",
            }),
            index: index.into(),
            status: status.into(),
            do_not_optimize: those(&nodes, |node| node.pinned),
            existing_tasks: exist.map(|(at, label)| (label, format!("old-task-{at:013}"))).collect::<IndexMap<_, _>>(),
        };
        let (graph, optimized) = ours(&input);
        // Rather than to leave an edge to what a strategy replaces with nothing, the graph is refused.
        let optimized = match optimized {
            Ok(optimized) => optimized,
            Err(error) => {
                prop_assert!(error.to_string().contains("is removed: replaced with nothing by not-skip"), "{}", error);
                return Ok(());
            }
        };
        check_laws(&graph, &optimized, "a graph by chance");
        check_reasons(&graph, &optimized, "a graph by chance");
        // What must not be optimized runs, and nothing runs that nobody asked for or needs.
        let pinned = labels(&input.do_not_optimize);
        let asked: IndexSet<Label> = labels(&input.requested).into_iter().chain(pinned.iter().cloned()).collect();
        let needed = graph.closure(&asked);
        let running: BTreeSet<&Label> = optimized.graph.tasks.values().map(|ready| &ready.task.label).collect();
        prop_assert!(pinned.iter().all(|label| running.contains(label)));
        prop_assert!(running.iter().all(|label| needed.tasks.contains_key(*label)), "{:?}", running);
        let again = ours(&input).1.unwrap();
        prop_assert_eq!(again.outcomes, optimized.outcomes);
    }
}
