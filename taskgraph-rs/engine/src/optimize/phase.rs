//! The optimize phase as a whole.

use crate::diagnostics::{Problem, Problems};
use crate::error::Result;
use crate::graph::by_task_id::ReadyGraph;
use crate::optimize::existing_tasks::examine;
use crate::optimize::indexed::Nodes;
use crate::optimize::optimized::OptimizedGraph;
use crate::optimize::parameters::can_run;
use crate::optimize::remove::remove;
use crate::optimize::replace::replace;
use crate::optimize::request::Request;
use crate::optimize::strategies::ChosenStrategy;
use crate::optimize::subgraph::subgraph;
use crate::task::Label;
use crate::task::id::TaskId;

/// Optimizes a target graph. `new_id` is asked for the id of each task that runs, in the order of the labels.
pub fn optimize(request: &Request<'_>, new_id: &mut dyn FnMut(&Label) -> TaskId) -> Result<OptimizedGraph> {
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
    Ok(OptimizedGraph { graph, label_to_taskid, outcomes, existing, session: None })
}

/// The strategy of every task, or all tasks that have none that the program knows.
fn choose<'a>(request: &Request<'a>, nodes: &Nodes<'a>) -> Result<Vec<ChosenStrategy<'a>>> {
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
