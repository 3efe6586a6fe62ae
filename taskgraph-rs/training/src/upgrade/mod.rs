//! `config upgrade`: converts configs of older trees to the layout of the current one.
//!
//! Edits text where something changed and nowhere else. Comments and order stay. Writes no files.

mod changes;
mod edit;
mod values;

pub use changes::Upgrade;
pub use edit::Draft;
pub(crate) use values::correct;
