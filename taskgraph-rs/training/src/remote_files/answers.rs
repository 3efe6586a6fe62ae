//! Answers of the stores about files.

use std::collections::BTreeMap;

use crate::remote_files::location::Store;
use taskgraph::task::id::TaskId;
use taskgraph_taskcluster::url_check::Head;

/// Known facts about files.
#[derive(Debug, Default)]
pub struct RemoteAnswers {
    /// Answers to HEAD requests, by url.
    pub heads: BTreeMap<String, Head>,
    /// Expiry of the artifacts of tasks, by name.
    pub expires: BTreeMap<TaskId, BTreeMap<String, String>>,
}

impl RemoteAnswers {
    /// Returns the expiry of the file at a url, if it is an artifact.
    pub fn expires(&self, url: &str) -> Option<&str> {
        match Store::of(url) {
            Store::Taskcluster { task_id, artifact, .. } => {
                self.expires.get(&task_id)?.get(&artifact).map(String::as_str)
            }
            _ => None,
        }
    }
}
