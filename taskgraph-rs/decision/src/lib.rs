//! Decision tasks and actions: from an event, or from a request for a task group, to created tasks.
//!
//! [`decision`] is the only way from parameters to created tasks. [`actions`] plan changes to an existing task
//! group, and [`preview_from`] plans the action `train` for a preview. Queue, index, task IDs and time are
//! arguments, so that a dry run and a test differ from a real decision in them alone.

pub mod actions;
pub mod decision;
pub mod preview_from;
