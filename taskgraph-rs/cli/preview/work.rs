//! What the tasks to run ask of machines.

use indexmap::IndexMap;
use taskgraph::preview::{Row, Work};

use super::page::Page;
use crate::report::count;

/// How many kinds are named in a row without `--all`.
const NAMED: usize = 4;

/// The table: kinds with GPUs one by one, all others by their pool; with `--all` every kind and stage.
pub fn print(page: &mut Page, work: &Work, all: bool) {
    page.heading("To run");
    let mut rows = vec![["", "tasks", "worker pool", "", "", "at most"].map(str::to_owned).to_vec()];
    if all {
        rows.extend(work.rows.iter().map(|row| one(name(row), row)));
    } else {
        let mut others: IndexMap<&str, Vec<&Row>> = IndexMap::new();
        for row in work.rows.iter().filter(|row| row.gpus == 0) {
            others.entry(&row.pool).or_default().push(row);
        }
        rows.extend(others.values().map(|rows| together(rows)));
        let mut gpus: IndexMap<(&str, &str), Vec<&Row>> = IndexMap::new();
        for row in work.rows.iter().filter(|row| row.gpus > 0) {
            gpus.entry((&row.kind, &row.pool)).or_default().push(row);
        }
        rows.extend(gpus.values().map(|rows| together(rows)));
    }
    page.table(2, &[1, 5], &rows);
    let totals = &work.totals;
    let mut line = format!("  {} in all", count(totals.tasks, "task"));
    if totals.gpu_tasks > 0 {
        line.push_str(&format!(", {} on GPUs", totals.gpu_tasks));
    }
    line.push_str(&format!("; the sum of maximum run times is {}", duration(totals.seconds)));
    if totals.gpu_tasks > 0 {
        line.push_str(&format!(", {} of GPUs", duration(totals.gpu_seconds)));
    }
    page.line(&line);
}

fn name(row: &Row) -> String {
    match &row.stage {
        Some(stage) if **stage != *row.kind => format!("{} ({stage})", row.kind),
        _ => row.kind.to_string(),
    }
}

fn one(name: String, row: &Row) -> Vec<String> {
    let gpus = if row.gpus > 0 { count(row.gpus, "GPU") } else { String::new() };
    let machines = row.machines.unwrap_or_default().to_owned();
    vec![name, row.tasks.to_string(), row.pool.clone(), gpus, machines, duration(row.seconds)]
}

/// Rows of one pool as one.
fn together(rows: &[&Row]) -> Vec<String> {
    let mut kinds: Vec<&str> = rows.iter().map(|row| &*row.kind).collect();
    kinds.dedup();
    let mut name = kinds.iter().take(NAMED).copied().collect::<Vec<_>>().join(", ");
    if kinds.len() > NAMED {
        name = format!("{name} and {} more kinds", kinds.len() - NAMED);
    }
    let Some(first) = rows.first() else { return Vec::new() };
    let tasks = rows.iter().map(|row| row.tasks).sum();
    let seconds = rows.iter().map(|row| row.seconds).sum();
    let row =
        Row { tasks, seconds, kind: first.kind.clone(), stage: None, pool: first.pool.clone(), ..**first };
    one(name, &row)
}

/// `30 d`, `1 d 12 h`, `20 min`.
fn duration(seconds: u64) -> String {
    let (days, hours, minutes) = (seconds / 86_400, seconds % 86_400 / 3_600, seconds % 3_600 / 60);
    match (days, hours, minutes) {
        (0, 0, minutes) => format!("{minutes} min"),
        (0, hours, 0) => format!("{hours} h"),
        (0, hours, minutes) => format!("{hours} h {minutes} min"),
        (days, 0, _) => format!("{days} d"),
        (days, hours, _) => format!("{days} d {hours} h"),
    }
}
