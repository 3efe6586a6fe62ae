//! Look-ups of earlier tasks while a graph is made.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use crate::progress::connect_for_a_look;
use taskgraph::error::Result;
use taskgraph::task::id::TaskId;
use taskgraph::task_source::TaskSource;
use taskgraph_taskcluster::{CallError, Taskcluster};

/// Taskcluster as the environment says, from the first question on: most graphs ask nothing, and for them it makes no
/// difference what the environment says.
struct OnDemand(Mutex<Option<Taskcluster>>);

/// Returns the source of a call; nobody if it is to ask no network.
pub(crate) fn task_source(is_offline: bool) -> Option<Arc<dyn TaskSource>> {
    (!is_offline).then(|| Arc::new(OnDemand(Mutex::default())) as Arc<dyn TaskSource>)
}

impl fmt::Debug for OnDemand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OnDemand")
    }
}

impl OnDemand {
    fn ask<T>(&self, question: impl FnOnce(&Taskcluster) -> Result<T, CallError>) -> Result<T> {
        let mut connected = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let services = match connected.take() {
            Some(services) => services,
            None => connect_for_a_look()?,
        };
        Ok(question(connected.insert(services))?)
    }
}

impl TaskSource for OnDemand {
    fn find_task(&self, index_path: &str) -> Result<Option<TaskId>> {
        self.ask(|services| services.find_task(index_path))
    }

    fn artifact(&self, task: &TaskId, name: &str) -> Result<Option<Vec<u8>>> {
        self.ask(|services| services.artifact(task, name))
    }
}
