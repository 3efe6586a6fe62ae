//! Parameters of decisions that were made, and of files at urls.

use anyhow::Result;

use crate::client::Taskcluster;
use crate::error::Failure;
use taskgraph::parameters::Fetch;
use taskgraph::task::id::TaskId;

impl Fetch for Taskcluster {
    fn find_task(&self, index_path: &str) -> Result<Option<TaskId>> {
        self.find_task(index_path)
    }

    fn artifact(&self, task: &TaskId, name: &str) -> Result<Option<Vec<u8>>> {
        self.artifact(task, name)
    }

    fn file_at(&self, url: &str) -> Result<Option<Vec<u8>>> {
        match self.get_url(url) {
            Err(error) if matches!(Failure::behind(&error), Some(Failure::NotFound(_))) => Ok(None),
            answer => answer.map(Some),
        }
    }
}
