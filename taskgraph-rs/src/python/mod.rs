//! What Python does with text, exactly, where the answer ends up in a task or in a digest.
//!
//! Holds Python 3.11's meaning only: nothing here knows of kinds, tasks or graphs.

mod digit;
mod float;
mod format;
mod format_error;
mod int;
mod number;
mod pattern;
mod pattern_class;
mod pattern_group;
mod pattern_width;
mod plain;
mod printable;
mod replacement;
mod spec;
mod text;

pub mod base64;
pub mod glob;
pub mod json;
pub mod path;
pub mod regex;
pub mod shell;
pub mod url;

pub use float::repr as float_repr;
pub use format::{Names, append_format, format, format_partial, has_braces};
pub use format_error::FormatError;
pub use int::{IntError, int, parse_int};
pub use plain::Plain;
pub use regex::{Captures, Regex, RegexError, keymatch};
pub use replacement::replacement;
pub use text::{ascii, repr, str, write_repr, write_str};
