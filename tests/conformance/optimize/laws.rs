//! Laws that hold for every graph, whatever the reference computes.

use std::collections::BTreeSet;

use indexmap::IndexSet;
use taskgraph::graph::TaskGraph;
use taskgraph::optimize::{KeptBy, NotReplaced, OptimizedGraph, TaskOutcome};
use taskgraph::task::Label;
use taskgraph::task::id::TaskId;

/// Checks the laws of an optimized graph.
pub(super) fn check_laws(graph: &TaskGraph, optimized: &OptimizedGraph, what: &str) {
    assert!(graph.labels().into_iter().eq(optimized.outcomes.keys()), "{what}: a task has no fate");
    let running: BTreeSet<&TaskId> = optimized.graph.tasks.keys().collect();
    for (label, outcome) in &optimized.outcomes {
        let id = optimized.label_to_taskid.get(label);
        match outcome {
            TaskOutcome::Kept(_) => assert!(id.is_some_and(|id| running.contains(id)), "{what}: {label}"),
            TaskOutcome::Removed(_) => assert!(id.is_none(), "{what}: {label}"),
            TaskOutcome::Replaced(by, _) => {
                assert!(id == Some(by) && !running.contains(by), "{what}: {label}");
            }
        }
    }
    for ready in optimized.graph.tasks.values() {
        let edges = graph.edges_of(&ready.task.label);
        assert!(edges.keys().eq(ready.dependencies.keys()), "{what}: {} lost an edge", ready.task.label);
        for (name, label) in edges {
            let id = optimized.label_to_taskid.get(label);
            assert_eq!(id, Some(&ready.dependencies[name]), "{what}: a dangling edge to {label}");
        }
        let listed = ready.definition["dependencies"].as_list().unwrap();
        for id in ready.dependencies.values() {
            assert!(listed.contains(&id.text().into()), "{what}: {id} is not in the definition");
        }
    }
}

/// A closure has what it was asked for and all that this needs, and nothing else.
pub(super) fn check_closure(graph: &TaskGraph, from: &IndexSet<Label>, what: &str) {
    let closure = graph.closure(from);
    let needed: BTreeSet<&Label> =
        closure.tasks.values().flat_map(|task| task.dependencies.values()).collect();
    let whole: BTreeSet<&Label> = needed.into_iter().chain(from).collect();
    assert!(closure.labels().into_iter().eq(whole), "{what}");
}

/// The reasons that are reported are true.
pub(super) fn check_reasons(graph: &TaskGraph, optimized: &OptimizedGraph, what: &str) {
    let needs = |from: &Label, to: &Label| graph.edges_of(from).values().any(|need| need == to);
    for (label, outcome) in &optimized.outcomes {
        let TaskOutcome::Kept(kept) = outcome else { continue };
        if let KeptBy::Dependent(dependent) = &kept.why {
            assert!(needs(dependent, label), "{what}: {dependent} does not need {label}");
        }
        if let KeptBy::IfDependent { dependent, other } = &kept.why {
            let only_for =
                |label: &Label| graph.tasks[dependent].if_dependencies.contains(&label.text().into());
            assert!(needs(dependent, label), "{what}: {dependent} does not need {label}");
            assert!(only_for(label), "{what}: {label} is no if-dependency of {dependent}");
            let runs = |label: &Label| {
                matches!(optimized.outcomes[label], TaskOutcome::Kept(_) | TaskOutcome::Replaced(..))
            };
            assert!(runs(other) && other != label, "{what}: {other} does not run");
        }
        if let NotReplaced::Dependency(needed) = &kept.not_replaced {
            let runs = matches!(optimized.outcomes[needed], TaskOutcome::Kept(_));
            assert!(runs && needs(label, needed), "{what}: {label} does not wait for {needed}");
        }
    }
}
