//! Machines that the tasks to run need. Maximum run times are limits, not estimates.

use indexmap::IndexMap;
use serde::Serialize;

use crate::estimate::{Estimate, RowEstimate};
use crate::model::TrainingExtensions as _;
use crate::model::Variant;
use taskgraph::graph::TaskGraph;
use taskgraph::graph_config::GraphConfig;
use taskgraph::task::Task;
use taskgraph_compat::value::{Str, Value};

/// Machines that the tasks run on.
#[derive(Debug, Default, Serialize)]
pub struct MachineReport {
    /// One row for each kind, stage and worker pool, in the order of the pipeline.
    pub rows: Vec<MachineRow>,
    /// Everything together.
    pub totals: Totals,
    /// Estimated duration, from earlier tasks; `None` if no estimate was requested.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub estimate: Option<Estimate>,
}

/// Tasks of one kind and stage on one worker pool.
#[derive(Debug, Serialize)]
pub struct MachineRow {
    /// The kind.
    pub kind: Str,
    /// The stage, if the tasks have one.
    pub stage: Option<Str>,
    /// `provisioner/worker-type`.
    pub pool: String,
    /// GPUs of one machine.
    pub gpus: usize,
    /// `spot` or `standard`; nothing where the pool comes in one sort only.
    pub machines: Option<&'static str>,
    /// Number of tasks.
    pub tasks: usize,
    /// Number of them that only download a model. They need a machine of the pool, but not for long.
    pub download_only: usize,
    /// The longest that one of them may run, in seconds.
    pub longest_seconds: u64,
    /// The sum of the maximum run times, in seconds.
    pub seconds: u64,
    /// That sum, multiplied by the GPUs.
    pub gpu_seconds: u64,
    /// Estimated duration, from earlier tasks; `None` if no estimate was requested.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub estimate: Option<RowEstimate>,
}

/// Everything together.
#[derive(Debug, Default, Serialize)]
pub struct Totals {
    /// Number of tasks.
    pub tasks: usize,
    /// Number of them on a machine with GPUs.
    pub gpu_tasks: usize,
    /// The sum of the maximum run times, in seconds.
    pub seconds: u64,
    /// The sum of the maximum run times, times the GPUs of each.
    pub gpu_seconds: u64,
}

/// Names in a worker type for machines that are not taken away.
const STANDARD: [&str; 2] = ["standard", "std"];

/// One row for each kind, stage and worker pool.
pub(crate) fn work(graph: &TaskGraph, config: &GraphConfig, level: &str) -> MachineReport {
    let twins = types_with_a_standard_twin(config, level);
    let mut rows: IndexMap<(Str, Option<Str>, String, usize), MachineRow> = IndexMap::new();
    let mut totals = Totals::default();
    for task in graph.tasks.values() {
        let text = |key: &str| task.definition.get(key).and_then(Value::as_str).unwrap_or_default();
        let payload = task.definition.get("payload");
        let worker_type = text("workerType");
        let pool = pool(task);
        let gpus = gpus(payload);
        let seconds = payload.and_then(|payload| payload.get("maxRunTime")?.as_int()).unwrap_or_default();
        let seconds = u64::try_from(seconds).unwrap_or_default();
        let gpu_seconds = seconds.saturating_mul(gpus as u64);
        let stage = stage(task);
        let row = rows.entry((task.kind.clone(), stage.clone(), pool.clone(), gpus)).or_insert_with(|| {
            MachineRow {
                kind: task.kind.clone(),
                stage,
                pool,
                gpus,
                machines: machines(worker_type, &twins),
                tasks: 0,
                download_only: 0,
                longest_seconds: 0,
                seconds: 0,
                gpu_seconds: 0,
                estimate: None,
            }
        });
        row.tasks += 1;
        let downloads = task.extensions.model().is_some_and(|model| model.variant == Variant::DownloadOnly);
        row.download_only += usize::from(downloads);
        row.longest_seconds = row.longest_seconds.max(seconds);
        row.seconds = row.seconds.saturating_add(seconds);
        row.gpu_seconds = row.gpu_seconds.saturating_add(gpu_seconds);
        totals.tasks += 1;
        totals.gpu_tasks += usize::from(gpus > 0);
        totals.seconds = totals.seconds.saturating_add(seconds);
        totals.gpu_seconds = totals.gpu_seconds.saturating_add(gpu_seconds);
    }
    MachineReport { rows: rows.into_values().collect(), totals, estimate: None }
}

/// `provisioner/workerType`.
pub(crate) fn pool(task: &Task) -> String {
    let text = |key: &str| task.definition.get(key).and_then(Value::as_str).unwrap_or_default();
    format!("{}/{}", text("provisionerId"), text("workerType"))
}

fn stage(task: &Task) -> Option<Str> {
    match task.attributes.get("stage") {
        Some(Value::Str(stage)) => Some(stage.clone()),
        _ => None,
    }
}

/// `GPUS: "0 1 2 3"` are four.
fn gpus(payload: Option<&Value>) -> usize {
    let gpus = payload.and_then(|payload| payload.get("env")?.get("GPUS")?.as_str());
    gpus.map_or(0, |gpus| gpus.split_whitespace().count())
}

fn machines(worker_type: &str, twins: &[String]) -> Option<&'static str> {
    if is_standard(worker_type) {
        return Some("standard");
    }
    twins.iter().any(|twin| twin == worker_type).then_some("spot")
}

fn is_standard(name: &str) -> bool {
    name.split('-').any(|part| STANDARD.contains(&part))
}

/// Worker types of aliases for which there is another alias, the same but for `standard`: those are spot machines.
fn types_with_a_standard_twin(config: &GraphConfig, level: &str) -> Vec<String> {
    let aliases = config.get("workers").and_then(|workers| workers.get("aliases")?.as_map());
    let Some(aliases) = aliases else { return Vec::new() };
    let twin =
        |alias: &str| STANDARD.iter().any(|word| aliases.contains_key(format!("{alias}-{word}").as_str()));
    let types =
        aliases.keys().filter(|alias| twin(alias)).filter_map(|alias| config.worker_type(alias, level).ok());
    types.map(|(_, worker_type)| worker_type).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{run, task};
    use taskgraph::taskgraph_version::TaskgraphVersion;
    use taskgraph::tree::Tree;

    const CONFIG: &str = "{trust-domain: t, task-priority: low, taskgraph: {repositories: {r: {name: r}}}, \
        workers: {aliases: {gpu: &w {provisioner: p, implementation: generic-worker, os: linux, worker-type: '{alias}'}, \
        gpu-standard: *w, alone: *w}}}";

    #[test]
    fn tasks_of_one_pool_are_added_up() {
        let definition = |pool: &str, gpus: &str, seconds: u64| {
            format!(
                "{{provisionerId: p, workerType: {pool}, payload: {{maxRunTime: {seconds}, env: {{GPUS: '{gpus}'}}}}}}"
            )
        };
        let tasks = vec![
            task("a", &[], "{stage: s}", &definition("gpu", "0 1 2 3", 60)),
            task("b", &["a"], "{stage: s}", &definition("gpu", "0 1 2 3", 40)),
            task("c", &["b"], "{stage: s}", &definition("gpu-standard", "0", 10)),
            task("d", &["c"], "{}", &definition("alone", "", 5)),
            task("e", &["d"], "{}", "{provisionerId: built-in, workerType: succeed, payload: {}}"),
        ];
        let config =
            GraphConfig::load(&Tree::embedded(&[("config.yml", CONFIG)]), TaskgraphVersion::default())
                .unwrap();
        let report = work(&run(tasks, "e", Vec::new()).targets.graph, &config, "1");
        let rows: Vec<_> = report
            .rows
            .iter()
            .map(|row| (row.pool.as_str(), row.tasks, row.gpus, row.machines, row.seconds, row.gpu_seconds))
            .collect();
        assert_eq!(
            rows,
            [
                ("p/gpu", 2, 4, Some("spot"), 100, 400),
                ("p/gpu-standard", 1, 1, Some("standard"), 10, 10),
                ("p/alone", 1, 0, None, 5, 0),
                ("built-in/succeed", 1, 0, None, 0, 0),
            ]
        );
        assert_eq!(
            (report.rows[0].longest_seconds, report.totals.tasks, report.totals.gpu_tasks),
            (60, 5, 3)
        );
        assert_eq!((report.totals.seconds, report.totals.gpu_seconds), (115, 410));
    }
}
