//! Actions: what is offered, and what is done at a Taskcluster on this machine.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]
#![allow(clippy::disallowed_methods, reason = "a test starts programs")]

#[path = "../fake_taskcluster/mod.rs"]
mod fake_taskcluster;
#[path = "../support/mod.rs"]
mod support;

mod callback;
mod from;
mod groups;
mod offered;
mod stages;
mod trainings;
mod tree;
