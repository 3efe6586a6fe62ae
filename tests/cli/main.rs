//! The program, called as a user calls it: its output, its messages, and its exit statuses.
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

mod check_urls;
mod command_line;
mod config;
mod graph_questions;
mod local_tasks;
mod preview;
mod python;
mod taskcluster_yml;
mod test_files;
mod trees;
