//! Limits for the Python of a tree.

use std::time::Duration;

/// Limits for the Python of a tree.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Time for one request; a kind is one request.
    pub time: Duration,
    /// Memory in bytes; `None` for no limit.
    pub memory: Option<u64>,
}

impl Default for Limits {
    /// Much more than the largest trees need.
    fn default() -> Self {
        Limits { time: Duration::from_secs(900), memory: Some(16 << 30) }
    }
}
