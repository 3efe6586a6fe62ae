//! `graph diff`, `graph explain` and `graph path`: questions about graphs.

pub(crate) mod diff;
pub(crate) mod explain;
mod field_changes;
mod operand;
pub(crate) mod path;

pub use crate::config_graph::{ConfigGraph, made_with};
pub use diff::run as diff;
pub use explain::run as explain;
pub use path::run as path;
