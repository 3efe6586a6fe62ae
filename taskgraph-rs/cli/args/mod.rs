//! Flags that several commands share.

mod config_graph;
mod container_engine;
mod graph;
mod look_up;
mod python;
mod tree;

pub(crate) use config_graph::ConfigOptions;
pub(crate) use container_engine::EngineOptions;
pub(crate) use graph::GraphOptions;
pub(crate) use look_up::LookUpOptions;
pub(crate) use python::{NativeChoice, PythonOptions};
pub(crate) use tree::TreeOptions;
