//! What the tasks to run ask of machines.

use indexmap::{IndexMap, IndexSet};
use taskgraph::preview::{Row, Work};

use super::page::Page;
use crate::report::count;

/// How many kinds are named in a row without `--all`.
const NAMED: usize = 3;

/// The table: kinds with GPUs one by one, all others by their pool; with `--all` every kind and stage.
pub fn print(page: &mut Page, work: &Work, all: bool) {
    let provisioner = common_provisioner(work);
    page.heading(&match provisioner {
        Some(provisioner) => format!("To run, on worker pools of {provisioner}"),
        None => "To run".into(),
    });
    let mut rows = vec![["tasks", "worker pool", "", "", "at most", ""].map(str::to_owned).to_vec()];
    let short = |pool: &str| match pool.split_once('/') {
        Some((of, worker_type)) if Some(of) == provisioner => worker_type.to_owned(),
        _ => pool.to_owned(),
    };
    if all {
        rows.extend(work.rows.iter().map(|row| cells(name(row), &[row], short(&row.pool))));
    } else {
        let mut others: IndexMap<&str, Vec<&Row>> = IndexMap::new();
        for row in work.rows.iter().filter(|row| row.gpus == 0) {
            others.entry(&row.pool).or_default().push(row);
        }
        rows.extend(others.iter().map(|(pool, rows)| cells(names(rows), rows, short(pool))));
        let mut gpus: IndexMap<(&str, &str), Vec<&Row>> = IndexMap::new();
        for row in work.rows.iter().filter(|row| row.gpus > 0) {
            gpus.entry((&row.kind, &row.pool)).or_default().push(row);
        }
        rows.extend(gpus.iter().map(|((kind, pool), rows)| cells((*kind).into(), rows, short(pool))));
    }
    page.table(2, &[0, 4], &rows);
    let totals = &work.totals;
    let mut line = format!("  {}", count(totals.tasks, "task"));
    if totals.gpu_tasks > 0 {
        line.push_str(&format!(", {} on GPUs", totals.gpu_tasks));
    }
    line.push_str(&format!("; if each ran to its limit, {} of machines", duration(totals.seconds)));
    if totals.gpu_tasks > 0 {
        line.push_str(&format!(" and {} of single GPUs", duration(totals.gpu_seconds)));
    }
    page.line(&line);
}

/// The provisioner of most pools, so that it need not stand in every row.
fn common_provisioner(work: &Work) -> Option<&str> {
    let mut counts: IndexMap<&str, usize> = IndexMap::new();
    for (provisioner, _) in work.rows.iter().filter_map(|row| row.pool.split_once('/')) {
        *counts.entry(provisioner).or_default() += 1;
    }
    counts.into_iter().max_by_key(|(_, count)| *count).map(|(provisioner, _)| provisioner)
}

fn name(row: &Row) -> String {
    match &row.stage {
        Some(stage) if **stage != *row.kind => format!("{} ({stage})", row.kind),
        _ => row.kind.to_string(),
    }
}

fn names(rows: &[&Row]) -> String {
    let kinds: IndexSet<&str> = rows.iter().map(|row| &*row.kind).collect();
    let shown = if kinds.len() == NAMED + 1 { kinds.len() } else { NAMED };
    let name = kinds.iter().take(shown).copied().collect::<Vec<_>>().join(", ");
    match kinds.len().saturating_sub(shown) {
        0 => name,
        more => format!("{name} and {more} more kinds"),
    }
}

/// Rows of one pool as one.
fn cells(name: String, rows: &[&Row], pool: String) -> Vec<String> {
    let gpus = rows.first().map_or(0, |row| row.gpus);
    let machines = rows.first().and_then(|row| row.machines);
    let downloads: usize = rows.iter().map(|row| row.download_only).sum();
    let tasks: usize = rows.iter().map(|row| row.tasks).sum();
    let seconds = rows.iter().map(|row| row.seconds).sum();
    vec![
        tasks.to_string(),
        pool,
        if gpus > 0 { count(gpus, "GPU") } else { String::new() },
        machines.unwrap_or_default().into(),
        duration(seconds),
        if downloads == tasks { format!("{name} (download only)") } else { name },
    ]
}

/// `30 d`, `1 d 12 h`, `20 min`.
pub fn duration(seconds: u64) -> String {
    let (days, hours, minutes) = (seconds / 86_400, seconds % 86_400 / 3_600, seconds % 3_600 / 60);
    match (days, hours, minutes) {
        (0, 0, 0) => "-".into(),
        (0, 0, minutes) => format!("{minutes} min"),
        (0, hours, 0) => format!("{hours} h"),
        (0, hours, minutes) => format!("{hours} h {minutes} min"),
        (days, 0, _) => format!("{days} d"),
        (days, hours, _) => format!("{days} d {hours} h"),
    }
}
