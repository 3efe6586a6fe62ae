//! The last step of a decision: from the tasks that there have to be to those that there are.

use std::collections::BTreeSet;
use std::time::SystemTime;

use anyhow::{Context as _, Result};

use super::earlier::{Earlier, Split};
use super::queue::Queue;
use crate::error::Machine;
use crate::submit::{Created, CreatedTask, NewTask};
use crate::task_id::TaskId;

/// The task that creates others.
#[derive(Clone, Debug)]
pub struct Creator {
    /// Its id.
    pub task_id: TaskId,
    /// The number of this run, if a worker has told it.
    pub run_id: Option<u64>,
}

/// What was created, and what was there.
#[derive(Clone, Debug, Default)]
pub struct Creation {
    /// What was created.
    pub created: Created,
    /// What an earlier run has left and was used.
    pub adopted: Vec<CreatedTask>,
    /// What an earlier run has left and was cancelled.
    pub cancelled: Vec<CreatedTask>,
}

impl Creator {
    /// What earlier runs have left in a group.
    pub fn earlier(&self, queue: &dyn Queue, group: &TaskId, now: SystemTime) -> Result<Earlier> {
        Earlier::of(queue.members(group)?, &self.task_id, now)
    }

    /// Cancels what does not belong and creates what is missing, in this order. `used` are the tasks that stand for labels,
    /// created or not.
    pub fn create(
        &self,
        queue: &dyn Queue,
        group: &TaskId,
        earlier: &Earlier,
        tasks: Vec<NewTask>,
        used: impl IntoIterator<Item = TaskId>,
    ) -> Result<Creation> {
        self.check_run(queue)?;
        let mut used: BTreeSet<TaskId> = used.into_iter().collect();
        used.extend(tasks.iter().map(|task| task.task_id.clone()));
        let Split { create, adopted, cancel } = earlier.split(tasks, &used);
        cancel_all(queue, &cancel)?;
        let mut creation = Creation { created: queue.create(create)?, adopted, cancelled: cancel };
        if !earlier.is_empty() || self.run_id.is_some_and(|run| run > 0) {
            // An earlier run whose worker was given up may have gone on for a while. Nothing of that runs before this
            // task has ended.
            let late = self.earlier(queue, group, SystemTime::now())?.split(Vec::new(), &used).cancel;
            self.check_run(queue)?;
            cancel_all(queue, &late)?;
            creation.cancelled.extend(late);
        }
        Ok(creation)
    }

    /// Refuses to go on in a run that the queue has given up: there is another one by now.
    fn check_run(&self, queue: &dyn Queue) -> Result<()> {
        let Some(own) = self.run_id else { return Ok(()) };
        match queue.latest_run(&self.task_id)? {
            Some(latest) if latest > own => {
                let why = "the queue takes this worker for lost, and the new run goes on";
                let told =
                    format!("this is run {own} of task `{}`, and run {latest} has begun", self.task_id);
                Err(anyhow::Error::msg(why).context(Machine(told)))
            }
            _ => Ok(()),
        }
    }
}

fn cancel_all(queue: &dyn Queue, tasks: &[CreatedTask]) -> Result<()> {
    if tasks.is_empty() {
        return Ok(());
    }
    let ids: Vec<TaskId> = tasks.iter().map(|task| task.task_id.clone()).collect();
    let told: Vec<String> = tasks.iter().map(|task| format!("{} ({})", task.label, task.task_id)).collect();
    queue.cancel(&ids).with_context(|| {
        Machine(format!(
            "an earlier run of this task has created what does not belong to the graph, and would run beside it: {}",
            told.join(", ")
        ))
    })
}
