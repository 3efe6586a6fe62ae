//! `graph diff`, `graph explain` and `graph path`: questions about graphs.

mod diff;
mod explain;
mod field_changes;
mod operand;
mod path;

pub use crate::config_graph::{ConfigGraph, made_with};
pub use diff::run as diff;
pub use explain::run as explain;
pub use path::run as path;
