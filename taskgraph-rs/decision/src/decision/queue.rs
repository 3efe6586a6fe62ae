//! The queue, as far as a decision uses it.

use taskgraph::error::Result;
use taskgraph::task::id::TaskId;
use taskgraph_compat::value::Value;
use taskgraph_taskcluster::{CallError, CreateFailure, CreatedTasks, GroupTask, NewTask, Taskcluster};

/// Calls of the queue that a decision needs.
pub trait Queue {
    /// The tasks of a group; none if there is no such group.
    fn members(&self, group: &TaskId) -> Result<Vec<GroupTask>>;

    /// The number of the latest run of a task, if there is one.
    fn latest_run(&self, task: &TaskId) -> Result<Option<u64>>;

    /// Ends tasks. It is not a failure if one of them has ended by itself.
    fn cancel(&self, tasks: &[TaskId]) -> Result<()>;

    /// Creates tasks.
    fn create(&self, tasks: Vec<NewTask>) -> Result<CreatedTasks, CreateFailure>;
}

impl Queue for Taskcluster {
    fn members(&self, group: &TaskId) -> Result<Vec<GroupTask>> {
        Ok(CallError::found(self.group(group))?.unwrap_or_default())
    }

    fn latest_run(&self, task: &TaskId) -> Result<Option<u64>> {
        let status = self.status(task)?;
        let last = status.get("runs").and_then(Value::as_list).and_then(<[Value]>::last);
        let number = last.and_then(|run| run.get("runId")?.as_int());
        Ok(number.and_then(|number| u64::try_from(number).ok()))
    }

    fn cancel(&self, tasks: &[TaskId]) -> Result<()> {
        self.cancel_all(tasks)?;
        Ok(())
    }

    fn create(&self, tasks: Vec<NewTask>) -> Result<CreatedTasks, CreateFailure> {
        self.create(tasks)
    }
}
