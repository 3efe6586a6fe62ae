//! Problems with existing tasks: those that a decision cannot use, and those that it does not take.

use std::collections::BTreeSet;

use indexmap::IndexMap;

use crate::diagnostics::{Problem, Problems, Severity};
use crate::error::Result;
use crate::optimize::existing_tasks::{Existing, NotTaken, Unusable};
use crate::optimize::optimized::OptimizedGraph;
use crate::optimize::outcome::{RejectionReason, ReplacedBy, TaskOutcome};
use crate::parameters::Params;
use crate::task::Label;
use taskgraph_compat::value::Value;
use taskgraph_compat::value::path::KeyPath;

/// The parameter that names them.
const PARAMETER: &str = "existing_tasks";

/// Refuses all that nothing could wait for: the queue would not take what depends on it, or never start it. Gives what
/// a person should know besides.
pub fn check(params: &Params, existing: &Existing) -> Result<Vec<Problem>> {
    Problems(existing.unusable.iter().map(|task| unusable(params, task)).collect()).check()?;
    Ok(not_taken(&existing.not_taken))
}

/// The same as warnings, for whoever only looks at a graph.
pub fn warnings(params: &Params, existing: &Existing) -> Vec<Problem> {
    let refused = existing.unusable.iter().map(|task| Problem {
        severity: Severity::Warning,
        ..unusable(params, task).help("a decision with these parameters is refused")
    });
    refused.chain(not_taken(&existing.not_taken)).collect()
}

/// Takes those of the unusable tasks out of the parameters that were found in earlier groups (`found`) and that nobody has
/// named: their labels run anew. Gives a warning for each.
fn leave_out(params: &mut Params, found: &BTreeSet<Label>, existing: &Existing) -> Vec<Problem> {
    let left_out: Vec<&Unusable> =
        existing.unusable.iter().filter(|task| found.contains(&task.label)).collect();
    if let Some(entries) = params.find_mut(&KeyPath::dotted(PARAMETER)).and_then(Value::as_map_mut) {
        entries.retain(|label, _| left_out.iter().all(|task| task.label.as_str() != &**label));
    }
    let reported = left_out.into_iter().map(|Unusable { label, task_id, why, .. }| {
        let message =
            format!("`{label}` runs anew: task `{task_id}` of an earlier group cannot be used again");
        Problem::warning("existing-task", message).at(PARAMETER.into(), why.to_string())
    });
    reported.collect()
}

/// Optimizes until no existing task that was found and not named is left that cannot be used, each time without those that
/// cannot: more tasks run then, and others may be needed for longer. Gives the outcome, and a warning for each that runs
/// anew. Refused if nothing is left of what was found.
pub fn settle(
    params: &mut Params,
    found: &BTreeSet<Label>,
    mut optimize: impl FnMut(&Params) -> Result<OptimizedGraph>,
) -> Result<(OptimizedGraph, Vec<Problem>)> {
    let mut reported = Vec::new();
    loop {
        let optimized = optimize(params)?;
        let left_out = leave_out(params, found, &optimized.existing);
        if left_out.is_empty() {
            let is_used = |outcome: &TaskOutcome| matches!(outcome, TaskOutcome::Replaced(_, replaced) if replaced.by == ReplacedBy::ExistingTasks);
            if !reported.is_empty() && !optimized.outcomes.values().any(is_used) {
                return Err(nothing_left(found.len(), reported).into());
            }
            return Ok((optimized, reported));
        }
        reported.extend(left_out);
    }
}

/// Somebody wants to go on from what was found, and not to begin from the start.
fn nothing_left(found: usize, mut reported: Vec<Problem>) -> Problems {
    let message = format!("of {found} tasks that were found in earlier groups, none can be used again");
    let problem = Problem::error("no-tasks", message)
        .at(PARAMETER.into(), "all would be made anew")
        .help("leave the groups out of the input if that is what you want");
    reported.insert(0, problem);
    Problems(reported)
}

fn unusable(params: &Params, task: &Unusable) -> Problem {
    let Unusable { label, task_id, why, dependent } = task;
    let path = KeyPath::dotted(PARAMETER).join(label.as_str());
    // Labels that were found in earlier groups stand nowhere.
    let start = |path: &KeyPath| params.place_of_value(path).map(|place| place.span.start);
    let is_written = start(&path) != start(&KeyPath::dotted(PARAMETER));
    let place = params.place_of_value(&path).filter(|_| is_written);
    // What expires before a deadline names the task that has it.
    let needed = dependent.as_ref().filter(|_| !matches!(why, RejectionReason::Expires { .. }));
    let needed = needed.map(|dependent| format!("; `{dependent}` waits for it"));
    let message = format!("`{label}` cannot be used again: task `{task_id}` is not usable");
    let help =
        "leave the label out, so that it is made again, or name another task for it under `existing_tasks`";
    Problem::error("existing-task", message)
        .at(params.path_in_file(&path), format!("{why}{}", needed.unwrap_or_default()))
        .in_place(place)
        .help(help)
}

/// One warning for each task that runs and that others are made again for.
fn not_taken(tasks: &[NotTaken]) -> Vec<Problem> {
    let mut by_cause: IndexMap<Option<&Label>, Vec<&NotTaken>> = IndexMap::new();
    for task in tasks {
        by_cause.entry(task.because_of.as_ref()).or_default().push(task);
    }
    let reported = by_cause.into_iter().map(|(cause, tasks)| {
        let message = match (tasks.len(), cause) {
            (1, Some(cause)) => {
                format!("an existing task is not used again, because it depends on `{cause}`, which runs")
            }
            (many, Some(cause)) => {
                format!(
                    "{many} existing tasks are not used again, because they depend on `{cause}`, which runs"
                )
            }
            (many, None) => format!("{many} existing tasks are not used again: they must not be optimized"),
        };
        let listed: Vec<String> =
            tasks.iter().map(|task| format!("{} ({})", task.label, task.task_id)).collect();
        Problem::warning("existing-task", message).at(PARAMETER.into(), listed.join(", "))
    });
    reported.collect()
}
