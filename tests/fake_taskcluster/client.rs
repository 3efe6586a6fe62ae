//! Clients of the fake, which try again at once.

use std::time::Duration;

use taskgraph::task::id::TaskId;
use taskgraph_taskcluster::{Access, Patience, Taskcluster};

/// Many attempts, without pauses between them.
pub(crate) const WITHOUT_PAUSES: Patience = Patience {
    timeout: Duration::from_secs(20),
    attempts: 12,
    pause: Duration::from_millis(1),
    busy_pause: Duration::from_millis(1),
    longest_pause: Duration::from_millis(1),
    most_bytes: 64 << 20,
    spread: false,
};

/// A client that tries again without pauses.
pub(crate) fn client(access: Access) -> Taskcluster {
    Taskcluster::new(access).with_patience(WITHOUT_PAUSES)
}

/// The taskId with a number.
pub(crate) fn id(number: usize) -> TaskId {
    TaskId::parse(&format!("T{number:021}")).unwrap()
}
