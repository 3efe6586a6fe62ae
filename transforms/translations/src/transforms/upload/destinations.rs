//! No two tasks upload to the same place.

use indexmap::IndexMap;
use taskgraph::diagnostics::Problem;
use taskgraph::graph::TaskGraph;
use taskgraph::task::{Label, Task};
use taskgraph_compat::value::Value;
use taskgraph_compat::value::path::KeyPath;

/// The kind whose payload has data instead of artifacts.
const CONFIG_KIND: &str = "upload-experiment-config";

/// Final evaluations are uploaded both by a step of the pipeline and by the tasks that fill in what is missing.
const SHARED: &str = "final-evals";

/// All tasks that upload to where another one does.
pub(crate) fn verify(graph: &TaskGraph) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut seen: IndexMap<&str, &Label> = IndexMap::new();
    for task in graph.tasks.values().filter(|task| task.kind.starts_with("upload-")) {
        for destination in destinations(task) {
            if let Some(other) = seen.insert(destination, &task.label)
                && !destination.contains(SHARED)
            {
                problems.push(conflict(task, other, destination));
            }
        }
    }
    problems
}

fn destinations(task: &Task) -> impl Iterator<Item = &str> {
    let payload = task.definition.get("payload");
    let is_config = &*task.kind == CONFIG_KIND;
    let entries: Vec<&Value> = if is_config {
        list(payload.and_then(|payload| payload.get("dataMap"))).collect()
    } else {
        let maps = list(payload.and_then(|payload| payload.get("artifactMap")));
        maps.filter_map(|map| map.get("paths")?.as_map()).flat_map(|paths| paths.values()).collect()
    };
    let all = entries.into_iter().flat_map(|entry| list(entry.get("destinations")));
    // The decision task's id is not in it yet, which makes no difference.
    all.filter_map(|to| to.as_str().or_else(|| to.get("task-reference")?.as_str()))
}

fn list(value: Option<&Value>) -> std::slice::Iter<'_, Value> {
    value.and_then(Value::as_list).unwrap_or_default().iter()
}

fn conflict(task: &Task, other: &Label, destination: &str) -> Problem {
    let message = format!("`{}` and `{other}` upload to the same place `{destination}`", task.label);
    let path =
        KeyPath::dotted(if &*task.kind == CONFIG_KIND { "worker.data-map" } else { "worker.artifact-map" });
    let place = task.origin.place(&path);
    Problem::error("upload-destination", message).at(path, "each needs a place of its own").in_place(place)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use taskgraph::schema::fields::Fields as _;
    use taskgraph_compat::map;
    use transforms_testing::task;

    fn upload(label: &str, destination: &str) -> (Label, Arc<Task>) {
        let mut task = task("upload-artifacts", label, "{}");
        let to = Value::from(map! { "task-reference" => destination });
        let paths = map! { "*" => map! { "destinations" => vec![to] } };
        let maps = vec![Value::from(map! { "paths" => paths })];
        task.definition.put("payload", map! { "artifactMap" => maps });
        (task.label.clone(), Arc::new(task))
    }

    #[test]
    fn two_uploads_to_one_place_are_reported() {
        let problems = |tasks: Vec<(Label, Arc<Task>)>| {
            let problems = verify(&TaskGraph::set(tasks.into_iter().collect()));
            problems.iter().map(|problem| problem.message.clone()).collect::<Vec<_>>()
        };
        assert_eq!(problems(vec![upload("a", "x_<decision>/"), upload("b", "y/")]), [""; 0]);
        assert_eq!(
            problems(vec![upload("a", "x/"), upload("b", "x/")]),
            ["`b` and `a` upload to the same place `x/`"]
        );
        assert_eq!(problems(vec![upload("a", "final-evals/"), upload("b", "final-evals/")]), [""; 0]);
    }
}
