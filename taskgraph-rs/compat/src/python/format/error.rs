//! Errors of templates that cannot be filled in.

use std::fmt;

/// The reason why a template cannot be filled in, named after the exception that Python raises.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FormatError {
    /// `KeyError`: no argument has this name.
    Name(String),
    /// `KeyError`: a map inside the argument lacks the key.
    Key {
        /// The missing key.
        key: String,
        /// The field as the template has it.
        field: String,
    },
    /// `IndexError`: a field with a position, or without anything, where fields have names.
    Position(String),
    /// `IndexError`: an index beyond the end of a list or a text.
    Index(String),
    /// `AttributeError`: `.name`. Values have no attributes that a template may see.
    Attribute {
        /// The name after the dot.
        attribute: String,
        /// The field as the template has it.
        field: String,
    },
    /// `ValueError`: braces, conversions or format specifications that make no sense.
    Value(String),
    /// `OverflowError`: an integer that is too large for what is asked of it.
    Overflow(String),
    /// `TypeError`: a value of a sort that cannot be indexed or formatted like this.
    Type(String),
}

impl FormatError {
    pub(super) fn too_long() -> Self {
        FormatError::Value("the text grows beyond 64 MiB".into())
    }

    /// The missing name or key, if that is what is wrong.
    pub fn missing(&self) -> Option<&str> {
        match self {
            FormatError::Name(key) | FormatError::Key { key, .. } => Some(key),
            _ => None,
        }
    }

    /// The name of Python's exception.
    pub fn kind(&self) -> &'static str {
        match self {
            FormatError::Name(_) | FormatError::Key { .. } => "KeyError",
            FormatError::Position(_) | FormatError::Index(_) => "IndexError",
            FormatError::Attribute { .. } => "AttributeError",
            FormatError::Value(_) => "ValueError",
            FormatError::Overflow(_) => "OverflowError",
            FormatError::Type(_) => "TypeError",
        }
    }
}

impl fmt::Display for FormatError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            FormatError::Name(name) => write!(f, "no value for `{{{name}}}`"),
            FormatError::Position(field) => {
                write!(f, "no value for `{{{field}}}`: fields have names here, not positions")
            }
            FormatError::Key { key, field } => write!(f, "no key `{key}` for `{{{field}}}`"),
            FormatError::Attribute { attribute, field } => {
                write!(f, "no attribute `{attribute}` for `{{{field}}}`: values have keys, not attributes")
            }
            FormatError::Index(what)
            | FormatError::Value(what)
            | FormatError::Overflow(what)
            | FormatError::Type(what) => f.write_str(what),
        }
    }
}

impl std::error::Error for FormatError {}
