//! Runs of tasks: how a task begins, ends, and begins again. The rules are those of the queue.

use super::answer::Refusal;
use super::store::{Store, StoredTask};

/// More runs no task may have.
const MOST_RUNS: usize = 50;

/// A run.
#[derive(Clone, Debug)]
pub(super) struct Run {
    pub state: String,
    pub created: &'static str,
    /// Why it came to its end, if it has.
    pub resolved: Option<String>,
    /// Duration.
    pub seconds: i64,
}

impl Run {
    pub(super) fn new(state: &str, created: &'static str) -> Self {
        let resolved = match state {
            "exception" => Some("canceled".to_owned()),
            "completed" | "failed" => Some(state.to_owned()),
            _ => None,
        };
        Run { state: state.into(), created, resolved, seconds: 0 }
    }
}

impl StoredTask {
    /// The state of the last run; a task without one waits for others.
    pub(super) fn state(&self) -> &str {
        self.runs.last().map_or("unscheduled", |run| &run.state)
    }

    pub(super) fn is_open(&self) -> bool {
        matches!(self.state(), "unscheduled" | "pending" | "running")
    }

    /// Whether a task that has come to this end lets this one begin.
    fn is_satisfied_by(&self, state: &str) -> bool {
        match self.definition["requires"].as_str() {
            Some("all-resolved") => matches!(state, "completed" | "failed" | "exception"),
            _ => state == "completed",
        }
    }
}

/// Notes what a new task waits for, and begins it if that is nothing any more.
pub(super) fn track(store: &mut Store, id: &str) {
    let task = &store.tasks[id];
    let listed = task.definition["dependencies"].as_array().cloned().unwrap_or_default();
    let open = listed.iter().filter_map(|on| on.as_str());
    let open = open.filter(|on| !task.is_satisfied_by(store.tasks[*on].state()));
    let open: std::collections::BTreeSet<String> = open.map(str::to_owned).collect();
    store.tasks[id].waits_for = open;
    schedule(store, id);
}

/// Begins the first run of a task that waits for nothing, unless its time is over.
fn schedule(store: &mut Store, id: &str) {
    let is_over = store.is_past(&store.tasks[id].definition["deadline"]);
    let task = &mut store.tasks[id];
    if task.waits_for.is_empty() && task.runs.is_empty() && !is_over {
        task.runs.push(Run::new("pending", "scheduled"));
    }
}

/// Ends the last run of a task. A worker that shuts down gets a new run, as long as there are retries left; else all
/// that waits for the task may begin, if the end is one that it waits for.
pub(super) fn resolve(store: &mut Store, id: &str, state: &str, reason: &str) {
    let task = &mut store.tasks[id];
    if task.runs.is_empty() {
        task.runs.push(Run::new("pending", if state == "exception" { "exception" } else { "scheduled" }));
    }
    let run = task.runs.last_mut().unwrap();
    run.state = state.into();
    run.resolved = Some(reason.into());
    // A worker reports `intermittent-task` where the exit status is one of `onExitStatus.retry`.
    let retry = match reason {
        "worker-shutdown" | "claim-expired" => Some("retry"),
        "intermittent-task" => Some("task-retry"),
        _ => None,
    };
    if let Some(created) = retry.filter(|_| task.retries_left > 0) {
        task.retries_left -= 1;
        task.runs.push(Run::new("pending", created));
        return;
    }
    let waiting: Vec<String> = store
        .tasks
        .iter()
        .filter(|(_, other)| other.waits_for.contains(id) && other.is_satisfied_by(state))
        .map(|(other, _)| other.clone())
        .collect();
    for other in waiting {
        store.tasks[&other].waits_for.remove(id);
        schedule(store, &other);
    }
}

/// Ends all that is open past its deadline, as the queue does once that has come.
pub(super) fn end_overdue(store: &mut Store) {
    let is_overdue = |task: &StoredTask| task.is_open() && store.is_past(&task.definition["deadline"]);
    let overdue = store.tasks.iter().filter(|(_, task)| is_overdue(task));
    let overdue: Vec<String> = overdue.map(|(id, _)| id.clone()).collect();
    overdue.iter().for_each(|id| resolve(store, id, "exception", "deadline-exceeded"));
}

pub(super) fn cancel(store: &mut Store, id: &str) -> Result<(), Refusal> {
    let task = store.task(id)?;
    let deadline = &task.definition["deadline"];
    if store.is_past(deadline) {
        return Err(Refusal::conflict(format!(
            "Task `{id}` can't be canceled past its deadline of {deadline}."
        )));
    }
    if task.is_open() {
        resolve(store, id, "exception", "canceled");
    }
    Ok(())
}

/// A new run of a task that has ended, or of one that has not begun: nothing is waited for any more.
pub(super) fn rerun(store: &mut Store, id: &str) -> Result<(), Refusal> {
    let task = store.task(id)?;
    let deadline = &task.definition["deadline"];
    if store.is_past(deadline) {
        let reported = format!("Task `{id}` can't be rescheduled past its deadline of {deadline}.");
        return Err(Refusal::conflict(reported));
    }
    if matches!(task.state(), "pending" | "running") {
        return Ok(());
    }
    if task.runs.len() >= MOST_RUNS {
        return Err(Refusal::conflict(format!("Maximum number of runs reached ({MOST_RUNS}).")));
    }
    let created = if task.runs.is_empty() { "scheduled" } else { "rerun" };
    let task = &mut store.tasks[id];
    task.retries_left = task.definition["retries"].as_u64().unwrap_or(5);
    task.runs.push(Run::new("pending", created));
    Ok(())
}
