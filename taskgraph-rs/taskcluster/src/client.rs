//! Client of the services.

use std::fmt;
use std::sync::{Arc, OnceLock};
use std::time::{SystemTime, UNIX_EPOCH};

use crate::access::Access;
use crate::connection::Connection;
use crate::error::CallError;
use crate::progress::{Silent, Watch};
use crate::retry::Patience;

/// An instance of Taskcluster. Its methods block, and ask again as long as its patience lasts.
///
/// An error names the call and its [`Failure`](crate::Failure), and counts as the machine's fault.
pub struct Taskcluster {
    access: Access,
    patience: Patience,
    watch: Arc<dyn Watch>,
    clock: fn() -> i64,
    connection: OnceLock<Connection>,
}

impl Taskcluster {
    /// An instance that is reached in a certain way. Nothing is opened before the first call.
    pub fn new(access: Access) -> Self {
        Taskcluster {
            access,
            patience: Patience::default(),
            watch: Arc::new(Silent),
            clock: now,
            connection: OnceLock::new(),
        }
    }

    /// The same with another patience.
    pub fn with_patience(mut self, patience: Patience) -> Self {
        self.patience = patience;
        self
    }

    /// The same with a receiver of the progress, which may stop the call.
    pub fn watched_by(mut self, watch: Arc<dyn Watch>) -> Self {
        self.watch = watch;
        self
    }

    /// The same with another clock, in milliseconds after 1970: tasks count their datestamps from it.
    pub fn with_clock(mut self, clock: fn() -> i64) -> Self {
        self.clock = clock;
        self
    }

    /// Root URL and credentials.
    pub fn access(&self) -> &Access {
        &self.access
    }

    pub(super) fn now(&self) -> i64 {
        (self.clock)()
    }

    pub(super) fn connection(&self) -> Result<&Connection, CallError> {
        if let Some(connection) = self.connection.get() {
            return Ok(connection);
        }
        let opened = Connection::open(&self.access, self.patience, self.watch.clone())?;
        Ok(self.connection.get_or_init(|| opened))
    }
}

impl fmt::Debug for Taskcluster {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Taskcluster").field("access", &self.access).finish_non_exhaustive()
    }
}

fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}
