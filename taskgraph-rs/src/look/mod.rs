//! What a preview looks like: what becomes of each task, and drawings of kinds and of neighbours.
//!
//! Draws what the preview decided and nothing else. Never draws all tasks at once: kinds first, then the neighbours of
//! one task.

mod drawing;
mod fate;
mod kinds;
mod layout;
mod neighbours;
mod reduce;

pub use drawing::{Drawing, Edge, Node, Part, What};
pub use fate::{Fate, Fates, before_fates, fates};
pub use kinds::kinds;
pub use layout::{Layout, Size, layout};
pub use neighbours::neighbours;
