//! Artifacts of tasks, and files at other urls.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::fs::File;

use futures_util::stream::{self, StreamExt as _};
use serde::Deserialize;
use serde::de::{DeserializeOwned, IgnoredAny};

use crate::client::Taskcluster;
use crate::connection::{Address, Connection};
use crate::error::{CallError, Failure};
use crate::request::AttemptError;
use taskgraph::task::id::TaskId;
use taskgraph_compat::redact::redact;

/// More pages than any list of a service has: each has up to a thousand entries.
const MOST_PAGES: usize = 1_000;

/// Number of lists that are requested concurrently.
const LISTS_SIDE_BY_SIDE: usize = 16;

/// An artifact of a task.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Artifact {
    /// Its name: `public/parameters.yml`.
    pub name: String,
    /// When it is deleted, as the queue writes it.
    pub expires: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Artifacts {
    artifacts: Vec<Artifact>,
    continuation_token: Option<String>,
}

/// The artifacts of the latest run of a task, from all pages of the list.
async fn listed(connection: &Connection, task: &TaskId) -> Result<Vec<Artifact>, CallError> {
    let (queue, id) = (&connection.queue, task.as_str());
    let call = format!("listLatestArtifacts {task}");
    let pages = connection.pages(
        &call,
        |token| {
            connection.url(
                || queue.listLatestArtifacts_url(id, token, None),
                |valid| queue.listLatestArtifacts_signed_url(id, token, None, valid),
            )
        },
        |page: Artifacts| (page.artifacts, page.continuation_token),
    );
    pages.await
}

/// Returns the name of the call for an artifact of the latest run of a task, and its url.
fn latest(connection: &Connection, task: &TaskId, name: &str) -> Result<(String, Address), CallError> {
    let (queue, id) = (&connection.queue, task.as_str());
    let url = connection.url(
        || queue.getLatestArtifact_url(id, name),
        |valid| queue.getLatestArtifact_signed_url(id, name, valid),
    )?;
    Ok((format!("getLatestArtifact {task} {name}"), url))
}

impl Taskcluster {
    /// An artifact of the latest run of a task; `None` if there is no such task or artifact. One that is named `.json`
    /// is JSON.
    pub fn artifact(&self, task: &TaskId, name: &str) -> Result<Option<Vec<u8>>, CallError> {
        let connection = self.connection()?;
        let (call, url) = latest(connection, task, name)?;
        let is_json = name.ends_with(".json");
        let answer = connection.runtime.block_on(connection.fetch(&call, &url, |bytes| {
            if is_json {
                serde_json::from_slice::<IgnoredAny>(&bytes)?;
            }
            Ok(bytes)
        }));
        Failure::found(answer).map_err(|failure| failure.of(&call))
    }

    /// Saves an artifact of the latest run of a task, whatever its size; `false` if there is no such task or artifact. What
    /// was written of an attempt that failed is written over by the next one.
    pub fn save_artifact(&self, task: &TaskId, name: &str, to: &mut File) -> Result<bool, CallError> {
        let connection = self.connection()?;
        let (call, url) = latest(connection, task, name)?;
        let answer = connection.runtime.block_on(connection.save(&call, &url, to));
        Failure::found(answer).map(|saved| saved.is_some()).map_err(|failure| failure.of(&call))
    }

    /// The artifacts of the latest run of a task.
    pub fn list_artifacts(&self, task: &TaskId) -> Result<Vec<Artifact>, CallError> {
        let connection = self.connection()?;
        connection.runtime.block_on(listed(connection, task))
    }

    /// The artifacts of many tasks, side by side: those of the latest run of each, `None` for a task that is not known any
    /// more.
    pub fn artifacts_of(
        &self,
        tasks: &[TaskId],
    ) -> Result<BTreeMap<TaskId, Option<Vec<Artifact>>>, CallError> {
        if tasks.is_empty() {
            return Ok(BTreeMap::new());
        }
        let connection = self.connection()?;
        let lists = stream::iter(tasks).map(async |task| {
            let found = CallError::found(listed(connection, task).await)?;
            Ok((task.clone(), found))
        });
        let lists: Vec<Result<_, CallError>> =
            connection.runtime.block_on(lists.buffered(LISTS_SIDE_BY_SIDE).collect());
        lists.into_iter().collect()
    }

    /// The file at a url that is not part of Taskcluster. Nobody's credentials go with it.
    pub fn get_url(&self, url: &str) -> Result<Vec<u8>, CallError> {
        self.request_url(url, async |connection, call, address| connection.fetch(call, address, Ok).await)
    }

    /// Saves the file at a url that is not part of Taskcluster, whatever its size. Nobody's credentials go with it.
    pub fn save_url(&self, url: &str, to: &mut File) -> Result<(), CallError> {
        self.request_url(url, async |connection, call, address| connection.save(call, address, to).await)
    }

    /// Runs a request for a url that is not part of Taskcluster.
    fn request_url<T>(
        &self,
        url: &str,
        request: impl AsyncFnOnce(&Connection, &str, &Address) -> Result<T, Failure>,
    ) -> Result<T, CallError> {
        let connection = self.connection()?;
        let call = format!("GET {}", redact(url));
        let address = Address { plain: url.to_owned(), signed: None };
        let answer = connection.runtime.block_on(request(connection, &call, &address));
        answer.map_err(|failure| CallError::Failed {
            message: format!("`{}` cannot be fetched", redact(url)),
            failure,
        })
    }
}

impl Connection {
    /// All that stands on the pages of a list.
    pub(super) async fn pages<P: DeserializeOwned, T>(
        &self,
        call: &str,
        url: impl Fn(Option<&str>) -> Result<Address, CallError>,
        items: impl Fn(P) -> (Vec<T>, Option<String>),
    ) -> Result<Vec<T>, CallError> {
        let mut all = Vec::new();
        let mut token: Option<String> = None;
        let left = Cell::new(self.patience.most_bytes);
        for _ in 0..MOST_PAGES {
            let url = url(token.as_deref())?;
            let read = |bytes: Vec<u8>| {
                left.set(left.get().saturating_sub(bytes.len()));
                Ok::<P, AttemptError>(serde_json::from_slice(&bytes)?)
            };
            let page = self.fetch(call, &url, read).await.map_err(|failure| failure.of(call))?;
            let (found, next) = items(page);
            all.extend(found);
            let next = next.filter(|token| !token.is_empty());
            if next.is_none() {
                return Ok(all);
            }
            if next == token || left.get() == 0 {
                return Err(Failure::Unusable("the list comes to no end".into()).of(call));
            }
            token = next;
        }
        Err(Failure::Unusable(format!("there are more than {MOST_PAGES} pages")).of(call))
    }
}
