//! Tasks that are there: one by one, by their group, by what they wait for.

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::client::Taskcluster;
use crate::connection::Address;
use crate::error::{CallError, Failure};
use crate::index::{Status, task_id};
use crate::request::ServiceRequest;
use taskgraph::optimize::index::Took;
use taskgraph::task::id::TaskId;
use taskgraph_compat::json;
use taskgraph_compat::value::{Str, Value};

/// A task of a group.
#[derive(Clone, Debug)]
pub struct GroupTask {
    /// Its id.
    pub task_id: TaskId,
    /// State: `completed`, `failed`, `running`, …
    pub state: Str,
    /// The name in its metadata: its label.
    pub name: Str,
    /// Its definition.
    pub definition: Value,
    /// Duration, if it completed.
    pub took: Option<Took>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct StatusWithId {
    task_id: Str,
    #[serde(flatten)]
    status: Status,
}

#[derive(Deserialize)]
struct Member {
    status: StatusWithId,
    task: Box<RawValue>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Members {
    tasks: Vec<Member>,
    continuation_token: Option<String>,
}

impl Taskcluster {
    /// The definition of a task.
    pub fn definition(&self, task: &TaskId) -> Result<Value, CallError> {
        self.value(&format!("task {task}"), "GET", format!("task/{task}"))
    }

    /// State of a task, with its runs.
    pub fn status(&self, task: &TaskId) -> Result<Value, CallError> {
        let call = format!("status {task}");
        let answer = self.value(&call, "GET", format!("task/{task}/status"))?;
        let status = answer.get("status").cloned();
        status.ok_or_else(|| Failure::Unusable("there is no `status` in the answer".into()).of(&call))
    }

    /// All tasks of a group.
    pub fn group(&self, group: &TaskId) -> Result<Vec<GroupTask>, CallError> {
        let connection = self.connection()?;
        let (queue, id) = (&connection.queue, group.as_str());
        self.members(&format!("listTaskGroup {group}"), |token| {
            connection.url(
                || queue.listTaskGroup_url(id, token, None),
                |valid| queue.listTaskGroup_signed_url(id, token, None, valid),
            )
        })
    }

    /// All tasks that depend on a task.
    pub fn dependents(&self, task: &TaskId) -> Result<Vec<GroupTask>, CallError> {
        let connection = self.connection()?;
        let (queue, id) = (&connection.queue, task.as_str());
        self.members(&format!("listDependentTasks {task}"), |token| {
            connection.url(
                || queue.listDependentTasks_url(id, token, None),
                |valid| queue.listDependentTasks_signed_url(id, token, None, valid),
            )
        })
    }

    /// Ends a task, whether it has begun or not.
    pub fn cancel(&self, task: &TaskId) -> Result<(), CallError> {
        self.value(&format!("cancelTask {task}"), "POST", format!("task/{task}/cancel"))?;
        Ok(())
    }

    /// Runs a task that has ended once more.
    pub fn rerun(&self, task: &TaskId) -> Result<(), CallError> {
        self.value(&format!("rerunTask {task}"), "POST", format!("task/{task}/rerun"))?;
        Ok(())
    }

    /// The scopes that calls are made with.
    pub fn current_scopes(&self) -> Result<Vec<String>, CallError> {
        #[derive(Deserialize)]
        struct Scopes {
            scopes: Vec<String>,
        }
        let connection = self.connection()?;
        let call = "currentScopes";
        let (service, path) = (&connection.auth()?.client, "scopes/current".to_owned());
        let request = ServiceRequest { service, method: "GET", path, body: None, is_open: false };
        let ask = connection.ask_service(call, &request);
        let answer: Scopes = connection.runtime.block_on(ask).map_err(|failure| failure.of(call))?;
        Ok(answer.scopes)
    }

    /// Answer of the queue to a call without content.
    fn value(&self, call: &str, method: &'static str, path: String) -> Result<Value, CallError> {
        let connection = self.connection()?;
        let is_open = method == "GET";
        let request = ServiceRequest { service: &connection.queue.client, method, path, body: None, is_open };
        let answer: serde_json::Value = connection
            .runtime
            .block_on(connection.ask_service(call, &request))
            .map_err(|failure| failure.of(call))?;
        json::read(&answer.to_string()).map_err(|error| unusable(&error, call))
    }

    fn members(
        &self,
        call: &str,
        url: impl Fn(Option<&str>) -> Result<Address, CallError>,
    ) -> Result<Vec<GroupTask>, CallError> {
        let connection = self.connection()?;
        let pages = connection.pages(call, url, |page: Members| (page.tasks, page.continuation_token));
        let members = connection.runtime.block_on(pages)?;
        members
            .into_iter()
            .map(|member| {
                let definition = json::read(member.task.get()).map_err(|error| unusable(&error, call))?;
                let name = definition.get("metadata").and_then(|metadata| metadata.get("name"));
                Ok(GroupTask {
                    task_id: task_id(&member.status.task_id, call)?,
                    took: member.status.status.took(),
                    state: member.status.status.state,
                    name: name.and_then(Value::as_str).unwrap_or_default().into(),
                    definition,
                })
            })
            .collect()
    }
}

/// The error of an answer that is not a value.
pub(super) fn unusable(error: &json::Error, call: &str) -> CallError {
    Failure::Unusable(format!("the answer cannot be read: {error}")).of(call)
}
