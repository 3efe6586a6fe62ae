//! Runs the Python of a tree: finds an interpreter, starts it, speaks to it and ends it with all its descendants.
//!
//! This is the only package that starts processes besides git's module. What is asked, and what becomes of the answers,
//! the engine decides.

mod find;
mod frame;
pub mod interruption;
mod process;
mod script;
mod support;

pub use find::{Choice, Interpreter, PythonEnvironment};
pub use support::{Limits, PythonSupport};
