//! `graph diff`, `graph explain` and `graph path`: questions about graphs.

pub(crate) mod diff;
pub(crate) mod diff_options;
pub(crate) mod explain;
mod field_changes;
mod operand;
pub(crate) mod path;

pub(crate) use crate::config_graph::{ConfigGraph, made_with};
pub(crate) use diff::run as diff;
pub(crate) use explain::run as explain;
pub(crate) use path::run as path;
