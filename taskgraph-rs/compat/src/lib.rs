//! Compatibility with Python: values, YAML, JSON and text exactly as Python, PyYAML and orjson have them.
//!
//! The lowest package. Knows nothing of kinds, tasks or graphs, and has the only unsafe code of the project
//! (`yaml/events.rs`).

pub mod error;
pub mod json;
pub mod natural_order;
pub mod python;
pub mod redact;
pub mod source;
pub mod suggest;
pub mod terminal;
pub mod time;
pub mod value;
pub mod yaml;
