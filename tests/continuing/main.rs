//! `config continue`: goes on from what an earlier run has made, against a Taskcluster on this machine.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]
#![allow(clippy::disallowed_methods, reason = "a test starts programs")]

#[path = "../fake_taskcluster/mod.rs"]
mod fake_taskcluster;
#[path = "../support/mod.rs"]
mod support;

mod corpora;
mod found;
mod origins;
mod refused;
mod run;
mod speed;
mod trouble;
