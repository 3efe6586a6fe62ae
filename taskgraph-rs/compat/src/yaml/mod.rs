//! Reads YAML 1.1 exactly as PyYAML's `CSafeLoader` reads one document, with the position of every node. Writes
//! YAML that PyYAML reads as the same value.
//!
//! A text passes through `simple`, for the subset that nearly every kind is written in, or else `events` (libyaml, the
//! parser of PyYAML); then `build` (nodes, anchors) with `merge` (merge keys, duplicate keys) and `resolve`, `number`,
//! `timestamp` (types of scalars), and `document` (positions, and the `Value`).
//!
//! It refuses some documents that PyYAML accepts: nesting deeper than [`MAX_DEPTH`]; aliases that expand beyond
//! [`MAX_ALIASED`] or form a cycle; `!!omap` and `!!pairs`; an unknown tag on a map that is only merged; a map with
//! the tag of a scalar and the key `=`; one-line keys of more than 1024 bytes (libyaml: characters); integers of
//! more than 4300 digits in any base (Python: decimal ones).

mod build;
mod document;
mod error;
mod events;
mod merge;
mod node;
mod number;
mod resolve;
mod simple;
mod timestamp;
mod write;

pub use build::{MAX_ALIASED, MAX_DEPTH};
pub use document::{Document, LocatedValue, RefusedValue, read};
pub use error::YamlError;
pub use merge::Duplicate;
pub use node::{Data, Entries, Node};
pub use write::write;
