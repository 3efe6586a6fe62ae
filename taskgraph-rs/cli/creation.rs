//! What is there and what is not, after tasks could not be created.

use anstream::eprintln;
use taskgraph::submit::{CreateFailure, CreatedTask, Failure};

use crate::report::one_line;

/// Tells it to stderr, in full: somebody has to know what exists.
pub fn tell(failure: &CreateFailure) {
    section("created", &failure.created);
    if !failure.refused.is_empty() {
        eprintln!("failed:");
    }
    for refused in &failure.refused {
        let unknown = match refused.failure {
            Failure::Unreachable(_) => "; nobody knows whether it exists",
            _ => "",
        };
        let why = one_line(&refused.failure.to_string());
        eprintln!("  {}  {}: {why}{unknown}", refused.task.task_id, refused.task.label);
    }
    section("not tried", &failure.untried);
}

fn section(title: &str, tasks: &[CreatedTask]) {
    if !tasks.is_empty() {
        eprintln!("{title}:");
    }
    for task in tasks {
        eprintln!("  {}  {}", task.task_id, task.label);
    }
}
