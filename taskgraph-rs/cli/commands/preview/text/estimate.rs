//! Estimated duration and cost of the run, as text.

use crate::commands::preview::text::duration::duration;
use crate::report::count;
use crate::text_layout::{Page, TextStyle};
use taskgraph_training::{Cost, CriticalPath, Estimate, MachineRow, PathTask, Plan, Times};

/// Largest number of tasks of the critical path that are shown without `--all`: those that take longest.
const SHOWN: usize = 5;

/// Text for an unknown duration.
const NOTHING: &str = "no earlier run";

/// The sum of the estimates of some rows, and how many of their tasks have none: `1 d 4 h (3 of 12: no earlier run)`.
pub(crate) fn sum(rows: &[&MachineRow]) -> String {
    let tasks: usize = rows.iter().map(|row| row.tasks).sum();
    let of = rows.iter().filter_map(|row| row.estimate.as_ref());
    let missing: usize = of.clone().map(|it| it.no_earlier_run).sum();
    let seconds: Vec<u64> = of.filter_map(|it| it.seconds).collect();
    if seconds.is_empty() {
        return NOTHING.into();
    }
    let time = short(seconds.iter().fold(0, |sum: u64, one| sum.saturating_add(*one)));
    if missing == 0 { time } else { format!("{time} ({missing} of {tasks}: {NOTHING})") }
}

/// Formats the cost of some rows, if any of them has a price.
pub(crate) fn cost(rows: &[&MachineRow]) -> String {
    let costs: Vec<f64> =
        rows.iter().filter_map(|row| row.estimate.as_ref()).filter_map(|it| it.cost).collect();
    if costs.is_empty() { "-".into() } else { amount(costs.iter().sum()) }
}

/// Formats the duration of one task of these rows, which are of one kind and pool: `3 h (2 h to 4 h, of 12)`.
pub(crate) fn each(rows: &[&MachineRow]) -> String {
    let times = rows.iter().find_map(|row| row.estimate.as_ref()?.times.as_ref());
    times.map(spread).unwrap_or_default()
}

/// The median, the quartiles and the number of earlier tasks.
pub(crate) fn spread(times: &Times) -> String {
    let Times { earlier, median_seconds, lower_quartile_seconds, upper_quartile_seconds } = times;
    let (low, high) = (short(*lower_quartile_seconds), short(*upper_quartile_seconds));
    let spread = if low == high { String::new() } else { format!("{low} to {high}, ") };
    format!("{} ({spread}of {earlier})", short(*median_seconds))
}

/// Formats the total in a sentence.
pub(crate) fn total(all: &Estimate, tasks: usize) -> String {
    let Some(seconds) = all.seconds else {
        return format!("by {}: {NOTHING} of any of these tasks", count(all.earlier, "earlier task"));
    };
    let mut line = format!("by {}: {} of machines", count(all.earlier, "earlier task"), short(seconds));
    if let Some(gpus) = all.gpu_seconds.filter(|seconds| *seconds > 0) {
        line.push_str(&format!(" and {} of single GPUs", short(gpus)));
    }
    if let Some(Cost { currency, cost, no_price }) = &all.money {
        line.push_str(&format!(", {} {currency}", amount(*cost)));
        if *no_price > 0 {
            line.push_str(&format!(" ({} without a price)", count(*no_price, "task")));
        }
    }
    match all.no_earlier_run {
        0 => line,
        missing => format!("{line}; {missing} of {} have {NOTHING}", count(tasks, "task")),
    }
}

/// Formats the duration of the critical path.
pub(crate) fn path(path: &CriticalPath) -> String {
    let tasks = count(path.tasks.len(), "task");
    let missing = match path.no_earlier_run {
        0 => String::new(),
        missing => format!(", {missing} of them with {NOTHING}"),
    };
    format!("{} in {tasks}{missing}", short(path.seconds))
}

/// Formats the duration of one task of the critical path.
pub(crate) fn step(task: &PathTask) -> String {
    task.seconds.map_or_else(|| NOTHING.into(), short)
}

/// The tasks that decide when the run is done; the longest ones, or all with `--all`.
pub(crate) fn print(page: &mut Page, plan: &Plan, all: bool) {
    let Some(estimate) = &plan.work.estimate else { return };
    page.sentence("  ", &total(estimate, plan.work.totals.tasks));
    let Some(found) = &estimate.critical_path else { return };
    page.line(&format!("  critical path: {}", path(found)));
    let shown = shown(found, all);
    let left = found.tasks.len() - shown.len();
    let rows: Vec<Vec<String>> =
        shown.into_iter().map(|task| vec![step(task), task.label.to_string()]).collect();
    page.table(4, &[0], &rows);
    if left > 0 {
        page.line_in(TextStyle::Faint, &format!("    … and {left} more (--all lists them)"), "");
    }
}

fn shown(path: &CriticalPath, all: bool) -> Vec<&PathTask> {
    let mut seconds: Vec<u64> = path.tasks.iter().map(|task| task.seconds.unwrap_or_default()).collect();
    seconds.sort_unstable_by(|a, b| b.cmp(a));
    let least = seconds.get(SHOWN - 1).copied().filter(|_| !all && path.tasks.len() > SHOWN);
    let is_shown = |task: &&PathTask| {
        least.is_none_or(|least| task.seconds.is_some_and(|seconds| seconds > 0 && seconds >= least))
    };
    path.tasks.iter().filter(is_shown).collect()
}

/// `3 h 20 min`, and `45 s` of what takes less than a minute.
pub(crate) fn short(seconds: u64) -> String {
    if seconds < 60 { format!("{seconds} s") } else { duration(seconds) }
}

/// An amount of money with its cents.
pub(crate) fn amount(amount: f64) -> String {
    format!("{amount:.2}")
}
