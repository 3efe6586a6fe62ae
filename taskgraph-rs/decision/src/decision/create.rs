//! The last step of a decision: creates missing tasks, and cancels tasks that do not belong to the graph.

use std::collections::BTreeSet;
use std::time::SystemTime;

use crate::decision::earlier_run::{EarlierRuns, TaskSplit};
use crate::decision::queue::Queue;
use crate::error::DecisionError;
use taskgraph::error::{Error, OrMachine as _, Result};
use taskgraph::task::id::TaskId;
use taskgraph_taskcluster::{CreatedTask, CreatedTasks, NewTask};

/// The task that creates others.
#[derive(Clone, Debug)]
pub struct Creator {
    /// Its id.
    pub task_id: TaskId,
    /// The number of this run, if a worker has set it.
    pub run_id: Option<u64>,
}

/// Tasks that were created, and tasks that existed before.
#[derive(Clone, Debug, Default)]
pub struct Creation {
    /// Tasks that this run created.
    pub created: CreatedTasks,
    /// Tasks of an earlier run that were used.
    pub adopted: Vec<CreatedTask>,
    /// Tasks of an earlier run that were cancelled.
    pub cancelled: Vec<CreatedTask>,
}

impl Creator {
    /// Returns the tasks that earlier runs created in a group.
    pub fn earlier(&self, queue: &dyn Queue, group: &TaskId, now: SystemTime) -> Result<EarlierRuns> {
        EarlierRuns::of(queue.members(group)?, &self.task_id, now)
    }

    /// Cancels what does not belong and creates what is missing, in this order. `used` are the tasks that stand for labels,
    /// created or not.
    pub fn create(
        &self,
        queue: &dyn Queue,
        group: &TaskId,
        earlier: &EarlierRuns,
        tasks: Vec<NewTask>,
        used: impl IntoIterator<Item = TaskId>,
    ) -> Result<Creation, DecisionError> {
        self.check_run(queue)?;
        let mut used: BTreeSet<TaskId> = used.into_iter().collect();
        used.extend(tasks.iter().map(|task| task.task_id.clone()));
        let TaskSplit { create, adopted, cancel } = earlier.split(tasks, &used);
        cancel_all(queue, &cancel)?;
        let mut creation = Creation {
            created: queue.create(create).map_err(DecisionError::Creation)?,
            adopted,
            cancelled: cancel,
        };
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
                let message =
                    format!("this is run {own} of task `{}`, and run {latest} has begun", self.task_id);
                Err(Error::machine(why).context(message))
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
    let names: Vec<String> = tasks.iter().map(|task| format!("{} ({})", task.label, task.task_id)).collect();
    queue.cancel(&ids).or_machine(|| {
        format!(
            "an earlier run of this task has created what does not belong to the graph, and would run beside it: {}",
            names.join(", ")
        )
    })
}

#[cfg(test)]
mod tests {
    use std::cell::{Cell, RefCell};

    use super::*;
    use taskgraph_compat::map;
    use taskgraph_taskcluster::{CreateFailure, GroupTask};

    /// A queue at which an earlier run goes on while this one creates: it has a task of its own in the end.
    struct BusyQueue {
        own: TaskId,
        is_created: Cell<bool>,
        latest: Cell<u64>,
        /// The latest run once tasks were created.
        later: u64,
        cancelled: RefCell<Vec<TaskId>>,
    }

    impl Queue for BusyQueue {
        fn members(&self, group: &TaskId) -> Result<Vec<GroupTask>> {
            let definition = map! {
                "taskGroupId" => group.text().clone(),
                "metadata" => map! { "name" => "a" },
                "extra" => map! { "parent" => self.own.text().clone() },
                "created" => "2026-01-01T00:00:00.000Z",
                "deadline" => "2099-01-01T00:00:00.000Z",
            };
            let late = GroupTask {
                task_id: late(),
                state: "unscheduled".into(),
                name: "a".into(),
                definition: definition.into(),
                took: None,
            };
            Ok(if self.is_created.get() { vec![late] } else { Vec::new() })
        }

        fn latest_run(&self, _: &TaskId) -> Result<Option<u64>> {
            Ok(Some(self.latest.get()))
        }

        fn cancel(&self, tasks: &[TaskId]) -> Result<()> {
            self.cancelled.borrow_mut().extend(tasks.iter().cloned());
            Ok(())
        }

        fn create(&self, _: Vec<NewTask>) -> Result<CreatedTasks, CreateFailure> {
            self.is_created.set(true);
            self.latest.set(self.later);
            Ok(CreatedTasks::default())
        }
    }

    fn late() -> TaskId {
        TaskId::parse("vLbaYNyfFziQ1WZW1EAhcg").unwrap()
    }

    /// Creates in a run, while the latest one becomes `later`.
    fn create(run: u64, later: u64) -> (Result<Creation, DecisionError>, Vec<TaskId>) {
        let own = TaskId::parse("fN1SbArXTPSVFUUvaOlinQ").unwrap();
        let queue = BusyQueue {
            own: own.clone(),
            is_created: Cell::new(false),
            latest: Cell::new(run),
            later,
            cancelled: RefCell::default(),
        };
        let creator = Creator { task_id: own.clone(), run_id: Some(run) };
        let earlier = creator.earlier(&queue, &own, SystemTime::now()).unwrap();
        let creation = creator.create(&queue, &own, &earlier, Vec::new(), []);
        (creation, queue.cancelled.into_inner())
    }

    #[test]
    fn what_an_earlier_run_creates_meanwhile_is_cancelled() {
        let (creation, cancelled) = create(1, 1);
        let ids: Vec<TaskId> = creation.unwrap().cancelled.into_iter().map(|task| task.task_id).collect();
        assert_eq!((cancelled, ids), (vec![late()], vec![late()]));
        // Nothing runs before the first run.
        assert_eq!(create(0, 0).1, []);
    }

    #[test]
    fn a_run_that_is_given_up_meanwhile_cancels_nothing() {
        let (creation, cancelled) = create(1, 2);
        let Err(DecisionError::Error(error)) = creation else { panic!("{creation:?}") };
        assert!(error.to_string().contains("this is run 1 of task"));
        assert_eq!(cancelled, []);
    }
}
