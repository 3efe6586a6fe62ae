//! Requests to Taskcluster and tasks that are created there, with a Taskcluster on this machine.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]
#![allow(clippy::disallowed_methods, reason = "a test starts programs")]
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a test says what it counted and what it left out"
)]

#[path = "../fake_taskcluster/mod.rs"]
mod fake_taskcluster;
#[path = "../support/mod.rs"]
mod support;

mod actions;
mod continuing;
mod decision;
mod submit;
