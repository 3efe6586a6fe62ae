//! Look-ups of earlier tasks while a graph is made: `replicate` copies tasks of other decisions.
//!
//! Nothing here asks a network. Whoever has one puts a source into the settings; it is asked for what a kind names, and
//! for nothing else.

use std::fmt;

use crate::error::Result;
use crate::task::id::TaskId;

/// Source of tasks that Taskcluster has. `None` stands for what does not exist, or does no longer.
pub trait TaskSource: fmt::Debug + Send + Sync {
    /// The task at an index path.
    fn find_task(&self, index_path: &str) -> Result<Option<TaskId>>;

    /// An artifact of the latest run of a task.
    fn artifact(&self, task: &TaskId, name: &str) -> Result<Option<Vec<u8>>>;
}
