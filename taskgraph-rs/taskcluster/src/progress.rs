//! Progress of long calls: a watcher is informed of each step and may stop it.

use std::time::Duration;

use crate::error::Failure;
use taskgraph::task::Label;
use taskgraph::task::id::TaskId;

/// Receives the progress of long work.
pub trait Watch: Send + Sync {
    /// Receives an event.
    fn report(&self, event: &Event<'_>);

    /// Whether to stop: what is in flight is awaited, nothing new is begun.
    fn is_cancelled(&self) -> bool {
        false
    }
}

/// Event during long work.
#[derive(Debug)]
pub enum Event<'n> {
    /// A call is made again.
    Retry {
        /// The call: `createTask fN1SbArXTPSVFUUvaOlinQ`.
        call: &'n str,
        /// Why.
        why: &'n str,
        /// Pause before it.
        pause: Duration,
    },
    /// The services refuse the credentials. What anybody may ask is asked without them from now on.
    Unsigned {
        /// Refusal of the services.
        failure: &'n Failure,
    },
    /// Some of the index paths were looked up.
    LookedUp {
        /// Number of paths that were looked up.
        done: usize,
        /// Number of all paths.
        all: usize,
    },
    /// A task is there.
    Created {
        /// Its label.
        label: &'n Label,
        /// Its id.
        task_id: &'n TaskId,
        /// Number of created tasks.
        done: usize,
        /// Total number of tasks.
        all: usize,
    },
    /// A task will not be there.
    Refused {
        /// Its label.
        label: &'n Label,
        /// Its id.
        task_id: &'n TaskId,
        /// Why.
        failure: &'n Failure,
    },
}

/// Reports nothing.
#[derive(Clone, Copy, Debug)]
pub struct Silent;

impl Watch for Silent {
    fn report(&self, _: &Event<'_>) {}
}
