//! The engine of taskgraph-rs: from a tree of kinds and a set of parameters to a task graph.

pub mod keypath;
pub mod source;
pub mod value;
pub mod yaml;
