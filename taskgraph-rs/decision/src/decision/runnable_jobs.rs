//! Renders `runnable-jobs.json`: the tasks outside the graph that Treeherder shows.

use taskgraph::graph::TaskGraph;
use taskgraph::schema::fields::Fields;
use taskgraph::task::Task;
use taskgraph_compat::value::{Map, Value};

/// Label to symbol, group, collection and platform, for every task that Treeherder knows how to show.
/// Python: `taskgraph.decision.full_task_graph_to_runnable_tasks`.
pub(super) fn runnable(full: &TaskGraph) -> Value {
    let entries =
        full.tasks.values().filter_map(|task| Some((task.label.text().clone(), entry(task)?.into())));
    Map::from_iter(entries).into()
}

fn entry(task: &Task) -> Option<Map> {
    let treeherder = task.definition.get("extra")?.get("treeherder")?.as_map()?;
    let mut entry = Map::default();
    for key in ["symbol", "groupName", "groupSymbol", "collection"] {
        if let Some(value) = treeherder.get(key) {
            entry.put(key, value.clone());
        }
    }
    let platform = treeherder.get("machine").and_then(|machine| machine.get("platform"));
    if let Some(platform) = platform.filter(|platform| platform.truthy()) {
        entry.put("platform", platform.clone());
    }
    Some(entry)
}
