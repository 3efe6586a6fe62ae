//! `graph diff`, `graph explain` and `graph path`: questions about graphs.

mod diff;
mod explain;
mod made;
mod operand;
mod path;
mod value;

pub use diff::run as diff;
pub use explain::run as explain;
pub use made::{Made, made_with};
pub use path::run as path;
