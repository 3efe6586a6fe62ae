//! Existing tasks that a decision cannot use, and those that it does not take.

use anyhow::Result;
use indexmap::IndexMap;

use crate::keypath::KeyPath;
use crate::optimize::{Existing, NotTaken, Unusable};
use crate::params::Params;
use crate::problem::{Problem, Problems};
use crate::task::Label;

/// The parameter that names them.
const PARAMETER: &str = "existing_tasks";

/// Refuses all that nothing could wait for: the queue would not take what depends on it, or never start it. Gives what
/// a person should know besides.
pub fn check(params: &Params, existing: &Existing) -> Result<Vec<Problem>> {
    Problems(existing.unusable.iter().map(|task| unusable(params, task)).collect()).check()?;
    Ok(not_taken(&existing.not_taken))
}

fn unusable(params: &Params, task: &Unusable) -> Problem {
    let Unusable { label, task_id, why, dependent } = task;
    let path = KeyPath::dotted(PARAMETER).join(label.as_str());
    // Labels that were found in earlier groups stand nowhere.
    let start = |path: &KeyPath| params.place_of_value(path).map(|place| place.span.start);
    let is_written = start(&path) != start(&KeyPath::dotted(PARAMETER));
    let place = params.place_of_value(&path).filter(|_| is_written);
    let needed = dependent.as_ref().map(|dependent| format!("; `{dependent}` waits for it"));
    let message = format!("`{label}` cannot be used again: task `{task_id}` is no good");
    let help = "let it be made again (where groups are used again, by an earlier start), or name another task for it \
                under `existing_tasks`";
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
    let told = by_cause.into_iter().map(|(cause, tasks)| {
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
    told.collect()
}
