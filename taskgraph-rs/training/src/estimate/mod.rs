//! Estimate of the duration and the cost of the tasks to run, from the run times of earlier tasks.
//!
//! The estimate for a task is the median of the earlier tasks of its kind on its worker pool. Without any there is
//! no estimate: neither the limit nor another pool is used instead.

pub(crate) mod history;
pub(crate) mod history_file;
pub(crate) mod machines;
pub(crate) mod prices;

use serde::Serialize;

use crate::model::TrainingExtensions as _;
use crate::model::Variant;
use history::{History, Times, TimesByPool};
use machines::{MachineReport, pool};
use prices::Prices;
use taskgraph::graph::TaskGraph;
use taskgraph::graph::traverse::any_order;
use taskgraph::task::{Label, Task};
use taskgraph_compat::value::Str;

/// The seconds of an hour.
const HOUR: f64 = 3_600.0;

/// Estimate for one row of the table of worker pools.
#[derive(Debug, Serialize)]
pub struct RowEstimate {
    /// Run times of earlier tasks of the kind on the pool; `None` if there are none.
    #[serde(flatten)]
    pub times: Option<Times>,
    /// Number of tasks of the row that have no earlier run, or only download a model.
    pub no_earlier_run: usize,
    /// The sum of the medians, over the tasks that have an earlier run; nothing if none has.
    pub seconds: Option<u64>,
    /// That sum, multiplied by the GPUs.
    pub gpu_seconds: Option<u64>,
    /// Cost; `None` without a price or without an earlier run.
    pub cost: Option<f64>,
}

/// Everything together.
#[derive(Debug, Serialize)]
pub struct Estimate {
    /// Number of known earlier tasks, of any kind.
    pub earlier: usize,
    /// Number of tasks to run without an earlier run.
    pub no_earlier_run: usize,
    /// The sum of the medians of all others; nothing if there are no others.
    pub seconds: Option<u64>,
    /// The same, times the GPUs of each.
    pub gpu_seconds: Option<u64>,
    /// Cost of the machines, if there are prices.
    pub money: Option<Cost>,
    /// The tasks that decide when the run is done.
    pub critical_path: Option<CriticalPath>,
}

/// Cost of the machines.
#[derive(Debug, Serialize)]
pub struct Cost {
    /// The currency, as the prices name it.
    pub currency: Str,
    /// The sum of what has both an earlier run and a price.
    pub cost: f64,
    /// Number of tasks that have an earlier run, and a pool without a price.
    pub no_price: usize,
}

/// The tasks that decide when the run is done: of all ways through the graph the one that takes longest.
#[derive(Debug, Serialize)]
pub struct CriticalPath {
    /// Duration, without tasks that have no earlier run and without the wait for machines.
    pub seconds: u64,
    /// Number of its tasks without an earlier run.
    pub no_earlier_run: usize,
    /// Its tasks, in the order in which they run.
    pub tasks: Vec<PathTask>,
}

/// A task of the critical path.
#[derive(Debug, Serialize)]
pub struct PathTask {
    /// Its label.
    pub label: Label,
    /// The median of its earlier runs, if it has any.
    pub seconds: Option<u64>,
}

/// Adds to the table of the worker pools of `graph` what the history and the prices say about it.
pub(crate) fn estimate(
    work: &mut MachineReport,
    graph: &TaskGraph,
    history: &History,
    prices: Option<&Prices>,
) {
    let times = history.times();
    let mut all = Estimate {
        earlier: history.runs().len(),
        no_earlier_run: 0,
        seconds: None,
        gpu_seconds: None,
        money: prices.map(|prices| Cost { currency: prices.currency.clone(), cost: 0.0, no_price: 0 }),
        critical_path: critical_path(graph, &times),
    };
    for row in &mut work.rows {
        let known = row.tasks - row.download_only;
        let times = times.get(&(&*row.kind, &*row.pool)).filter(|_| known > 0).cloned();
        let seconds = times.as_ref().map(|times| times.median_seconds.saturating_mul(known as u64));
        let gpu_seconds = seconds.map(|seconds| seconds.saturating_mul(row.gpus as u64));
        let mut cost = None;
        if let (Some(seconds), Some(prices), Some(money)) = (seconds, prices, &mut all.money) {
            cost = prices.of(&row.pool).map(|price| seconds as f64 / HOUR * price);
            match cost {
                Some(cost) => money.cost += cost,
                None => money.no_price += known,
            }
        }
        let no_earlier_run = if times.is_some() { row.download_only } else { row.tasks };
        all.no_earlier_run += no_earlier_run;
        add(&mut all.seconds, seconds);
        add(&mut all.gpu_seconds, gpu_seconds);
        row.estimate =
            Some(RowEstimate { times, no_earlier_run, seconds, gpu_seconds, cost: cost.map(in_cents) });
    }
    all.money = all.money.map(|money| Cost { cost: in_cents(money.cost), ..money });
    work.estimate = Some(all);
}

fn add(sum: &mut Option<u64>, more: Option<u64>) {
    if let Some(more) = more {
        *sum = Some(sum.unwrap_or_default().saturating_add(more));
    }
}

/// More digits would say more than anybody knows.
fn in_cents(amount: f64) -> f64 {
    (amount * 100.0).round() / 100.0
}

/// Returns the median of the earlier run times of a task; `None` if there are none.
fn median(task: &Task, times: &TimesByPool<'_>) -> Option<u64> {
    let downloads = task.extensions.model().is_some_and(|model| model.variant == Variant::DownloadOnly);
    let pool = pool(task);
    let known = times.get(&(&*task.kind, &*pool)).filter(|_| !downloads);
    known.map(|times| times.median_seconds)
}

/// The way through the graph that takes longest; of equal ones that of the first tasks. Nothing if no task of the graph
/// has an earlier run.
fn critical_path(graph: &TaskGraph, times: &TimesByPool<'_>) -> Option<CriticalPath> {
    let tasks: Vec<&Task> = graph.tasks.values().map(|task| &**task).collect();
    let medians: Vec<Option<u64>> = tasks.iter().map(|task| median(task, times)).collect();
    medians.iter().flatten().next()?;
    let needs = |task: &&Task| -> Vec<usize> {
        let needs = graph.edges_of(&task.label).iter();
        needs.filter_map(|(_, label)| graph.tasks.get_index_of(label)).collect()
    };
    let needs: Vec<Vec<usize>> = tasks.iter().map(needs).collect();
    let mut done: Vec<u64> = vec![0; tasks.len()];
    let mut waits_for: Vec<Option<usize>> = vec![None; tasks.len()];
    for node in any_order(&needs) {
        for &need in &needs[node] {
            if waits_for[node].is_none_or(|last| (done[need], last) > (done[last], need)) {
                waits_for[node] = Some(need);
            }
        }
        let start = waits_for[node].map_or(0, |need| done[need]);
        done[node] = start.saturating_add(medians[node].unwrap_or_default());
    }
    let mut last = None;
    for (node, end) in done.iter().enumerate() {
        if last.is_none_or(|last: usize| *end > done[last]) {
            last = Some(node);
        }
    }
    let seconds = last.map_or(0, |node| done[node]);
    let mut path: Vec<PathTask> = std::iter::successors(last, |node| waits_for[*node])
        .map(|node| PathTask { label: tasks[node].label.clone(), seconds: medians[node] })
        .collect();
    path.reverse();
    let no_earlier_run = path.iter().filter(|task| task.seconds.is_none()).count();
    Some(CriticalPath { seconds, no_earlier_run, tasks: path })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::estimate::history::EarlierRun;
    use crate::estimate::machines::work;
    use crate::testing::{run, task};
    use taskgraph::graph_config::GraphConfig;
    use taskgraph::taskgraph_version::TaskgraphVersion;
    use taskgraph::tree::Tree;

    const CONFIG: &str = "{trust-domain: t, task-priority: low, taskgraph: {repositories: {r: {name: r}}}, \
        workers: {aliases: {}}}";

    fn definition(pool: &str, gpus: &str) -> String {
        format!(
            "{{provisionerId: p, workerType: {pool}, payload: {{maxRunTime: 9000, env: {{GPUS: '{gpus}'}}}}}}"
        )
    }

    /// a → b → d, a → c → d: by c it takes longer, and nothing is known of the pool of a.
    fn graph() -> TaskGraph {
        let tasks = vec![
            task("a", &[], "{}", &definition("new", "")),
            task("b", &["a"], "{}", &definition("cpu", "")),
            task("c", &["a"], "{}", &definition("gpu", "0 1")),
            task("d", &["b", "c"], "{}", &definition("cpu", "")),
        ];
        run(tasks, "d", Vec::new()).targets.graph
    }

    fn estimated(history: &[(&str, u64)], prices: Option<&Prices>) -> MachineReport {
        let tree = Tree::embedded(&[("config.yml", CONFIG)]);
        let config = GraphConfig::load(&tree, TaskgraphVersion::default()).unwrap();
        let mut known = History::default();
        for (pool, seconds) in history {
            known.add(EarlierRun {
                kind: "train".into(),
                pool: (*pool).into(),
                seconds: *seconds,
                task: None,
            });
        }
        let graph = graph();
        let mut work = work(&graph, &config, "1");
        estimate(&mut work, &graph, &known, prices);
        work
    }

    #[test]
    fn the_medians_of_rows_are_added_up_and_what_is_not_known_is_counted() {
        let prices = Prices::new("EUR", &[("p/c*", 2.0)]);
        let history = [("p/cpu", 100), ("p/cpu", 1800), ("p/cpu", 9000), ("p/gpu", 3600), ("q/new", 5)];
        let work = estimated(&history, Some(&prices));
        let rows: Vec<_> = work
            .rows
            .iter()
            .map(|row| {
                let it = row.estimate.as_ref().unwrap();
                (&*row.pool, it.seconds, it.gpu_seconds, it.no_earlier_run, it.cost)
            })
            .collect();
        assert_eq!(
            rows,
            [
                ("p/new", None, None, 1, None),
                ("p/cpu", Some(3600), Some(0), 0, Some(2.0)),
                ("p/gpu", Some(3600), Some(7200), 0, None),
            ]
        );
        let all = work.estimate.unwrap();
        assert_eq!((all.earlier, all.no_earlier_run), (5, 1));
        assert_eq!((all.seconds, all.gpu_seconds), (Some(7200), Some(7200)));
        let money = all.money.unwrap();
        assert_eq!((&*money.currency, money.cost, money.no_price), ("EUR", 2.0, 1));
        let path = all.critical_path.unwrap();
        let tasks: Vec<_> = path.tasks.iter().map(|task| (task.label.as_str(), task.seconds)).collect();
        assert_eq!(tasks, [("a", None), ("c", Some(3600)), ("d", Some(1800))]);
        assert_eq!((path.seconds, path.no_earlier_run), (5400, 1));
    }

    #[test]
    fn without_an_earlier_run_nothing_is_said() {
        let work = estimated(&[("q/cpu", 7)], None);
        assert!(work.rows.iter().all(|row| row.estimate.as_ref().unwrap().seconds.is_none()));
        let all = work.estimate.unwrap();
        assert_eq!((all.no_earlier_run, all.seconds, all.gpu_seconds), (4, None, None));
        assert!(all.critical_path.is_none() && all.money.is_none());
    }

    #[test]
    fn of_equal_ways_the_first_is_reported() {
        let path = estimated(&[("p/cpu", 60), ("p/gpu", 60)], None).estimate.unwrap().critical_path.unwrap();
        let labels: Vec<_> = path.tasks.iter().map(|task| task.label.as_str()).collect();
        assert_eq!((labels, path.seconds), (vec!["a", "b", "d"], 120));
    }
}
