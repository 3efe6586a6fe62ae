//! Optional keys that may be null, as msgspec takes them.

use taskgraph::schema::{STRINGS, Shape};

/// A text or null.
pub const TEXT_OR_NULL: Shape = Shape::Either(&[Shape::Str, Shape::Null], "a string or null");
/// A boolean or null.
pub const FLAG_OR_NULL: Shape = Shape::Either(&[Shape::Bool, Shape::Null], "true, false or null");
/// An integer or null.
pub const INTEGER_OR_NULL: Shape = Shape::Either(&[Shape::Int, Shape::Null], "an integer or null");
/// Lists of texts, or null.
pub const LISTS_OR_NULL: Shape =
    Shape::Either(&[Shape::List(&STRINGS), Shape::Null], "a list of lists of strings, or null");

/// A section or null: `$section` is a shape.
macro_rules! or_null {
    ($section:expr) => {
        Shape::Either(&[$section, Shape::Null], "a section or null")
    };
}
pub(super) use or_null;
