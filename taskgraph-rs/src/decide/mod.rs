//! A decision: from a push, a pull request, a schedule or an action to tasks that run.
//!
//! Invariant: nothing is created before everything that can be refused was looked at.

mod artifacts;
mod asked;
mod folder;
mod history;
mod parameters;
mod runnable;
mod try_config;

pub use asked::Asked;
pub use parameters::{Derived, parameters};
