//! Machines of the tasks and their maximum run times, as text.

use crate::commands::preview::text::duration::duration;
use crate::commands::preview::text::estimate;
use crate::report::count;
use crate::text_layout::Page;
use indexmap::{IndexMap, IndexSet};
use taskgraph_training::{MachineReport, MachineRow, Plan};

/// Largest number of kinds that a row names without `--all`.
const NAMED: usize = 3;

/// Two tables: kinds with GPUs one by one, then all others by their pool; with `--all` one of every kind and stage.
pub(crate) fn print(page: &mut Page, plan: &Plan, all: bool) {
    let work = &plan.work;
    let provisioner = common_provisioner(work);
    // Which tasks it is about: nobody knows more of them before a look-up.
    let which = if plan.look_up.is_some() { ", for what would run" } else { "" };
    let of = provisioner.map(|provisioner| format!(" of {provisioner}")).unwrap_or_default();
    page.heading(&format!("Worker pools{of}{which}"));
    let short = |pool: &str| match pool.split_once('/') {
        Some((of, worker_type)) if Some(of) == provisioner => worker_type.to_owned(),
        _ => pool.to_owned(),
    };
    let columns = Columns::of(work);
    let is_alone = |row: &&MachineRow| all || row.gpus > 0;
    let mut alone: IndexMap<(String, &str), Vec<&MachineRow>> = IndexMap::new();
    for row in work.rows.iter().filter(is_alone) {
        let name = if all { name(row) } else { row.kind.to_string() };
        alone.entry((name, &row.pool)).or_default().push(row);
    }
    if !alone.is_empty() {
        let each: &[&str] = if columns.estimate { &["one task", "worker pool"] } else { &["worker pool"] };
        let what = if all { "kind" } else { "on GPUs" };
        let mut table = vec![columns.heads(&[what, "tasks", "at most"], each)];
        table.extend(alone.into_iter().map(|((name, pool), rows)| {
            let Cells { tasks, time, machines } = cells(&rows, short(pool));
            let mut cells = vec![name, tasks, time];
            columns.add(&mut cells, &rows);
            cells.extend(columns.estimate.then(|| estimate::each(&rows)));
            cells.push(machines);
            cells
        }));
        page.table(2, &[1, 2], &table);
    }
    let mut others: IndexMap<&str, Vec<&MachineRow>> = IndexMap::new();
    for row in work.rows.iter().filter(|row| !is_alone(row)) {
        others.entry(&row.pool).or_default().push(row);
    }
    if !others.is_empty() {
        let mut table = vec![columns.heads(&["tasks", "at most"], &["without GPUs", "kinds"])];
        table.extend(others.into_iter().map(|(pool, rows)| {
            let Cells { tasks, time, machines } = cells(&rows, short(pool));
            let mut cells = vec![tasks, time];
            columns.add(&mut cells, &rows);
            cells.extend([machines, names(&rows)]);
            cells
        }));
        page.table(2, &[0, 1], &table);
    }
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
    estimate::print(page, plan, all);
}

/// Optional columns of the table.
struct Columns {
    estimate: bool,
    cost: bool,
}

impl Columns {
    fn of(work: &MachineReport) -> Self {
        let estimate = work.estimate.as_ref();
        Columns {
            estimate: estimate.is_some(),
            cost: estimate.and_then(|it| it.money.as_ref()).is_some_and(|money| money.cost > 0.0),
        }
    }

    /// The heads of a table, with those of the other columns between them.
    fn heads(&self, start: &[&str], end: &[&str]) -> Vec<String> {
        let more = [(self.estimate, "by earlier runs"), (self.cost, "cost")];
        let more = more.iter().filter(|(is_there, _)| *is_there).map(|(_, name)| name);
        start.iter().chain(more).chain(end).map(|name| (*name).to_owned()).collect()
    }

    /// The other columns of some rows.
    fn add(&self, cells: &mut Vec<String>, rows: &[&MachineRow]) {
        cells.extend(self.estimate.then(|| estimate::sum(rows)));
        cells.extend(self.cost.then(|| estimate::cost(rows)));
    }
}

/// The provisioner of most pools, so that it need not stand in every row.
fn common_provisioner(work: &MachineReport) -> Option<&str> {
    let mut counts: IndexMap<&str, usize> = IndexMap::new();
    for (provisioner, _) in work.rows.iter().filter_map(|row| row.pool.split_once('/')) {
        *counts.entry(provisioner).or_default() += 1;
    }
    counts.into_iter().max_by_key(|(_, count)| *count).map(|(provisioner, _)| provisioner)
}

fn name(row: &MachineRow) -> String {
    match &row.stage {
        Some(stage) if **stage != *row.kind => format!("{} ({stage})", row.kind),
        _ => row.kind.to_string(),
    }
}

fn names(rows: &[&MachineRow]) -> String {
    let kinds: IndexSet<&str> = rows.iter().map(|row| &*row.kind).collect();
    let shown = if kinds.len() == NAMED + 1 { kinds.len() } else { NAMED };
    let name = kinds.iter().take(shown).copied().collect::<Vec<_>>().join(", ");
    match kinds.len().saturating_sub(shown) {
        0 => name,
        more => format!("{name} and {more} more kinds"),
    }
}

/// Cells for the rows of one pool.
struct Cells {
    tasks: String,
    time: String,
    machines: String,
}

/// Rows of one pool as one.
fn cells(rows: &[&MachineRow], pool: String) -> Cells {
    let gpus = rows.first().map_or(0, |row| row.gpus);
    let machines = rows.first().and_then(|row| row.machines);
    let downloads: usize = rows.iter().map(|row| row.download_only).sum();
    let tasks: usize = rows.iter().map(|row| row.tasks).sum();
    let seconds = rows.iter().map(|row| row.seconds).sum();
    let gpus = (gpus > 0).then(|| count(gpus, "GPU"));
    let downloads = (downloads == tasks).then_some("download only");
    let parts: Vec<&str> =
        [pool.as_str()].into_iter().chain(gpus.as_deref()).chain(machines).chain(downloads).collect();
    Cells { tasks: tasks.to_string(), time: duration(seconds), machines: parts.join(", ") }
}
