//! The kinds, from datasets to export, and what becomes of their tasks.

use std::collections::{BTreeMap, BTreeSet};

use indexmap::{IndexMap, IndexSet};

use crate::Reused;
use crate::drawing::boxes::{Drawing, Edge, Node, What, parts};
use crate::drawing::status::{Fate, Fates};
use crate::drawing::transitive_reduction::reduced;
use crate::model::TrainingExtensions as _;
use taskgraph::graph::TaskGraph;
use taskgraph::task::{Label, Task};

/// Draws the kinds that have a task which is asked for or gone. `graphs` are those that the fates speak of, the present
/// one first; `reused` is what earlier runs have made.
pub fn kinds(graphs: &[&TaskGraph], fates: &Fates<'_>, reused: &[Reused]) -> Drawing {
    let mut tasks: IndexMap<&Label, &Task> = IndexMap::new();
    for (label, task) in graphs.iter().flat_map(|graph| &graph.tasks) {
        let is_shown = fates.get(label).is_some_and(|fate| *fate != Fate::Idle);
        if is_shown && !tasks.contains_key(label) {
            tasks.insert(label, task);
        }
    }
    let sources = sources(&tasks, reused);
    let from_models = from_sources(&tasks, &sources);
    let mut boxes: IndexMap<&str, Vec<&Label>> = IndexMap::new();
    for (label, task) in &tasks {
        boxes.entry(&*task.kind).or_default().push(label);
    }
    let mut edges = BTreeSet::new();
    let mut marked = BTreeSet::new();
    for (label, task) in &tasks {
        let Some(to) = boxes.get_index_of(&*task.kind) else { continue };
        for needed in task.dependencies.values() {
            let from = tasks.get(needed).and_then(|needed| boxes.get_index_of(&*needed.kind));
            let Some(from) = from.filter(|from| *from != to) else { continue };
            edges.insert((from, to));
            if from_models.contains(needed) && from_models.contains(*label) {
                marked.insert((from, to));
            }
        }
    }
    let mut drawing = Drawing::default();
    for (kind, labels) in &boxes {
        drawing.nodes.push(Node {
            what: What::Kind,
            name: (*kind).into(),
            note: String::new(),
            parts: parts(labels.iter().filter_map(|label| fates.get(*label).copied())),
            from_model: labels.iter().any(|label| from_models.contains(*label)),
            estimate: Vec::new(),
        });
    }
    // A line that what comes from a model goes along is never left out for a longer way that it does not go.
    let mut kept = reduced(&edges);
    kept.extend(reduced(&marked));
    drawing.edges = kept
        .into_iter()
        .map(|(from, to)| Edge { from, to, from_model: marked.contains(&(from, to)) })
        .collect();
    add_sources(&mut drawing, &boxes, &sources);
    drawing
}

/// What earlier runs have made and these tasks take: a word for each, such as `1 model, continue`.
fn sources<'t>(
    tasks: &IndexMap<&'t Label, &'t Task>,
    reused: &'t [Reused],
) -> BTreeMap<&'t Label, (&'t str, &'t str)> {
    let mut sources = BTreeMap::new();
    for one in reused {
        for bringer in one.brought_by.iter().filter(|bringer| tasks.contains_key(&bringer.label)) {
            sources.insert(&bringer.label, (one.what, "reused"));
        }
    }
    for (label, task) in tasks {
        if let Some(model) = task.extensions.model() {
            sources.insert(*label, ("model", model.variant.words()));
        }
    }
    sources
}

/// One box for each kind that takes what earlier runs have made.
fn add_sources(
    drawing: &mut Drawing,
    boxes: &IndexMap<&str, Vec<&Label>>,
    sources: &BTreeMap<&Label, (&str, &str)>,
) {
    for (to, (kind, labels)) in boxes.iter().enumerate() {
        let taken: Vec<_> = labels.iter().filter_map(|label| sources.get(*label)).collect();
        let Some((what, how)) = taken.first() else { continue };
        let what = match (*what, taken.len()) {
            (what, 1) => format!("1 {what}"),
            ("corpus", more) => format!("{more} corpora"),
            ("vocabulary", more) => format!("{more} vocabularies"),
            (what, more) => format!("{more} {what}s"),
        };
        let from = drawing.nodes.len();
        drawing.nodes.push(Node {
            what: What::Model,
            name: (*kind).into(),
            note: format!("{what}, {how}"),
            parts: Vec::new(),
            from_model: true,
            estimate: Vec::new(),
        });
        drawing.edges.push(Edge { from, to, from_model: true });
    }
}

/// The tasks that take what earlier runs have made, and all that are made from them.
fn from_sources<'t>(
    tasks: &IndexMap<&'t Label, &'t Task>,
    sources: &BTreeMap<&'t Label, (&str, &str)>,
) -> IndexSet<&'t Label> {
    let mut dependents: IndexMap<&Label, Vec<&'t Label>> = IndexMap::new();
    for (label, task) in tasks {
        task.dependencies.values().for_each(|needed| dependents.entry(needed).or_default().push(label));
    }
    let mut found: IndexSet<&Label> = IndexSet::new();
    let mut open: Vec<&'t Label> = sources.keys().copied().collect();
    while let Some(label) = open.pop() {
        if found.insert(label) {
            open.extend(dependents.get(label).into_iter().flatten());
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::drawing::status::before_fates;
    use crate::testing::{plan, run, task};

    fn of_kind(kind: &str, name: &str, needs: &[&str]) -> Task {
        Task { kind: kind.into(), ..task(name, needs, "{}", "{}") }
    }

    #[test]
    fn kinds_are_joined_where_their_tasks_are() {
        let tasks = vec![
            of_kind("dataset", "d1", &[]),
            of_kind("dataset", "d2", &[]),
            of_kind("train", "t", &["d1", "d2"]),
            of_kind("all", "all", &["t", "d1"]),
            of_kind("tests", "x", &[]),
        ];
        let run = run(tasks, "all", Vec::new());
        let fates = before_fates(&run, &plan());
        let drawing = kinds(&[&run.full.graph], &fates, &[]);
        let names: Vec<_> = drawing.nodes.iter().map(|node| (node.name.as_str(), node.summary())).collect();
        assert_eq!(
            names,
            [("dataset", "2 tasks".into()), ("train", "1 task".into()), ("all", "1 task".to_owned())]
        );
        let edges: Vec<_> = drawing.edges.iter().map(|edge| (edge.from, edge.to)).collect();
        assert_eq!(edges, [(0, 1), (1, 2)]);
    }
}
