//! `decision`: from a repository to tasks at a Taskcluster on this machine.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]
#![allow(clippy::disallowed_methods, reason = "a test starts programs")]

#[path = "../page/browser.rs"]
#[allow(dead_code, reason = "the page has tests of its own that need all of it")]
mod browser;
#[path = "../fake_taskcluster/mod.rs"]
mod fake_taskcluster;
#[path = "../support/mod.rs"]
mod support;

mod again;
mod artifacts;
mod conformance;
mod creation;
mod existing;
mod folders;
mod history;
mod killed;
mod later;
mod look_up;
mod parameters;
mod queue_rules;
mod repository;
mod script;
