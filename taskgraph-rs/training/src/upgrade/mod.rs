//! `config upgrade`: converts configs of older trees to the layout of the current one.
//!
//! Edits text where something changed and nowhere else. Comments and order stay. Writes no files.

mod edit;
mod run;
mod values;

pub use edit::Draft;
pub use run::{Upgrade, upgrade};
