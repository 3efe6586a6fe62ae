//! What the Python of a tree may do to the program: raise, exit, fork, hang, take all memory, be killed, return anything.
//! There is a clear message every time, nothing is written, and no process is left behind.
//!
//! TASKGRAPH_TEST_PYTHON names an interpreter that has Taskgraph 15.1.3. Without it most of this is left out.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]
#![allow(clippy::disallowed_methods, reason = "a test starts programs")]

#[path = "../support/mod.rs"]
mod support;

mod doctor;
mod exceptions;
mod interpreters;
mod newer;
mod phases;
mod processes;
mod results;
mod signals;
mod tree;
