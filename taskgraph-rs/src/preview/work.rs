//! What the tasks to run ask of machines. Maximum run times are limits, not estimates.

use indexmap::IndexMap;

use super::report::{Row, Totals, Work};
use crate::config::GraphConfig;
use crate::decision::Variant;
use crate::graph::TaskGraph;
use crate::task::Task;
use crate::value::{Str, Value};

/// How a worker type says that its machines are not taken away.
const STANDARD: [&str; 2] = ["standard", "std"];

/// One row for each kind, stage and worker pool.
pub fn work(graph: &TaskGraph, config: &GraphConfig, level: &str) -> Work {
    let twins = types_with_a_standard_twin(config, level);
    let mut rows: IndexMap<(Str, Option<Str>, String, usize), Row> = IndexMap::new();
    let mut totals = Totals::default();
    for task in graph.tasks.values() {
        let text = |key: &str| task.definition.get(key).and_then(Value::as_str).unwrap_or_default();
        let payload = task.definition.get("payload");
        let worker_type = text("workerType");
        let pool = format!("{}/{worker_type}", text("provisionerId"));
        let gpus = gpus(payload);
        let seconds = payload.and_then(|payload| payload.get("maxRunTime")?.as_int()).unwrap_or_default();
        let seconds = u64::try_from(seconds).unwrap_or_default();
        let gpu_seconds = seconds.saturating_mul(gpus as u64);
        let stage = stage(task);
        let row = rows.entry((task.kind.clone(), stage.clone(), pool.clone(), gpus)).or_insert_with(|| Row {
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
        });
        row.tasks += 1;
        let downloads = task.model.as_ref().is_some_and(|model| model.variant == Variant::DownloadOnly);
        row.download_only += usize::from(downloads);
        row.longest_seconds = row.longest_seconds.max(seconds);
        row.seconds = row.seconds.saturating_add(seconds);
        row.gpu_seconds = row.gpu_seconds.saturating_add(gpu_seconds);
        totals.tasks += 1;
        totals.gpu_tasks += usize::from(gpus > 0);
        totals.seconds = totals.seconds.saturating_add(seconds);
        totals.gpu_seconds = totals.gpu_seconds.saturating_add(gpu_seconds);
    }
    Work { rows: rows.into_values().collect(), totals }
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
