//! Graphs, compared with what Python Taskgraph computed for the same trees: task by task, digest by digest.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]
#![allow(clippy::disallowed_methods, reason = "a test starts programs")]
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a test says what it counted and what it left out"
)]

#[path = "../services/actions/tree.rs"]
#[allow(dead_code, reason = "the tests of services need all of it")]
mod action_repository;
#[path = "../html_page/browser.rs"]
#[allow(dead_code, reason = "the page has tests of its own that need all of it")]
mod browser;
#[path = "../services/continuing/run.rs"]
#[allow(dead_code, reason = "the tests of services need all of it")]
mod earlier_run;
#[path = "../fake_taskcluster/mod.rs"]
mod fake_taskcluster;
#[path = "../services/decision/repository.rs"]
#[allow(dead_code, reason = "the tests of services need all of it")]
mod repository;
#[path = "../support/mod.rs"]
mod support;

mod actions;
mod cases;
mod core_parity;
mod created_tasks;
mod decision;
mod embedded;
mod kind_schema;
mod morph;
mod optimize;
mod training_configs;
