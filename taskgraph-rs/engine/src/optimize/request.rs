//! Input of the optimize phase, and the look-ups that it needs before.

use std::time::SystemTime;

use indexmap::{IndexMap, IndexSet};

use crate::graph::TaskGraph;
use crate::optimize::index::{LookupAnswers, LookupRequest};
use crate::optimize::strategies::{ChosenStrategy, Strategies};
use crate::parameters::Params;
use crate::settings::Settings;
use crate::task::Label;
use crate::task::id::TaskId;

/// Input of the optimize phase.
pub struct Request<'a> {
    /// The target graph.
    pub graph: &'a TaskGraph,
    /// The tasks that are asked for. All others are there because these need them.
    pub requested: &'a IndexSet<Label>,
    /// Tasks that are neither removed nor replaced.
    pub do_not_optimize: &'a IndexSet<Label>,
    /// Tasks that stand in for those of the graph, by label.
    pub existing_tasks: &'a IndexMap<Label, TaskId>,
    /// The parameters.
    pub params: &'a Params,
    /// The strategies by name.
    pub strategies: &'a Strategies,
    /// The settings of the call: the addresses of artifacts depend on them.
    pub settings: &'a Settings,
    /// The task that decides.
    pub decision_task_id: &'a str,
    /// The answers to all that [`lookup_request`] names.
    pub found: &'a LookupAnswers,
    /// The point in time from which deadlines count.
    pub now: SystemTime,
}

/// Returns the look-ups that a graph needs before it is optimized, without duplicates: index paths in the order of the
/// graph, and the existing tasks of its labels.
pub fn lookup_request(
    graph: &TaskGraph,
    do_not_optimize: &IndexSet<Label>,
    existing_tasks: &IndexMap<Label, TaskId>,
    strategies: &Strategies,
) -> LookupRequest {
    let mut paths = IndexSet::new();
    for task in graph.tasks.values().filter(|task| !do_not_optimize.contains(&task.label)) {
        if let Some(ChosenStrategy { strategy, argument, .. }) = strategies.choose(task) {
            paths.extend(strategy.index_paths(argument));
        }
    }
    let existing = existing_tasks.iter().filter(|(label, _)| graph.tasks.contains_key(label.as_str()));
    let tasks: IndexSet<&TaskId> = existing.map(|(_, task)| task).collect();
    LookupRequest { index_paths: paths.into_iter().collect(), tasks: tasks.into_iter().cloned().collect() }
}
