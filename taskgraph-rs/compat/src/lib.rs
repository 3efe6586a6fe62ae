//! Values and their text as Python, PyYAML and orjson have them.
//!
//! A digest of Taskgraph covers the text of values, so that these have to be equal to the last byte: the order of keys,
//! how a float is written, which YAML scalars are dates. [`value::Value`] is such a value, [`yaml`] and [`json`] read and
//! write it, [`python`] has the functions of Python that kinds and transforms rely on. [`source::Source`] is a text and
//! the name of its file, for messages.
//!
//! Invariant: this package knows nothing of tasks. It alone has unsafe code, in one module around libyaml.

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
