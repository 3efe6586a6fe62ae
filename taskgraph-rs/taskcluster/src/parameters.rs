//! Parameters of decisions that were made, and of files at urls.

use crate::client::Taskcluster;
use crate::error::CallError;
use taskgraph::error::Result;
use taskgraph::parameters::Fetch;
use taskgraph::task::id::TaskId;

impl Fetch for Taskcluster {
    fn find_task(&self, index_path: &str) -> Result<Option<TaskId>> {
        Ok(self.find_task(index_path)?)
    }

    fn artifact(&self, task: &TaskId, name: &str) -> Result<Option<Vec<u8>>> {
        Ok(self.artifact(task, name)?)
    }

    fn file_at(&self, url: &str) -> Result<Option<Vec<u8>>> {
        Ok(CallError::found(self.get_url(url))?)
    }
}
