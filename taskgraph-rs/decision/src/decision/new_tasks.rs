//! Converts the morphed graph into requests to create tasks.

use std::collections::BTreeMap;

use taskgraph::graph::by_task_id::{ReadyGraph, ReadyTask};
use taskgraph::task::Label;
use taskgraph::task::id::TaskId;
use taskgraph_compat::value::{Str, Value};
use taskgraph_taskcluster::NewTask;

/// Attribute with the number of copies of a task, if more than one.
const DUPLICATES: &str = "task_duplicates";

/// The tasks of a graph as those of a decision, each as often as it says. A copy gets an id of its own.
pub fn new_tasks(
    graph: &ReadyGraph,
    decision: &TaskId,
    scheduler: &str,
    new_id: &mut dyn FnMut(&Label) -> TaskId,
) -> Vec<NewTask> {
    let mut tasks = Vec::with_capacity(graph.tasks.len());
    for (task_id, ready) in &graph.tasks {
        let label = &ready.task.label;
        let task =
            |task_id: TaskId| NewTask { label: label.clone(), task_id, definition: ready.definition.clone() };
        tasks.push(task(task_id.clone()));
        tasks.extend((1..times(ready)).map(|_| task(new_id(label))));
    }
    NewTask::belong_to(&mut tasks, decision, scheduler);
    tasks
}

fn times(ready: &ReadyTask) -> i64 {
    ready.task.attributes.get(DUPLICATES).and_then(Value::as_int).unwrap_or(1)
}

/// Number of tasks to create, by kind and by worker pool.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// All of them, copies among them.
    pub tasks: usize,
    /// By kind.
    pub kinds: BTreeMap<Str, usize>,
    /// By worker pool.
    pub pools: BTreeMap<String, usize>,
}

impl Summary {
    /// Counts the tasks of a graph.
    pub fn of(graph: &ReadyGraph) -> Self {
        let mut summary = Summary::default();
        for ready in graph.tasks.values() {
            let times = usize::try_from(times(ready)).unwrap_or_default().max(1);
            let text = |key: &str| ready.definition.get(key).and_then(Value::as_str).unwrap_or_default();
            let pool = format!("{}/{}", text("provisionerId"), text("workerType"));
            summary.tasks += times;
            *summary.kinds.entry(ready.task.kind.clone()).or_default() += times;
            *summary.pools.entry(pool).or_default() += times;
        }
        summary
    }
}
