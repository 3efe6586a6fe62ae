//! JSON as the reference reads and writes it: the output of `orjson`, with non-ASCII characters unescaped.

pub mod pretty;
mod read;
pub(crate) mod scan;
mod write;

pub use read::{read, written};
pub use write::{append_text, compact, compact_sorted, indented, pretty_sorted};

/// Why JSON cannot be read or written.
pub type Error = serde_json::Error;
