//! A graph as it is created: keyed by taskId, with all references to other tasks resolved.

use std::io::Write;
use std::sync::Arc;

use indexmap::IndexMap;

use crate::error::Result;
use crate::graph::json::{TaskJson, parallel};
use crate::task::Task;
use crate::task::id::TaskId;
use taskgraph_compat::value::{Map, Str};

/// A task that can be created, but for its points in time, which count from its creation.
#[derive(Clone, Debug)]
pub struct ReadyTask {
    /// The task as the transforms made it.
    pub task: Arc<Task>,
    /// The id it gets.
    pub task_id: TaskId,
    /// The definition, its references resolved. Its `dependencies` are all of the task's, soft ones among them.
    pub definition: Map,
    /// The tasks it depends on, by the name of the dependency: those of the graph, and those that stand in for tasks
    /// that need not run again. Soft dependencies are only here if they are to be written.
    pub dependencies: IndexMap<Str, TaskId>,
}

/// Tasks by their id, in the order of their making.
#[derive(Clone, Debug, Default)]
pub struct ReadyGraph {
    /// The tasks.
    pub tasks: IndexMap<TaskId, ReadyTask>,
    /// Whether what is written of a task names all its dependencies, those on tasks that ran before among them. Python: from
    /// 23 on.
    pub writes_all_dependencies: bool,
}

impl ReadyGraph {
    /// Writes `task-graph.json`: taskId to task, indented, sorted at every level.
    pub fn write_json(&self, out: &mut dyn Write) -> Result<()> {
        let tasks = self.tasks.values().map(|ready| &ready.task);
        parallel::write(tasks, &self.ids(), |id| self.json(id), out)
    }

    /// The tasks that `keep` wants.
    pub fn excerpt(&self, keep: impl Fn(&ReadyTask) -> bool) -> Self {
        let tasks = self.tasks.iter().filter(|(_, task)| keep(task));
        let tasks = tasks.map(|(id, task)| (id.clone(), task.clone())).collect();
        ReadyGraph { tasks, ..*self }
    }

    fn ids(&self) -> Vec<&TaskId> {
        let mut ids: Vec<&TaskId> = self.tasks.keys().collect();
        ids.sort_unstable();
        ids
    }

    fn json<'g>(&'g self, id: &'g TaskId) -> TaskJson<'g> {
        let ready = &self.tasks[id];
        let all = self.writes_all_dependencies;
        let inside = ready.dependencies.iter().filter(|(_, to)| all || self.tasks.contains_key(*to));
        TaskJson {
            key: id.as_str(),
            task: &ready.task,
            definition: &ready.definition,
            edges: inside.map(|(name, to)| (&**name, to.as_str())).collect(),
            task_id: Some(id.as_str()),
        }
    }
}
