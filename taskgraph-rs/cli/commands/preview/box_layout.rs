//! Layout of boxes, which all drawings share.

use crate::commands::preview::text::estimate;
use crate::report::count;
use taskgraph_training::drawing::{Drawing, Node, NodeKind, Size, TaskStatus};
use taskgraph_training::{MachineRow, Plan};

/// Largest number of characters of a name in one line of a box.
const LINE: usize = 24;

/// From one line of a box to the next.
pub(super) const LEADING: f64 = 15.0;

/// Size of boxes with names of one line.
const USUAL: Size = Size { width: 190.0, height: 50.0, space: 14.0, gap: 26.0 };

/// Returns the size of the boxes of a drawing: a name of two lines makes all of them higher.
pub(super) fn size(drawing: &Drawing) -> Size {
    let is_long = |node: &Node| halves(&name(node)).1.is_some();
    let more = if drawing.nodes.iter().any(is_long) { LEADING } else { 0.0 };
    Size { height: USUAL.height + more + estimates(drawing) as f64 * LEADING, ..USUAL }
}

/// Returns the largest number of estimate lines of a box.
pub(super) fn estimates(drawing: &Drawing) -> usize {
    drawing.nodes.iter().map(|node| node.estimate.len()).max().unwrap_or_default()
}

/// Adds to the kinds of a drawing how long their tasks will take, and what that will cost, if earlier tasks were asked.
pub(super) fn add_estimates(drawing: &mut Drawing, plan: &Plan) {
    let Some(all) = &plan.work.estimate else { return };
    for node in drawing.nodes.iter_mut().filter(|node| node.what == NodeKind::Kind) {
        let rows: Vec<&MachineRow> = plan.work.rows.iter().filter(|row| *row.kind == *node.name).collect();
        // Nothing of the kind is to run.
        if rows.is_empty() {
            continue;
        }
        node.estimate.push(estimate::sum(&rows));
        let cost = rows.iter().any(|row| row.estimate.as_ref().is_some_and(|it| it.cost.is_some()));
        if let Some(money) = all.money.as_ref().filter(|_| cost) {
            node.estimate.push(format!("{} {}", estimate::cost(&rows), money.currency));
        }
    }
}

/// A name in one line, or in two that are parted at the mark nearest to the middle.
pub(super) fn halves(name: &str) -> (&str, Option<&str>) {
    if name.chars().count() <= LINE {
        return (name, None);
    }
    let middle = name.len() / 2;
    let marks = name.char_indices().filter(|(_, one)| matches!(one, '-' | '_' | ' ' | '/'));
    let part = marks.map(|(at, _)| at + 1).min_by_key(|at| at.abs_diff(middle));
    match part.filter(|at| *at < name.len()) {
        Some(at) => (&name[..at], Some(&name[at..])),
        None => (name, None),
    }
}

/// Returns the lines of a box under its name.
pub(super) fn notes(node: &Node) -> Vec<String> {
    std::iter::once(note(node)).chain(node.estimate.iter().cloned()).collect()
}

fn note(node: &Node) -> String {
    match node.what {
        NodeKind::Model => node.note.clone(),
        NodeKind::Kind => with(count(node.tasks(), "task"), ": ", &node.summary()),
        NodeKind::Tasks => with(node.note.clone(), ": ", &node.summary()),
        NodeKind::Task => {
            with(node.note.clone(), ", ", node.status().map(TaskStatus::words).unwrap_or_default())
        }
    }
}

/// A text with what becomes of the tasks, unless nothing is known of that.
fn with(text: String, mark: &str, words: &str) -> String {
    if words.is_empty() || words == text { text } else { text + mark + words }
}

/// Returns the name in a box.
pub(super) fn name(node: &Node) -> String {
    match node.what {
        NodeKind::Model => format!("⇩ for {}", node.name),
        _ => node.name.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::halves;

    #[test]
    fn a_long_name_is_parted_at_a_mark() {
        assert_eq!(halves("train-teacher"), ("train-teacher", None));
        let long = "backtranslations-train-backwards-model";
        assert_eq!(halves(long), ("backtranslations-", Some("train-backwards-model")));
        let whole = "x".repeat(40);
        assert_eq!(halves(&whole), (whole.as_str(), None));
    }
}
