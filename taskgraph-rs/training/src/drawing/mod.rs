//! Drawings of a preview: kinds, or one task and its neighbors, with the status of each task.
//!
//! Draws the decisions of the preview and nothing else. Never draws all tasks at once.

mod boxes;
mod kinds;
mod layout;
mod neighbours;
mod status;
mod transitive_reduction;

pub use boxes::{Drawing, Edge, Node, Part, What};
pub use kinds::kinds;
pub use layout::{Layout, Size, layout};
pub use neighbours::neighbours;
pub use status::{Fate, Fates, before_fates, fates};
