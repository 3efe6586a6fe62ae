//! Looks index paths and tasks up: in batches, side by side.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};

use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};
use serde::Deserialize;
use serde_json::json;

use crate::client::Taskcluster;
use crate::connection::Connection;
use crate::error::{CallError, Failure};
use crate::progress::Event;
use crate::request::ServiceRequest;
use taskgraph::optimize::index::{LookupAnswers, LookupRequest, TaskState, Took};
use taskgraph::task::id::TaskId;
use taskgraph_compat::time::parse_json_date;
use taskgraph_compat::value::Str;

/// Number of index paths or tasks in one call. Less than a page of the services, which has 1,000.
const BATCH: usize = 100;

/// The state of tasks and runs that ended well.
const COMPLETED: &str = "completed";

/// Number of batches that are requested concurrently.
const SIDE_BY_SIDE: usize = 8;

#[derive(Deserialize)]
pub(super) struct IndexedTask {
    namespace: Str,
    #[serde(rename = "taskId")]
    pub(super) task_id: Str,
    pub(super) expires: Str,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct IndexedTasks {
    pub(super) tasks: Vec<IndexedTask>,
    pub(super) continuation_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Status {
    pub(super) state: Str,
    pub(super) expires: Str,
    provisioner_id: Option<Str>,
    worker_type: Option<Str>,
    #[serde(default)]
    runs: Vec<Run>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Run {
    state: Option<Str>,
    started: Option<Str>,
    resolved: Option<Str>,
    reason_resolved: Option<Str>,
}

impl Status {
    /// State of the task.
    pub(super) fn into_state(mut self) -> TaskState {
        let took = self.took();
        let reason = self.runs.pop().and_then(|run| run.reason_resolved);
        TaskState { state: self.state, expires: self.expires, reason, took }
    }

    /// Duration of the task, if it completed. Runs before an earlier completion do not count.
    pub(super) fn took(&self) -> Option<Took> {
        let (provisioner, worker_type) = (self.provisioner_id.as_ref()?, self.worker_type.as_ref()?);
        let is_completed = |run: &&Run| run.state.as_deref() == Some(COMPLETED);
        let last = self.runs.last().filter(is_completed).filter(|_| self.state == COMPLETED)?;
        let before = self.runs.iter().rev().skip(1).take_while(|run| !is_completed(run));
        let micros = before.filter_map(Run::micros).fold(last.micros()?, i64::saturating_add);
        let seconds = u64::try_from(micros / 1_000_000).ok()?;
        Some(Took { pool: format!("{provisioner}/{worker_type}").into(), seconds })
    }
}

impl Run {
    /// Time for which it occupied a machine; `None` if no run started.
    fn micros(&self) -> Option<i64> {
        let time = |text: &Option<Str>| parse_json_date(text.as_deref()?);
        let micros = time(&self.resolved)?.saturating_sub(time(&self.started)?);
        (micros >= 0).then_some(micros)
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct StatusOfTask {
    task_id: Str,
    status: Status,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Statuses {
    statuses: Vec<StatusOfTask>,
    continuation_token: Option<String>,
}

impl Taskcluster {
    /// The tasks at index paths, and how these and the other tasks that are wanted are doing. Paths that lead to no task
    /// are left out.
    pub fn find(&self, wanted: &LookupRequest) -> Result<LookupAnswers, CallError> {
        let paths: BTreeSet<&Str> = wanted.index_paths.iter().collect();
        let paths: Vec<Str> = paths.into_iter().cloned().collect();
        let mut found = LookupAnswers::default();
        if !paths.is_empty() {
            let connection = self.connection()?;
            let (all, done) = (paths.len(), Cell::new(0));
            let batches = stream::iter(paths.chunks(BATCH)).map(async |batch| {
                let found = connection.at_paths(batch).await?;
                done.set(done.get() + batch.len());
                connection.watch.report(&Event::LookedUp { done: done.get(), all });
                Ok::<_, CallError>(found)
            });
            let index =
                batches.buffer_unordered(SIDE_BY_SIDE).try_fold(BTreeMap::new(), async |mut all, one| {
                    all.extend(one);
                    Ok(all)
                });
            found.index = connection.runtime.block_on(index)?;
        }
        let tasks: BTreeSet<&TaskId> = found.index.values().chain(&wanted.tasks).collect();
        let tasks: Vec<TaskId> = tasks.into_iter().cloned().collect();
        found.states = self.states(&tasks)?;
        found.unknown.extend(tasks.into_iter().filter(|task| !found.states.contains_key(task)));
        Ok(found)
    }

    /// Returns the states of tasks. Tasks that do not exist, or no longer, are left out.
    pub fn states(&self, tasks: &[TaskId]) -> Result<BTreeMap<TaskId, TaskState>, CallError> {
        if tasks.is_empty() {
            return Ok(BTreeMap::new());
        }
        let connection = self.connection()?;
        let batches = stream::iter(tasks.chunks(BATCH)).map(|batch| connection.states_of(batch));
        let states =
            batches.buffer_unordered(SIDE_BY_SIDE).try_fold(BTreeMap::new(), async |mut all, one| {
                all.extend(one);
                Ok(all)
            });
        connection.runtime.block_on(states)
    }

    /// The task at an index path, if there is one.
    pub fn find_task(&self, index_path: &str) -> Result<Option<TaskId>, CallError> {
        let connection = self.connection()?;
        let call = format!("findTask {index_path}");
        let index = connection.index()?;
        let url = connection
            .url(|| index.findTask_url(index_path), |valid| index.findTask_signed_url(index_path, valid))?;
        let read = |bytes: Vec<u8>| Ok(serde_json::from_slice(&bytes)?);
        let answer: Result<IndexedTask, _> = connection.runtime.block_on(connection.fetch(&call, &url, read));
        let found = Failure::found(answer).map_err(|failure| failure.of(&call))?;
        found.map(|task| task_id(&task.task_id, &call)).transpose()
    }

    /// The tasks below a namespace of the index, those first that expire first.
    pub fn list_tasks(&self, namespace: &str) -> Result<Vec<TaskId>, CallError> {
        let connection = self.connection()?;
        let call = format!("listTasks {namespace}");
        let index = connection.index()?;
        let pages = connection.pages(
            &call,
            |token| {
                connection.url(
                    || index.listTasks_url(namespace, token, None),
                    |valid| index.listTasks_signed_url(namespace, token, None, valid),
                )
            },
            |page: IndexedTasks| (page.tasks, page.continuation_token),
        );
        let mut tasks = connection.runtime.block_on(pages)?;
        tasks.sort_by(|a, b| a.expires.cmp(&b.expires));
        tasks.iter().map(|task| task_id(&task.task_id, &call)).collect()
    }
}

impl Connection {
    async fn at_paths(&self, paths: &[Str]) -> Result<BTreeMap<Str, TaskId>, CallError> {
        let call = format!("findTasksAtIndex for {} paths", paths.len());
        let index = self.index()?;
        let at_paths = all_of(paths.iter().cloned().collect(), async |left| {
            let body = json!({ "indexes": left });
            let (service, path) = (&index.client, "tasks/indexes".to_owned());
            let request = ServiceRequest { service, method: "POST", path, body: Some(&body), is_open: true };
            let page: IndexedTasks = self.ask_service(&call, &request).await?;
            let tasks = page.tasks.into_iter().map(|task| (task.namespace, task.task_id));
            Ok((tasks.collect(), page.continuation_token))
        });
        let found = at_paths.await.map_err(|failure| failure.of(&call))?;
        found.into_iter().map(|(path, id)| Ok((path, task_id(&id, &call)?))).collect()
    }

    async fn states_of(&self, tasks: &[TaskId]) -> Result<BTreeMap<TaskId, TaskState>, CallError> {
        let call = format!("statuses of {} tasks", tasks.len());
        let statuses = all_of(tasks.iter().map(|id| id.text().clone()).collect(), async |left| {
            let body = json!({ "taskIds": left });
            let (service, path) = (&self.queue.client, "tasks/status".to_owned());
            let request = ServiceRequest { service, method: "POST", path, body: Some(&body), is_open: true };
            let page: Statuses = self.ask_service(&call, &request).await?;
            let statuses = page.statuses.into_iter().map(|one| (one.task_id, one.status));
            Ok((statuses.collect(), page.continuation_token))
        });
        let found = statuses.await.map_err(|failure| failure.of(&call))?;
        found.into_iter().map(|(id, status)| Ok((task_id(&id, &call)?, status.into_state()))).collect()
    }
}

/// Returns a service's answers about all that is wanted. The service may answer in pages; the next page would need a query,
/// which the crate does not sign. So the rest is requested again, until the service has no more answers.
async fn all_of<T>(
    wanted: BTreeSet<Str>,
    ask: impl AsyncFn(&BTreeSet<Str>) -> Result<(Vec<(Str, T)>, Option<String>), Failure>,
) -> Result<Vec<(Str, T)>, Failure> {
    let mut left = wanted;
    let mut found = Vec::new();
    loop {
        let (page, token) = ask(&left).await?;
        let is_last = token.is_none_or(|token| token.is_empty()) || page.is_empty();
        for (key, value) in page {
            if !left.remove(&key) {
                return Err(Failure::Unusable(format!(
                    "the answer is about `{key}`, which nobody asked for"
                )));
            }
            found.push((key, value));
        }
        if is_last || left.is_empty() {
            return Ok(found);
        }
    }
}

/// An id out of an answer.
pub(super) fn task_id(text: &str, call: &str) -> Result<TaskId, CallError> {
    TaskId::parse(text).map_err(|error| Failure::Unusable(error.to_string()).of(call))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A run that began at this minute and lasted for these seconds.
    fn run(state: &str, minute: u32, seconds: u32) -> serde_json::Value {
        json!({
            "state": state,
            "started": format!("2026-01-01T00:{minute:02}:00.500Z"),
            "resolved": format!("2026-01-01T00:{minute:02}:{seconds:02}.500Z"),
        })
    }

    fn took(state: &str, runs: &[serde_json::Value]) -> Option<u64> {
        let status = json!({
            "state": state, "expires": "E", "provisionerId": "p", "workerType": "w", "runs": runs,
        });
        let took = serde_json::from_value::<Status>(status).unwrap().took()?;
        assert_eq!(took.pool, "p/w");
        Some(took.seconds)
    }

    #[test]
    fn a_task_took_all_runs_since_it_last_completed() {
        assert_eq!(took("completed", &[run("completed", 1, 5)]), Some(5));
        let never_began = json!({"state": "exception", "resolved": "2026-01-01T00:02:00.000Z"});
        let lost = [run("exception", 1, 40), never_began, run("exception", 3, 2), run("completed", 4, 5)];
        assert_eq!(took("completed", &lost), Some(47));
        let again =
            [run("exception", 1, 40), run("completed", 2, 7), run("failed", 3, 3), run("completed", 4, 5)];
        assert_eq!(took("completed", &again), Some(8));
    }

    #[test]
    fn what_has_not_completed_or_tells_no_time_took_nothing() {
        assert_eq!(took("failed", &[run("failed", 1, 5)]), None);
        assert_eq!(took("running", &[run("completed", 1, 5), json!({"state": "running"})]), None);
        assert_eq!(took("completed", &[json!({"state": "completed"})]), None);
        assert_eq!(took("completed", &[]), None);
        let backwards = json!({
            "state": "completed", "started": "2026-01-02T00:00:00.000Z", "resolved": "2026-01-01T00:00:00.000Z",
        });
        assert_eq!(took("completed", &[backwards]), None);
    }
}
