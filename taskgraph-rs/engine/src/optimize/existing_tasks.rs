//! Problems with existing tasks: those that stand in and cannot be waited for, and those that are not taken.
//!
//! The graph is that of the reference all the same: whoever creates it refuses what is said here.

use indexmap::IndexMap;

use crate::error::Result;
use crate::optimize::indexed::Nodes;
use crate::optimize::outcome::{NotReplaced, RejectionReason, ReplacedBy, Replacement, TaskOutcome};
use crate::optimize::replace::deadline;
use crate::optimize::request::Request;
use crate::optimize::usable::{CREATION, objection};
use crate::task::Label;
use crate::task::id::TaskId;

/// The existing tasks that need a message.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Existing {
    /// Those that stand in for a task, and that nothing can wait for.
    pub unusable: Vec<Unusable>,
    /// Those that do not stand in for their task.
    pub not_taken: Vec<NotTaken>,
}

/// An existing task that nothing can wait for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unusable {
    /// The task that it stands in for.
    pub label: Label,
    /// The existing task.
    pub task_id: TaskId,
    /// The reason.
    pub why: RejectionReason,
    /// A task that would wait for it, if one does.
    pub dependent: Option<Label>,
}

/// An existing task that is not taken, because its task has to run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotTaken {
    /// The task that runs instead.
    pub label: Label,
    /// The existing task.
    pub task_id: TaskId,
    /// The task that runs and prevents the use of existing tasks that depend on it; `None` if the task itself must not
    /// be optimized.
    pub because_of: Option<Label>,
}

/// Looks at the existing tasks of a graph that was optimized elsewhere.
pub fn examine_existing(request: &Request<'_>, outcomes: &IndexMap<Label, TaskOutcome>) -> Result<Existing> {
    let nodes = Nodes::new(request.graph);
    let outcomes: Vec<TaskOutcome> = nodes.tasks.iter().map(|task| outcomes[&task.label].clone()).collect();
    examine(request, &nodes, &outcomes)
}

/// Looks at the existing tasks of a graph, once the fate of every task is known.
pub(super) fn examine(
    request: &Request<'_>,
    nodes: &Nodes<'_>,
    outcomes: &[TaskOutcome],
) -> Result<Existing> {
    let mut existing = Existing::default();
    let soon = request.now + CREATION;
    for (node, outcome) in outcomes.iter().enumerate() {
        let label = nodes.label(node);
        match outcome {
            TaskOutcome::Replaced(task_id, Replacement { by: ReplacedBy::ExistingTasks, removed: None }) => {
                let runs = |dependent: &usize| matches!(outcomes[*dependent], TaskOutcome::Kept(_));
                let waiting: Vec<usize> = nodes.needed_by[node].iter().copied().filter(runs).collect();
                let state = request.found.states.get(task_id);
                let why = match state.is_some() || request.found.unknown.contains(task_id) {
                    true => {
                        let last = deadline(nodes, waiting.iter().copied(), soon)?;
                        objection(state, last.as_ref(), soon)
                    }
                    // Nobody has looked.
                    false => None,
                };
                if let Some(why) = why {
                    let dependent = waiting.first().map(|dependent| nodes.label(*dependent).clone());
                    let (label, task_id) = (label.clone(), task_id.clone());
                    existing.unusable.push(Unusable { label, task_id, why, dependent });
                }
            }
            TaskOutcome::Kept(kept) => {
                let Some(task_id) = request.existing_tasks.get(label) else { continue };
                let because_of = match &kept.not_replaced {
                    NotReplaced::Dependency(_) => {
                        Some(nodes.label(root(request, nodes, outcomes, node)).clone())
                    }
                    _ => None,
                };
                let (label, task_id) = (label.clone(), task_id.clone());
                existing.not_taken.push(NotTaken { label, task_id, because_of });
            }
            _ => {}
        }
    }
    Ok(existing)
}

/// Returns the first task on the way down that runs and has no existing task of its own: because of it, the existing
/// tasks above are not taken.
fn root(request: &Request<'_>, nodes: &Nodes<'_>, outcomes: &[TaskOutcome], mut node: usize) -> usize {
    // Every step goes down in the graph, and so comes to an end.
    while request.existing_tasks.contains_key(nodes.label(node)) {
        let runs = |need: &&usize| matches!(outcomes[**need], TaskOutcome::Kept(_));
        let Some(next) = nodes.needs[node].iter().find(runs) else { break };
        node = *next;
    }
    node
}
