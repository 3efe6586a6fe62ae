//! What a preview looks like: what becomes of each task, and drawings of kinds and of neighbours.
//!
//! Draws what the preview decided and nothing else. Never draws all tasks at once: kinds first, then the neighbours of
//! one task.

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
