//! Brings a graph into a form that Taskcluster takes, without changing what it means: adds tasks, and never removes one.

mod added_task;
mod code_review;
mod index_tasks;
mod morphed;
mod phase;

pub use morphed::{MorphedGraph, unchanged};
pub use phase::morph;
