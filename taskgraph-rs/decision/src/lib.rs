//! Decisions and actions: from an event, or from what somebody asks of a task group, to tasks that run.

pub mod actions;
pub mod decision;
pub mod preview_from;
