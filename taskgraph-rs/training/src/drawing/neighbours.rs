//! One task, what it needs and what needs it.

use indexmap::IndexMap;

use crate::drawing::boxes::{Drawing, Edge, Node, What, parts};
use crate::drawing::status::Fates;
use crate::model::TrainingExtensions as _;
use taskgraph::graph::paths::Ways;
use taskgraph::task::{Label, Task};

/// More tasks of a kind than this are drawn as one box.
const SINGLE: usize = 4;

/// Draws a task with its neighbours. Many of one kind are one box.
pub fn neighbours(
    task: &Task,
    ways: &Ways<'_>,
    fates: &Fates<'_>,
    kind_of: impl Fn(&Label) -> String,
) -> Drawing {
    let mut drawing = Drawing::default();
    drawing.nodes.push(node(
        What::Task,
        task.label.to_string(),
        task.kind.to_string(),
        &[&task.label],
        fates,
    ));
    drawing.nodes[0].from_model = task.extensions.model().is_some();
    let needs: Vec<&Label> = task.dependencies.values().collect();
    for (labels, is_needed) in [(needs, true), (ways.dependents(&task.label).to_vec(), false)] {
        let mut by_kind: IndexMap<String, Vec<&Label>> = IndexMap::new();
        for label in labels {
            by_kind.entry(kind_of(label)).or_default().push(label);
        }
        for (kind, labels) in by_kind {
            let boxes: Vec<Node> = match labels.len() > SINGLE {
                true => {
                    let note = format!("{} tasks", labels.len());
                    vec![node(What::Tasks, kind, note, &labels, fates)]
                }
                false => labels
                    .iter()
                    .map(|label| node(What::Task, label.to_string(), kind.clone(), &[label], fates))
                    .collect(),
            };
            for one in boxes {
                let index = drawing.nodes.len();
                drawing.nodes.push(one);
                let (from, to) = if is_needed { (index, 0) } else { (0, index) };
                drawing.edges.push(Edge { from, to, from_model: false });
            }
        }
    }
    drawing
}

fn node(what: What, name: String, note: String, labels: &[&Label], fates: &Fates<'_>) -> Node {
    let parts = parts(labels.iter().filter_map(|label| fates.get(*label).copied()));
    Node { what, name, note, parts, from_model: false, estimate: Vec::new() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::drawing::status::before_fates;
    use crate::testing::{plan, run, task};

    #[test]
    fn many_neighbours_of_a_kind_are_one_box() {
        let names: Vec<String> = (1..=6).map(|number| format!("chunk-{number}")).collect();
        let mut tasks = vec![task("in", &[], "{}", "{}"), task("mid", &["in"], "{}", "{}")];
        tasks.extend(names.iter().map(|name| task(name, &["mid"], "{}", "{}")));
        let run = run(tasks, "mid", Vec::new());
        let ways = Ways::new(&run.full.graph);
        let drawing =
            neighbours(&run.full.graph.tasks["mid"], &ways, &before_fates(&run, &plan()), |_| "train".into());
        let told: Vec<_> =
            drawing.nodes.iter().map(|node| format!("{} ({})", node.name, node.note)).collect();
        assert_eq!(told, ["mid (train)", "in (train)", "train (6 tasks)"]);
        let edges: Vec<_> = drawing.edges.iter().map(|edge| (edge.from, edge.to)).collect();
        assert_eq!(edges, [(1, 0), (0, 2)]);
    }
}
