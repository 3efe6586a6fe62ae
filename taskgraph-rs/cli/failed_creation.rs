//! Report on the tasks that were and were not created, after a failure.

use crate::Status;
use crate::report::{Reporter, lines};
use anstream::eprintln;
use indexmap::IndexMap;
use taskgraph_taskcluster::{CreateFailure, CreatedTask, Failure};

/// Reports a failure to stderr, in full: somebody has to know what exists. A reason that many tasks share is printed
/// once.
pub(crate) fn report_failure(failure: &CreateFailure, reporter: &Reporter) -> Status {
    print_tasks(failure);
    let message = failure.to_string();
    reporter.machine(&match failure.refused.is_empty() {
        true => anyhow::Error::msg(failure.why.clone()).context(message),
        // The reasons stand beside the tasks.
        false => anyhow::Error::msg(message),
    });
    Status::Machine
}

fn print_tasks(failure: &CreateFailure) {
    section("created", &failure.created);
    let mut by_reason: IndexMap<String, Vec<&CreatedTask>> = IndexMap::new();
    for refused in &failure.refused {
        by_reason.entry(reason(&refused.failure)).or_default().push(&refused.task);
    }
    if !by_reason.is_empty() {
        eprintln!("failed:");
    }
    for (reason, tasks) in by_reason {
        tasks.iter().for_each(|task| eprintln!("  {}  {}", task.task_id, task.label));
        lines(&reason).iter().for_each(|line| eprintln!("      {line}"));
    }
    section("not tried", &failure.untried);
}

fn reason(failure: &Failure) -> String {
    let hint = match failure {
        Failure::Unreachable(_) => "; it is unknown whether it exists",
        Failure::Conflict(_) => "; does another task create the same ones, or is the task group sealed?",
        _ => "",
    };
    format!("{failure}{hint}")
}

fn section(title: &str, tasks: &[CreatedTask]) {
    if !tasks.is_empty() {
        eprintln!("{title}:");
    }
    for task in tasks {
        eprintln!("  {}  {}", task.task_id, task.label);
    }
}
