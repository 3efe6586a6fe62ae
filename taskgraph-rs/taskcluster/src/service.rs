//! Queries of actions to Taskcluster. They change nothing: changes go into a plan.

use crate::{CallError, GroupTask, Taskcluster};
use taskgraph::error::Result;
use taskgraph::optimize::index::{LookupAnswers, LookupRequest};
use taskgraph::task::id::TaskId;
use taskgraph_compat::value::{Str, Value};

/// The questions of actions. `None` stands for what does not exist, or does no longer.
pub trait Service {
    /// The task at an index path.
    fn find_task(&self, index_path: &str) -> Result<Option<TaskId>>;

    /// The tasks below an index path, those first that expire first.
    fn list_tasks(&self, namespace: &str) -> Result<Vec<TaskId>>;

    /// The tasks at many index paths, and how these and other tasks are doing.
    fn find(&self, wanted: &LookupRequest) -> Result<LookupAnswers>;

    /// An artifact.
    fn artifact(&self, task: &TaskId, name: &str) -> Result<Option<Vec<u8>>>;

    /// The definition of a task.
    fn definition(&self, task: &TaskId) -> Result<Option<Value>>;

    /// The definitions of tasks, in the same order.
    fn definitions(&self, tasks: &[TaskId]) -> Result<Vec<Option<Value>>> {
        tasks.iter().map(|task| self.definition(task)).collect()
    }

    /// The state of a task.
    fn state(&self, task: &TaskId) -> Result<Option<Str>>;

    /// All tasks of a group.
    fn group(&self, group: &TaskId) -> Result<Option<Vec<GroupTask>>>;
}

impl Service for Taskcluster {
    fn find_task(&self, index_path: &str) -> Result<Option<TaskId>> {
        Ok(self.find_task(index_path)?)
    }

    fn list_tasks(&self, namespace: &str) -> Result<Vec<TaskId>> {
        Ok(self.list_tasks(namespace)?)
    }

    fn find(&self, wanted: &LookupRequest) -> Result<LookupAnswers> {
        Ok(self.find(wanted)?)
    }

    fn artifact(&self, task: &TaskId, name: &str) -> Result<Option<Vec<u8>>> {
        Ok(self.artifact(task, name)?)
    }

    fn definition(&self, task: &TaskId) -> Result<Option<Value>> {
        Ok(CallError::found(self.definition(task))?)
    }

    fn definitions(&self, tasks: &[TaskId]) -> Result<Vec<Option<Value>>> {
        Ok(self.definitions(tasks)?)
    }

    fn state(&self, task: &TaskId) -> Result<Option<Str>> {
        let status = CallError::found(self.status(task))?;
        Ok(status.and_then(|status| status.get("state")?.as_str().map(Str::from)))
    }

    fn group(&self, group: &TaskId) -> Result<Option<Vec<GroupTask>>> {
        Ok(CallError::found(self.group(group))?)
    }
}
