//! The graph as it is created.

use indexmap::IndexMap;

use crate::error::{Error, Result};
use crate::graph::by_task_id::{ReadyGraph, ReadyTask};
use crate::optimize::{OptimizedGraph, TaskOutcome};
use crate::task::Label;
use crate::task::id::TaskId;

/// The graph as it is created.
#[derive(Debug, Default)]
pub struct MorphedGraph {
    /// The tasks.
    pub graph: ReadyGraph,
    /// The ids of all tasks that have one, by label.
    pub label_to_taskid: IndexMap<Label, TaskId>,
    /// The outcome of each task of the target graph, by label. Added tasks have no entry.
    pub outcomes: IndexMap<Label, TaskOutcome>,
}

impl MorphedGraph {
    /// Adds a task. Its label must be new.
    pub(super) fn add(&mut self, ready: ReadyTask) -> Result<()> {
        let label = ready.task.label.clone();
        if self.label_to_taskid.contains_key(&label) {
            let message = format!("there is a task `{label}` already, and one of this name has to be added");
            return Err(Error::refused(message));
        }
        self.label_to_taskid.insert(label, ready.task_id.clone());
        self.graph.tasks.insert(ready.task_id.clone(), ready);
        Ok(())
    }
}

/// An optimized graph that nothing is added to.
pub fn unchanged(optimized: OptimizedGraph) -> MorphedGraph {
    let OptimizedGraph { graph, label_to_taskid, outcomes, .. } = optimized;
    MorphedGraph { graph, label_to_taskid, outcomes }
}
