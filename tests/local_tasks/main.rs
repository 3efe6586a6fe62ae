//! Tasks and images on this machine, against a container engine that plays, and a Taskcluster on this machine.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]
#![allow(clippy::disallowed_methods, reason = "a test starts programs")]

#[path = "../fake_taskcluster/mod.rs"]
mod fake_taskcluster;
#[path = "../support/mod.rs"]
mod support;

mod desk;
mod engines;
mod fetch_content;
mod images;
mod init;
mod refused;
mod running;
mod upstreams;
