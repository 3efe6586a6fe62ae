//! Upgrading configs: from what an older tree reads to what this one reads.
//!
//! Texts are edited where something changes and nowhere else. Comments and order stay, and nothing is written here.

mod edit;
mod run;
mod values;

pub use edit::Draft;
pub use run::{Upgrade, upgrade};
