//! Calls about many tasks, side by side.

use futures_util::stream::{self, StreamExt as _};
use serde::Deserialize;

use crate::client::Taskcluster;
use crate::error::{CallError, Failure};
use crate::index::Status;
use crate::request::ServiceRequest;
use crate::task_group::unusable;
use taskgraph::optimize::index::TaskState;
use taskgraph::task::id::TaskId;
use taskgraph_compat::json;
use taskgraph_compat::value::{Str, Value};

/// Number of concurrent calls, as in the reference.
const SIDE_BY_SIDE: usize = 50;

/// The name of each call, and its answer.
type Answers<T> = Vec<(String, Result<T, Failure>)>;

impl Taskcluster {
    /// The definitions of tasks, in the same order; `None` for a task that does not exist, or does no longer.
    pub fn definitions(&self, tasks: &[TaskId]) -> Result<Vec<Option<Value>>, CallError> {
        let answers: Answers<serde_json::Value> =
            self.of_each("task", tasks, "GET", |task| format!("task/{task}"))?;
        answers
            .into_iter()
            .map(|(call, answer)| match Failure::found(answer).map_err(|failure| failure.of(&call))? {
                None => Ok(None),
                Some(definition) => {
                    json::read(&definition.to_string()).map(Some).map_err(|error| unusable(&error, &call))
                }
            })
            .collect()
    }

    /// Cancels tasks, all of them even if one cannot be, and returns the result for each, in the same order.
    pub fn cancel_all(&self, tasks: &[TaskId]) -> Result<Vec<Cancellation>, CallError> {
        let answers: Answers<Answer> =
            self.of_each("cancelTask", tasks, "POST", |task| format!("task/{task}/cancel"))?;
        let outcomes = answers.into_iter().map(|(call, answer)| match answer {
            Ok(Answer { status }) => Ok(status.into_cancellation()),
            Err(Failure::Conflict(_)) => Ok(Cancellation::Passed),
            Err(failure) => Err(failure.of(&call)),
        });
        outcomes.collect()
    }

    /// One call for each task: what it is called, and its answer, in the order of the tasks.
    fn of_each<T: serde::de::DeserializeOwned>(
        &self,
        name: &str,
        tasks: &[TaskId],
        method: &'static str,
        path: impl Fn(&TaskId) -> String,
    ) -> Result<Answers<T>, CallError> {
        if tasks.is_empty() {
            return Ok(Vec::new());
        }
        let connection = self.connection()?;
        let (service, path) = (&connection.queue.client, &path);
        let answers = stream::iter(tasks).map(async |task| {
            let reported = format!("{name} {task}");
            let is_open = method == "GET";
            let request = ServiceRequest { service, method, path: path(task), body: None, is_open };
            let answer = connection.ask_service(&reported, &request).await;
            (reported, answer)
        });
        Ok(connection.runtime.block_on(answers.buffered(SIDE_BY_SIDE).collect()))
    }
}

/// Result of a request to cancel a task.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cancellation {
    /// It is cancelled.
    Cancelled,
    /// It had ended before, in this state: the queue leaves it as it is.
    Ended(Str),
    /// Its deadline has passed: the queue takes no cancellation for it, and it does not run any more.
    Passed,
}

#[derive(Deserialize)]
struct Answer {
    status: Status,
}

impl Status {
    fn into_cancellation(self) -> Cancellation {
        let TaskState { state, reason, .. } = self.into_state();
        match reason.as_deref() == Some("canceled") {
            true => Cancellation::Cancelled,
            false => Cancellation::Ended(state),
        }
    }
}
