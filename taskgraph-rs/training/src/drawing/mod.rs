//! Drawings of a preview: the status of each task, and graphs of kinds and of neighbours.
//!
//! Draws the decisions of the preview and nothing else. Never draws all tasks at once.

mod boxes;
mod kinds;
mod layout;
mod neighbours;
mod status;
mod transitive_reduction;

pub use boxes::{Drawing, Edge, Node, NodeKind, Part};
pub use kinds::kinds;
pub use layout::{Layout, Size, layout};
pub use neighbours::neighbours;
pub use status::{Statuses, TaskStatus, statuses, statuses_before};
