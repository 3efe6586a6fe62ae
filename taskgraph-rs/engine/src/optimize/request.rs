//! The optimize phase as a whole.

use std::sync::Arc;
use std::time::SystemTime;

use indexmap::{IndexMap, IndexSet};

use crate::diagnostics::{Problem, Problems};
use crate::error::Result;
use crate::graph::TaskGraph;
use crate::graph::by_task_id::ReadyGraph;
use crate::optimize::existing_tasks::{Existing, examine};
use crate::optimize::index::{Found, Wanted};
use crate::optimize::indexed::Nodes;
use crate::optimize::outcome::TaskOutcome;
use crate::optimize::parameters::can_run;
use crate::optimize::remove::remove;
use crate::optimize::replace::replace;
use crate::optimize::strategies::{Chosen, Strategies};
use crate::optimize::subgraph::subgraph;
use crate::parameters::Params;
use crate::python_worker::Session;
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
    /// The answers to all that is [`wanted`].
    pub found: &'a Found,
    /// The point in time from which deadlines count.
    pub now: SystemTime,
}

/// The optimized graph.
#[derive(Debug, Default)]
pub struct Optimized {
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

/// Returns the look-ups that a graph needs before it is optimized, without duplicates: index paths in the order of the
/// graph, and the existing tasks of its labels.
pub fn wanted(
    graph: &TaskGraph,
    do_not_optimize: &IndexSet<Label>,
    existing_tasks: &IndexMap<Label, TaskId>,
    strategies: &Strategies,
) -> Wanted {
    let mut paths = IndexSet::new();
    for task in graph.tasks.values().filter(|task| !do_not_optimize.contains(&task.label)) {
        if let Some(Chosen { strategy, argument, .. }) = strategies.choose(task) {
            paths.extend(strategy.index_paths(argument));
        }
    }
    let existing = existing_tasks.iter().filter(|(label, _)| graph.tasks.contains_key(label.as_str()));
    let tasks: IndexSet<&TaskId> = existing.map(|(_, task)| task).collect();
    Wanted { index_paths: paths.into_iter().collect(), tasks: tasks.into_iter().cloned().collect() }
}

/// Optimizes a target graph. `new_id` is asked for the id of each task that runs, in the order of the labels.
pub fn optimize(request: &Request<'_>, new_id: &mut dyn FnMut(&Label) -> TaskId) -> Result<Optimized> {
    let nodes = Nodes::new(request.graph);
    let chosen = choose(request, &nodes)?;
    let is_pinned = nodes.marks(|label| request.do_not_optimize.contains(label));
    let stays = remove(request, &nodes, &chosen, &is_pinned)?;
    let outcomes = replace(request, &nodes, &chosen, &is_pinned, stays)?;
    let existing = examine(request, &nodes, &outcomes)?;
    let (graph, label_to_taskid) = subgraph(request, &nodes, &outcomes, new_id)?;
    if request.settings.verify {
        Problems(still_there(&graph)).check()?;
    }
    let labels = nodes.tasks.iter().map(|task| task.label.clone());
    let outcomes = labels.zip(outcomes).collect();
    Ok(Optimized { graph, label_to_taskid, outcomes, existing, session: None })
}

/// The strategy of every task, or all tasks that have none that the program knows.
fn choose<'a>(request: &Request<'a>, nodes: &Nodes<'a>) -> Result<Vec<Chosen<'a>>> {
    let mut chosen = Vec::with_capacity(nodes.len());
    let mut problems = Vec::new();
    for task in &nodes.tasks {
        if let Err(error) = request.strategies.check(&task.optimization) {
            problems.extend(task.origin.locate(error).into_problems()?);
        }
        chosen.extend(request.strategies.choose(task));
    }
    Problems(problems).distinct().check()?;
    Ok(chosen)
}

/// Tasks that no worker can run and that are still there. Python: `verify_always_optimized`.
fn still_there(graph: &ReadyGraph) -> Vec<Problem> {
    let tasks = graph.tasks.values().map(|ready| &ready.task).filter(|task| !can_run(task));
    let reported = tasks.map(|task| {
        let message = format!("`{}` has to be optimized away, but is still there", task.label);
        let path = "worker-type".into();
        let place = task.origin.place(&path);
        Problem::error("always-optimized", message).at(path, "no worker can run it").in_place(place)
    });
    reported.collect()
}
