//! Calls about many tasks, side by side.

use anyhow::{Context as _, Result};
use futures_util::stream::{self, StreamExt as _};
use serde::Deserialize;

use super::ask::Asked;
use super::failure::Failure;
use super::taskcluster::Taskcluster;
use crate::json;
use crate::task_id::TaskId;
use crate::value::Value;

/// How many calls are under way at once, as in the reference.
const SIDE_BY_SIDE: usize = 50;

impl Taskcluster {
    /// The definitions of tasks, in the same order; `None` for a task that does not exist, or does no longer.
    pub fn definitions(&self, tasks: &[TaskId]) -> Result<Vec<Option<Value>>> {
        let answers: Vec<(String, Result<serde_json::Value, Failure>)> =
            self.of_each("task", tasks, "GET", |task| format!("task/{task}"))?;
        answers
            .into_iter()
            .map(|(call, answer)| match Failure::found(answer).map_err(|failure| failure.of(&call))? {
                None => Ok(None),
                Some(definition) => {
                    json::read(&definition.to_string()).map(Some).context("what serde_json wrote is JSON")
                }
            })
            .collect()
    }

    /// Cancels tasks, all of them even if one cannot be. Gives those back whose deadline has passed: the queue takes
    /// no cancellation for them, and they do not run any more.
    pub fn cancel_all(&self, tasks: &[TaskId]) -> Result<Vec<TaskId>> {
        let answers: Vec<(String, Result<Answer, Failure>)> =
            self.of_each("cancelTask", tasks, "POST", |task| format!("task/{task}/cancel"))?;
        let mut passed = Vec::new();
        for (task, (call, answer)) in tasks.iter().zip(answers) {
            match answer {
                Ok(_) => {}
                Err(Failure::Conflict(_)) => passed.push(task.clone()),
                Err(failure) => return Err(failure.of(&call)),
            }
        }
        Ok(passed)
    }

    /// One call for each task: what it is called, and its answer, in the order of the tasks.
    fn of_each<T: serde::de::DeserializeOwned>(
        &self,
        name: &str,
        tasks: &[TaskId],
        method: &'static str,
        path: impl Fn(&TaskId) -> String,
    ) -> Result<Vec<(String, Result<T, Failure>)>> {
        if tasks.is_empty() {
            return Ok(Vec::new());
        }
        let connection = self.connection()?;
        let (service, path) = (&connection.queue.client, &path);
        let answers = stream::iter(tasks).map(async |task| {
            let told = format!("{name} {task}");
            let answer =
                connection.ask_service(&told, &Asked { service, method, path: path(task), body: None }).await;
            (told, answer)
        });
        Ok(connection.runtime.block_on(answers.buffered(SIDE_BY_SIDE).collect()))
    }
}

/// An answer that says no more than that all is well.
#[derive(Deserialize)]
struct Answer {}
