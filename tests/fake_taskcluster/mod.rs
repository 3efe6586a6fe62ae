//! A Taskcluster for tests: a server on this machine with the services that the program talks to, as the real ones
//! answer. Every request is checked against the schemas that the services publish (in `../shared`, which a test that
//! uses this has to know as `mod support`); where they are missing it says so and goes on.
//!
//! It listens twice. The root url wants calls signed by Hawk where the real services do; the proxy signs for whoever
//! asks, as the one in a task does.
#![allow(
    dead_code,
    unused_imports,
    missing_docs,
    clippy::unwrap_used,
    clippy::panic,
    reason = "each test uses a part of it, and fails by panicking"
)]

mod answer;
mod auth;
mod client;
mod create;
mod fake;
mod faults;
mod index;
mod queue;
mod request;
mod run;
mod schemas;
mod scopes;
mod server;
mod services;
mod store;

pub(crate) use client::{WITHOUT_PAUSES, client, id};
pub(crate) use fake::Fake;
pub(crate) use faults::Fault;
pub(crate) use schemas::Schemas;
pub(crate) use services::LoggedRequest;
