//! The room that talks to Taskcluster, against a Taskcluster on this machine.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]
#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a test starts programs and says what it compares"
)]

#[path = "../fake_taskcluster/mod.rs"]
mod fake_taskcluster;
#[path = "../support/mod.rs"]
mod support;

mod calls;
mod conformance;
mod create;
mod faults;
mod optimized;
mod pages;
mod watched;

use std::time::Duration;

use taskgraph::optimize::index::Wanted;
use taskgraph::task::id::TaskId;
use taskgraph_compat::value::Str;
use taskgraph_taskcluster::{Access, Patience, Taskcluster};

/// Asks often and at once.
const BRISK: Patience = Patience {
    timeout: Duration::from_secs(20),
    attempts: 12,
    pause: Duration::from_millis(1),
    busy_pause: Duration::from_millis(1),
    longest_pause: Duration::from_millis(1),
    most_bytes: 64 << 20,
    spread: false,
};

fn brisk(access: Access) -> Taskcluster {
    Taskcluster::new(access).with_patience(BRISK)
}

/// What is to be looked up: these index paths.
fn paths(paths: &[Str]) -> Wanted {
    Wanted { index_paths: paths.to_vec(), tasks: Vec::new() }
}

/// The id with a number.
fn id(number: usize) -> TaskId {
    TaskId::parse(&format!("T{number:021}")).unwrap()
}
