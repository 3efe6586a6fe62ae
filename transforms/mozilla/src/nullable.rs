//! Optional keys that may be null, as msgspec takes them.

use taskgraph::schema::{STRINGS, Schema};

/// A text or null.
pub(crate) const TEXT_OR_NULL: Schema = Schema::Either(&[Schema::Str, Schema::Null], "a string or null");
/// A boolean or null.
pub(crate) const FLAG_OR_NULL: Schema = Schema::Either(&[Schema::Bool, Schema::Null], "true, false or null");
/// An integer or null.
pub(crate) const INTEGER_OR_NULL: Schema = Schema::Either(&[Schema::Int, Schema::Null], "an integer or null");
/// Lists of texts, or null.
pub(crate) const LISTS_OR_NULL: Schema =
    Schema::Either(&[Schema::List(&STRINGS), Schema::Null], "a list of lists of strings, or null");

/// A section or null: `$section` is a schema.
macro_rules! or_null {
    ($section:expr) => {
        Schema::Either(&[$section, Schema::Null], "a section or null")
    };
}
pub(super) use or_null;
