//! The engine of taskgraph-rs: from a tree of kinds and a set of parameters to a task graph.

pub mod diagnostics;
pub mod extension;
pub mod generator;
pub mod graph;
pub mod graph_config;
pub mod keyed_by;
pub mod known_python;
pub mod known_urls;
pub mod loader;
pub mod morph;
pub mod mozilla_taskgraph_version;
pub mod newer_taskgraph;
pub mod optimize;
pub mod parameters;
pub(crate) mod parts;
pub mod python_worker;
pub mod registry;
pub mod schema;
pub mod settings;
pub mod task;
pub mod taskgraph_version;
pub mod transform;
pub mod tree;
pub mod type_map;
