//! Texts that were read, and places in them.

use std::sync::Arc;

/// A text that was read: a file, standard input, something embedded.
#[derive(Debug, PartialEq, Eq)]
pub struct Source {
    /// What a person calls it: the path as it was given, or `<stdin>`.
    pub name: String,
    /// The text.
    pub text: String,
}

/// A stretch of a text. Lines and columns count from 1, columns in characters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Span {
    /// First line.
    pub line: u32,
    /// First column.
    pub column: u32,
    /// Where it starts, in bytes of the text.
    pub start: u32,
    /// Where it ends, in bytes of the text; not included.
    pub end: u32,
}

/// A stretch of a certain text.
#[derive(Clone, Debug)]
pub struct Place {
    /// The text.
    pub source: Arc<Source>,
    /// The stretch.
    pub span: Span,
}
