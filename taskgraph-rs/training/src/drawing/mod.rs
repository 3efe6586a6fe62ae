//! Drawings of a preview: the status of each task, and graphs of kinds and of neighbours.
//!
//! Draws what the preview decided and nothing else. Never draws all tasks at once: kinds first, then the neighbours of
//! one task.

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
