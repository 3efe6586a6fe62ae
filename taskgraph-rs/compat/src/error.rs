//! Errors of reading a source.

use std::{fmt, io};

/// A source that cannot be read. Does not implement [`std::error::Error`], so that it has to be converted: the environment
/// is at fault for one variant, and the input for the other.
#[derive(Debug)]
pub enum ReadError {
    /// The file of this name cannot be read.
    Unreadable(String, io::Error),
    /// The content is not UTF-8.
    NotUtf8(NotUtf8),
}

impl From<NotUtf8> for ReadError {
    fn from(error: NotUtf8) -> Self {
        ReadError::NotUtf8(error)
    }
}

/// A byte that is not UTF-8, and its place.
#[derive(Debug)]
pub struct NotUtf8 {
    pub(crate) name: String,
    pub(crate) line: u32,
    pub(crate) column: u32,
    pub(crate) byte: u8,
}

impl fmt::Display for NotUtf8 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let NotUtf8 { name, line, column, byte } = self;
        write!(f, "{name}:{line}:{column}: the byte 0x{byte:02x} is not UTF-8")
    }
}

impl std::error::Error for NotUtf8 {}
