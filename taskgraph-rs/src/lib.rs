//! The engine of taskgraph-rs: from a tree of kinds and a set of parameters to a task graph.

pub mod json;
pub mod keypath;
pub mod python;
pub mod source;
pub mod value;
pub mod words;
