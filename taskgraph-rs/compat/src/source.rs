//! Source texts and places in them: file, line and column.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use crate::error::{NotUtf8, ReadError};

/// A text that was read: a file, standard input, something embedded.
#[derive(Debug, PartialEq, Eq)]
pub struct Source {
    /// The name for people: the path as it was given, or `<stdin>`.
    pub name: String,
    /// The text.
    pub text: String,
}

impl Source {
    /// Reads a file of UTF-8, with or without a byte order mark (which stays in the text). The error names the file,
    /// and line and column of the first byte that is no UTF-8.
    pub fn read(path: &Path) -> Result<Arc<Self>, ReadError> {
        let name = path.display().to_string();
        match std::fs::read(path) {
            Ok(bytes) => Ok(Source::decode(name, bytes)?),
            Err(error) => Err(ReadError::Unreadable(name, error)),
        }
    }

    /// A text of UTF-8, as [`Source::read`] takes it.
    pub fn decode(name: impl Into<String>, bytes: Vec<u8>) -> Result<Arc<Self>, NotUtf8> {
        let name = name.into();
        let text = String::from_utf8(bytes).map_err(|error| {
            let valid = error.utf8_error().valid_up_to();
            let (before, rest) = error.as_bytes().split_at(valid);
            let byte = rest.first().copied().unwrap_or_default();
            let span = Span::at(std::str::from_utf8(before).unwrap_or_default(), valid);
            NotUtf8 { name: name.clone(), line: span.line, column: span.column, byte }
        })?;
        Ok(Source::new(name, text))
    }

    /// A text that is already there.
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Arc<Self> {
        Arc::new(Source { name: name.into(), text: text.into() })
    }
}

/// A stretch of a text. Lines and columns count from 1, columns in characters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Span {
    /// First line.
    pub line: u32,
    /// First column.
    pub column: u32,
    /// The start, in bytes of the text.
    pub start: u32,
    /// The end (exclusive), in bytes of the text.
    pub end: u32,
}

impl Span {
    /// The place, without extent, of a byte of a text. A byte order mark takes no column.
    pub fn at(text: &str, byte: usize) -> Self {
        let before = text.get(..byte).unwrap_or(text);
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let line = before.bytes().filter(|byte| *byte == b'\n').count() + 1;
        let column = before[line_start..].trim_start_matches('\u{feff}').chars().count() + 1;
        let start = before.len() as u32;
        Span { line: line as u32, column: column as u32, start, end: start }
    }
}

/// A stretch of a certain text.
#[derive(Clone, Debug)]
pub struct Place {
    /// The text.
    pub source: Arc<Source>,
    /// The stretch.
    pub span: Span,
}

impl Place {
    /// Returns the text at this place, as it is spelled.
    pub fn text(&self) -> Option<&str> {
        self.source.text.get(self.span.start as usize..self.span.end as usize)
    }
}

/// `name:line:column`.
impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.source.name, self.span.line, self.span.column)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_byte_has_a_line_and_a_column_in_characters() {
        let span = Span::at("\u{feff}é: 1\näb", 11);
        assert_eq!((span.line, span.column, span.start), (2, 2, 11));
    }

    #[test]
    fn what_is_no_utf8_is_refused_with_its_place() {
        let path = std::env::temp_dir().join(format!("taskgraph-source-{}.yml", std::process::id()));
        std::fs::write(&path, b"a: 1\n\xc3\xa9: \xff\n").unwrap();
        let read = Source::read(&path);
        std::fs::remove_file(&path).unwrap();
        let Err(ReadError::NotUtf8(error)) = read else { panic!("{read:?}") };
        let error = error.to_string();
        assert!(error.ends_with(".yml:2:4: the byte 0xff is not UTF-8"), "{error}");
    }
}
