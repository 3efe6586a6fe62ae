//! The services for whoever asks no network.

use crate::service::Service;
use crate::task_group::GroupTask;
use taskgraph::diagnostics::Problem;
use taskgraph::error::Result;
use taskgraph::optimize::index::{LookupAnswers, LookupRequest};
use taskgraph::task::id::TaskId;
use taskgraph_compat::value::{Str, Value};

/// Answers that the index has nothing, and refuses questions about tasks and groups: they exist whether somebody asks or not.
pub struct Offline;

impl Service for Offline {
    fn find_task(&self, index_path: &str) -> Result<Option<TaskId>> {
        refuse(&format!("the task at the index path `{index_path}`"))
    }

    fn list_tasks(&self, namespace: &str) -> Result<Vec<TaskId>> {
        refuse(&format!("the tasks below the index path `{namespace}`"))
    }

    fn find(&self, _: &LookupRequest) -> Result<LookupAnswers> {
        Ok(LookupAnswers::default())
    }

    fn artifact(&self, task: &TaskId, name: &str) -> Result<Option<Vec<u8>>> {
        refuse(&format!("the artifact `{name}` of task `{task}`"))
    }

    fn definition(&self, task: &TaskId) -> Result<Option<Value>> {
        refuse(&format!("the definition of task `{task}`"))
    }

    fn state(&self, task: &TaskId) -> Result<Option<Str>> {
        refuse(&format!("the state of task `{task}`"))
    }

    fn group(&self, group: &TaskId) -> Result<Option<Vec<GroupTask>>> {
        refuse(&format!("the tasks of group `{group}`"))
    }
}

fn refuse<T>(what: &str) -> Result<T> {
    let message = format!("this action has to know {what}, and --offline asks no network");
    Err(Problem::error("offline", message).help("leave out --offline").into())
}
