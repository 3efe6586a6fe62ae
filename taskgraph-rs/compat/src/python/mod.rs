//! Python's operations on text, exactly, where their result ends up in a task or in a digest.
//!
//! Holds Python 3.11's meaning only: nothing here knows of kinds, tasks or graphs.

pub mod base64;
mod digit;
mod float;
mod format;
pub mod glob;
mod int;
pub mod json;
pub mod path;
mod printable;
pub mod regex;
pub mod shell;
mod text;
pub mod url;

pub use float::repr as float_repr;
pub use format::error::FormatError;
pub use format::{Names, append_format, format, format_partial, has_braces};
pub use int::{IntError, int, parse_int};
pub use regex::replacement::replacement;
pub use regex::{Captures, Regex, RegexError, keymatch};
pub use text::{ascii, repr, str, write_repr, write_str};
