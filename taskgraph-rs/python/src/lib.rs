//! Runs the Python of a tree: finds an interpreter, starts it, speaks to it and ends it with all its descendants.
//!
//! Invariant: besides git's module in the engine, this is the only library that starts processes. It does not interpret
//! what is asked and answered; the engine does.

mod find;
mod frame;
pub mod interruption;
mod limits;
mod process;
mod script;
mod support;

pub use find::{Choice, Interpreter, PythonEnvironment};
pub use limits::Limits;
pub use support::PythonSupport;
