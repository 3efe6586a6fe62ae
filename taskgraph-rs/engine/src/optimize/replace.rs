//! The replacing phase: from the tasks that need nothing up to those that nothing needs.

use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::Context as _;

use crate::error::Result;
use crate::graph::traverse::any_order;
use crate::optimize::indexed::Nodes;
use crate::optimize::outcome::{
    KeepReasons, KeptBy, NotReplaced, RemovalReason, ReplacedBy, Replacement, TaskOutcome,
};
use crate::optimize::remove::Stay;
use crate::optimize::request::Request;
use crate::optimize::strategies::ChosenStrategy;
use crate::optimize::strategy::{Answer, Deadline, LookUp};
use crate::schema::fields::{missing, wrong};
use crate::task::{Task, datestamp};
use taskgraph_compat::time::parse_json_date;
use taskgraph_compat::value::Value;

/// Returns the outcome of each task. A removed task may be replaced, too: it then has a taskId, and does not run.
pub(super) fn replace(
    request: &Request<'_>,
    nodes: &Nodes<'_>,
    chosen: &[ChosenStrategy<'_>],
    is_pinned: &[bool],
    stays: Vec<Stay>,
) -> Result<Vec<TaskOutcome>> {
    let mut outcomes: Vec<Option<TaskOutcome>> = vec![None; nodes.len()];
    let mut stays: Vec<Option<Stay>> = stays.into_iter().map(Some).collect();
    for node in any_order(&nodes.needs) {
        let task = nodes.tasks[node];
        let (kept, removed) = match stays[node].take().expect("every task is visited once") {
            Stay::Kept(why) => (Some(why), None),
            Stay::Removed(why) => (None, Some(why)),
        };
        let runs = |need: &&usize| matches!(outcomes[**need], Some(TaskOutcome::Kept(_)));
        let outcome = if is_pinned[node] {
            Attempt::Not(NotReplaced::DoNotOptimize)
        } else if let Some(need) = nodes.needs[node].iter().find(runs) {
            Attempt::Not(NotReplaced::Dependency(nodes.label(*need).clone()))
        } else if let Some(existing) = request.existing_tasks.get(&task.label) {
            let replaced = Replacement { by: ReplacedBy::ExistingTasks, removed: removed.clone() };
            Attempt::Decided(TaskOutcome::Replaced(existing.clone(), replaced))
        } else {
            let dependents = &nodes.needed_by[node];
            let deadline = deadline(nodes, dependents.iter().copied(), request.now)?;
            ask(request, task, &chosen[node], deadline.as_ref(), &removed)
        };
        outcomes[node] = Some(match (outcome, kept, removed) {
            (Attempt::Decided(outcome), ..) => outcome,
            (Attempt::Not(_), _, Some(removed)) => TaskOutcome::Removed(removed),
            (Attempt::Not(not_replaced), kept, None) => {
                TaskOutcome::Kept(KeepReasons { why: kept.unwrap_or(KeptBy::DoNotOptimize), not_replaced })
            }
        });
    }
    Ok(outcomes.into_iter().map(|outcome| outcome.expect("every task was visited")).collect())
}

enum Attempt {
    Not(NotReplaced),
    Decided(TaskOutcome),
}

fn ask(
    request: &Request<'_>,
    task: &Task,
    chosen: &ChosenStrategy<'_>,
    deadline: Option<&Deadline>,
    removed: &Option<RemovalReason>,
) -> Attempt {
    let asked = LookUp { task, params: request.params, deadline, found: request.found, now: request.now };
    let mut passed_over = Vec::new();
    let name = chosen.name.into();
    match chosen.strategy.replaces(&asked, chosen.argument, &mut passed_over) {
        Answer::Keep => {
            let asked = chosen.strategy.index_paths(chosen.argument).len();
            Attempt::Not(NotReplaced::Strategy { name, asked, passed_over })
        }
        Answer::Nothing => {
            Attempt::Decided(TaskOutcome::Removed(removed.clone().unwrap_or(RemovalReason::ByNothing(name))))
        }
        Answer::Task(task_id, path) => {
            let state = request.found.states.get(&task_id).cloned();
            let needed = deadline.map(|last| (last.text().into(), last.dependent.clone()));
            let by = ReplacedBy::Strategy { name, path, state, needed };
            Attempt::Decided(TaskOutcome::Replaced(task_id, Replacement { by, removed: removed.clone() }))
        }
    }
}

/// The last deadline of these dependents. For the index: of all that depends on a task, whether it runs or not.
pub(super) fn deadline(
    nodes: &Nodes<'_>,
    dependents: impl IntoIterator<Item = usize>,
    now: SystemTime,
) -> Result<Option<Deadline>> {
    let mut last: Option<Deadline> = None;
    for dependent in dependents {
        let task = nodes.tasks[dependent];
        let micros = deadline_of(task, now).map_err(|error| task.origin.locate(error))?;
        if last.as_ref().is_none_or(|last| last.micros < micros) {
            last = Some(Deadline { micros, dependent: task.label.clone() });
        }
    }
    Ok(last)
}

fn deadline_of(task: &Task, now: SystemTime) -> anyhow::Result<i64> {
    let deadline = task.definition.get("deadline");
    let relative = deadline.and_then(|deadline| deadline.get(datestamp::RELATIVE));
    match (relative.and_then(Value::as_str), deadline) {
        (Some(span), _) => {
            let after = datestamp::after(milliseconds(now), span).context("the deadline cannot be told")?;
            Ok(after.saturating_mul(1_000))
        }
        (None, Some(Value::Str(fixed))) => {
            parse_json_date(fixed).with_context(|| format!("the deadline `{fixed}` is not a point in time"))
        }
        (None, Some(other)) => Err(wrong("deadline", other, "a point in time")),
        (None, None) => Err(missing("deadline", "a point in time")),
    }
}

fn milliseconds(now: SystemTime) -> i64 {
    now.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis() as i64)
}
