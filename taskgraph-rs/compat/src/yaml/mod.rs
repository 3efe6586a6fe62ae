//! YAML 1.1, read exactly as PyYAML's `CSafeLoader` reads one document, with the position of everything; and
//! written so that PyYAML reads the same value back.
//!
//! The way of a text: `events` (libyaml, the parser PyYAML uses) or, where a text needs no more, `simple`; `build` (nodes, anchors) with `merge`
//! (merge keys, equal keys) and `resolve`, `number`, `timestamp` (what a scalar is), `document` (positions,
//! and the `Value`).
//!
//! It refuses some input that PyYAML takes: nesting deeper than [`MAX_DEPTH`]; aliases that blow up ([`MAX_ALIASED`])
//! or run in a cycle; `!!omap` and `!!pairs`; an unknown tag on a map that only serves to be merged; a map with a
//! scalar's tag and the key `=`; one-line keys of more than 1024 bytes (libyaml: characters); integers of more than
//! 4300 digits in any base (Python: decimal ones).

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
pub use document::{Document, Located, Refused, read};
pub use error::YamlError;
pub use merge::Duplicate;
pub use node::{Data, Entries, Node};
pub use write::write;
