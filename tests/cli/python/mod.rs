//! Trees whose Python raises, exits, forks, hangs, takes all memory, is killed, or returns anything.
//! There is a clear message every time, nothing is written, and no process is left behind.
//!
//! TASKGRAPH_TEST_PYTHON names an interpreter that has Taskgraph 15.1.3. Without it most of this is left out.

mod doctor;
mod exceptions;
mod interpreters;
mod newer;
mod phases;
mod processes;
mod results;
mod signals;
mod tree;
