//! Compares two runs by task.

use std::collections::BTreeSet;

use serde::Serialize;

use crate::model::TrainingExtensions as _;
use crate::report::run::Run;
use taskgraph::generator::Full;
use taskgraph::graph::TaskGraph;
use taskgraph::task::{Label, Task};
use taskgraph_compat::natural_order::natural;
use taskgraph_compat::value::Value;

/// Changes among the tasks to run, against another run.
#[derive(Debug, Default, Serialize)]
pub struct Comparison {
    /// The config of the other run; nothing if it is the same config without what it reuses.
    pub against: Option<String>,
    /// Sections that the other config lacks, if it is the same: `pretrained models`, `continuation`.
    pub without: Option<&'static str>,
    /// Tasks of the other run only.
    pub gone: Vec<RemovedTask>,
    /// Tasks of this run only.
    pub new: Vec<Label>,
    /// Tasks whose definition or own settings differ.
    pub rewritten: Vec<RewrittenTask>,
    /// Tasks that differ in what they directly depend on.
    pub dependencies: Vec<ChangedEdges>,
    /// Tasks that have a new digest because of something upstream, and no other reason.
    pub downstream: Vec<Label>,
    /// Tasks that are the same.
    pub unchanged: Vec<Label>,
}

/// A task that is not run any more.
#[derive(Debug, Serialize)]
pub struct RemovedTask {
    /// Its label.
    pub label: Label,
    /// Reason.
    pub why: String,
}

/// A task that is another one now.
#[derive(Debug, Serialize)]
pub struct RewrittenTask {
    /// Its label.
    pub label: Label,
    /// Whether a pretrained model is what changed it.
    pub by_model: bool,
}

/// A task with other direct dependencies.
#[derive(Debug, Serialize)]
pub struct ChangedEdges {
    /// Its label.
    pub label: Label,
    /// Dependencies that it lost.
    pub lost: Vec<Label>,
    /// Dependencies that it gained.
    pub gained: Vec<Label>,
}

/// Compares the target graphs of two runs, from `before` to `now`.
pub(crate) fn compare(now: &Run, before: &Run, against: Option<String>) -> Comparison {
    let mut comparison = Comparison { against, ..Comparison::default() };
    let (ours, theirs) = (&now.targets.graph, &before.targets.graph);
    let mut touched: BTreeSet<&Label> = BTreeSet::new();
    // What a task needs was made before it, so that its change is known by now.
    for (label, task) in &ours.tasks {
        let Some(other) = theirs.tasks.get(label) else {
            touched.insert(label);
            comparison.new.push(label.clone());
            continue;
        };
        let has_model = task.extensions.model().is_some() || other.extensions.model().is_some();
        let is_same = same_definition(task, other);
        let (lost, gained) = (edges(other, task), edges(task, other));
        let digest_differs = digest(task) != digest(other);
        let is_downstream = task.dependencies.values().any(|needed| touched.contains(needed));
        if is_same && !digest_differs && lost.is_empty() && gained.is_empty() {
            comparison.unchanged.push(label.clone());
            continue;
        }
        touched.insert(label);
        if has_model && !is_same {
            comparison.rewritten.push(RewrittenTask { label: label.clone(), by_model: true });
        } else if !lost.is_empty() || !gained.is_empty() {
            comparison.dependencies.push(ChangedEdges { label: label.clone(), lost, gained });
        } else if is_same && is_downstream {
            comparison.downstream.push(label.clone());
        } else {
            comparison.rewritten.push(RewrittenTask { label: label.clone(), by_model: false });
        }
    }
    let gone = theirs.tasks.iter().filter(|(label, _)| !ours.tasks.contains_key(*label));
    comparison.gone = gone
        .map(|(label, task)| RemovedTask { label: label.clone(), why: why_gone(task, &now.full) })
        .collect();
    sort(&mut comparison);
    comparison
}

fn sort(comparison: &mut Comparison) {
    let order = |a: &Label, b: &Label| natural(a.as_str(), b.as_str());
    comparison.gone.sort_by(|a, b| order(&a.label, &b.label));
    comparison.rewritten.sort_by(|a, b| b.by_model.cmp(&a.by_model).then_with(|| order(&a.label, &b.label)));
    comparison.dependencies.sort_by(|a, b| order(&a.label, &b.label));
    for labels in [&mut comparison.new, &mut comparison.downstream, &mut comparison.unchanged] {
        labels.sort_by(order);
    }
}

fn why_gone(task: &Task, now: &Full) -> String {
    if now.graph.tasks.contains_key(&task.label) {
        return "nothing that is asked for needs it any more".into();
    }
    let stage = task.attribute("stage");
    let dropped = now.dropped.iter().find(|one| one.kind == task.kind && one.stage.as_deref() == stage);
    match dropped {
        Some(dropped) => dropped.why.clone(),
        None => "this config makes no such task".into(),
    }
}

/// The labels that `task` depends on and `other` does not.
fn edges(task: &Task, other: &Task) -> Vec<Label> {
    let others: BTreeSet<&Label> = other.dependencies.values().collect();
    let mut labels: Vec<Label> =
        task.dependencies.values().filter(|label| !others.contains(label)).cloned().collect();
    labels.sort_by(|a, b| natural(a.as_str(), b.as_str()));
    labels
}

/// Whether the definitions are the same but for routes, which have the digest in them.
fn same_definition(task: &Task, other: &Task) -> bool {
    let of = |task: &'_ Task| task.definition.len();
    of(task) == of(other)
        && task
            .definition
            .iter()
            .all(|(key, value)| &**key == "routes" || other.definition.get(key) == Some(value))
}

fn digest(task: &Task) -> Option<&str> {
    task.attributes.get("cached_task").and_then(|cached| cached.get("digest")).and_then(Value::as_str)
}

/// Returns the number of tasks of a graph.
pub(crate) fn size(graph: &TaskGraph) -> usize {
    graph.tasks.len()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::model::{Model, Variant};
    use crate::testing::{run, task};
    use taskgraph::transform::notes::DroppedTask;

    fn with_digest(name: &str, needs: &[&str], digest: &str, definition: &str) -> Task {
        task(name, needs, &format!("{{stage: s, cached_task: {{digest: {digest}}}}}"), definition)
    }

    fn model() -> Arc<Model> {
        Arc::new(Model {
            variant: Variant::Continue,
            model_type: "default".into(),
            urls: Vec::new(),
            files: Vec::new(),
            directory: Some("./artifacts".into()),
            dropped: Vec::new(),
        })
    }

    #[test]
    fn every_task_falls_into_one_group() {
        let before = run(
            vec![
                with_digest("vocab", &[], "v", "{}"),
                with_digest("train", &["vocab"], "a", "{x: 1}"),
                with_digest("evaluate", &["train"], "b", "{routes: [b]}"),
                with_digest("same", &[], "s", "{}"),
                with_digest("own", &[], "o", "{x: 1}"),
                task("judge", &[], "{stage: judge}", "{}"),
                task("all", &["evaluate", "same", "own", "judge"], "{}", "{}"),
            ],
            "all",
            Vec::new(),
        );
        let mut train = with_digest("train", &[], "a2", "{x: 2}");
        train.extensions.set_model(model());
        let dropped = DroppedTask {
            kind: "train".into(),
            stage: Some("judge".into()),
            why: "not again".into(),
            by: None,
        };
        let now = run(
            vec![
                with_digest("vocab", &[], "v", "{}"),
                train,
                with_digest("evaluate", &["train"], "b2", "{routes: [b2]}"),
                with_digest("same", &[], "s", "{}"),
                with_digest("own", &[], "o2", "{x: 1}"),
                task("extra", &[], "{}", "{}"),
                task("all", &["evaluate", "same", "own", "extra"], "{}", "{}"),
            ],
            "all",
            vec![dropped],
        );
        let json = serde_json::to_value(compare(&now, &before, None)).unwrap();
        assert_eq!(
            json,
            serde_json::json!({
                "against": null,
                "without": null,
                "gone": [
                    {"label": "judge", "why": "not again"},
                    {"label": "vocab", "why": "nothing that is asked for needs it any more"},
                ],
                "new": ["extra"],
                "rewritten": [{"label": "train", "by_model": true}, {"label": "own", "by_model": false}],
                "dependencies": [{"label": "all", "lost": ["judge"], "gained": ["extra"]}],
                "downstream": ["evaluate"],
                "unchanged": ["same"],
            })
        );
    }
}
