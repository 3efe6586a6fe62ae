//! The decision task and actions: from an event, or from what somebody asks of a task group, to tasks that are created.
//!
//! Invariant: only [`decision`] and [`actions`] change anything outside, and only through the
//! [`Service`](taskgraph_taskcluster::Service) that they are given.

pub mod actions;
pub mod decision;
mod error;
pub mod preview_from;

pub use error::DecisionError;
