//! The optimized graph.

use std::sync::Arc;

use indexmap::IndexMap;

use crate::graph::by_task_id::ReadyGraph;
use crate::optimize::existing_tasks::Existing;
use crate::optimize::outcome::TaskOutcome;
use crate::python_worker::Session;
use crate::task::Label;
use crate::task::id::TaskId;

/// The optimized graph.
#[derive(Debug, Default)]
pub struct OptimizedGraph {
    /// The tasks that run.
    pub graph: ReadyGraph,
    /// The ids of all tasks that have one: those that run and those that others stand in for.
    pub label_to_taskid: IndexMap<Label, TaskId>,
    /// The outcome for each task of the target graph, by label.
    pub outcomes: IndexMap<Label, TaskOutcome>,
    /// The Python session of this graph.
    pub session: Option<Arc<Session>>,
    /// The existing tasks that need a message.
    pub existing: Existing,
}
