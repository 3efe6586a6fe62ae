//! Two graphs, task by task.

use indexmap::IndexMap;
use serde::Serialize;

use crate::diagnostics::{Problem, Problems};
use crate::error::Result;
use crate::graph::TaskGraph;
use crate::graph::diff::field::{FieldChange, changes};
use crate::task::Label;
use taskgraph_compat::json;
use taskgraph_compat::natural_order::natural;
use taskgraph_compat::source::Source;
use taskgraph_compat::value::path::Step;
use taskgraph_compat::value::{Str, Value};

/// Tasks as `full-task-graph.json` has them, by label.
pub type Tasks = IndexMap<Label, Value>;

/// The difference between two graphs. All lists are in natural order of their labels: numbers in them by their size.
#[derive(Debug, Default, Serialize)]
pub struct GraphDiff {
    /// Tasks that only the first graph has.
    pub gone: Vec<Label>,
    /// Tasks that only the second graph has.
    pub new: Vec<Label>,
    /// Tasks that are not the same in both.
    pub changed: Vec<TaskChange>,
    /// The number of tasks that are equal in both.
    pub unchanged: usize,
}

/// A task that is not the same in two graphs.
#[derive(Debug, Serialize)]
pub struct TaskChange {
    /// Its label.
    pub label: Label,
    /// Its kind in the second graph.
    pub kind: Str,
    /// Whether only its digest differs, and what has the digest in it: something that it is made from has changed.
    pub only_digest: bool,
    /// The changed fields.
    pub fields: Vec<FieldChange>,
}

impl TaskChange {
    /// The changed fields without the digest and the fields that contain it.
    pub fn own_fields(&self) -> Vec<FieldChange> {
        self.fields.iter().filter(|field| !has_the_digest(field)).cloned().collect()
    }
}

impl GraphDiff {
    /// Whether there is any difference.
    pub fn is_empty(&self) -> bool {
        self.gone.is_empty() && self.new.is_empty() && self.changed.is_empty()
    }
}

/// Returns the changes from `before` to `after`.
pub fn diff(before: &Tasks, after: &Tasks) -> GraphDiff {
    let mut found = GraphDiff::default();
    for (label, task) in after {
        let Some(other) = before.get(label) else {
            found.new.push(label.clone());
            continue;
        };
        let fields = changes(other, task);
        if fields.is_empty() {
            found.unchanged += 1;
            continue;
        }
        let kind = task.get("kind").and_then(Value::as_str).unwrap_or_default().into();
        let only_digest = fields.iter().all(has_the_digest);
        found.changed.push(TaskChange { label: label.clone(), kind, only_digest, fields });
    }
    found.gone = before.keys().filter(|label| !after.contains_key(*label)).cloned().collect();
    let order = |a: &Label, b: &Label| natural(a.as_str(), b.as_str());
    found.gone.sort_by(order);
    found.new.sort_by(order);
    found.changed.sort_by(|a, b| order(&a.label, &b.label));
    found
}

/// Whether a field is the digest, or follows from it alone.
fn has_the_digest(change: &FieldChange) -> bool {
    let steps: Vec<&str> = change
        .path
        .0
        .iter()
        .filter_map(|step| match step {
            Step::Key(key) => Some(&**key),
            Step::Index(_) => None,
        })
        .collect();
    // Routes and look-ups of other sorts do not change with a digest: their texts are of the same index path.
    let same_but_digest = || match (&change.before, &change.after) {
        (Some(Value::Str(a)), Some(Value::Str(b))) => without_digest(a) == without_digest(b),
        _ => false,
    };
    match steps[..] {
        ["attributes", "cached_task", "digest"] => true,
        ["task", "routes"] | ["optimization", "index-search"] => same_but_digest(),
        _ => false,
    }
}

fn without_digest(path: &str) -> &str {
    path.rsplit_once(".hash.").map_or(path, |(before, _)| before)
}

/// The tasks of a graph.
pub fn tasks_of(graph: &TaskGraph) -> Result<Tasks> {
    let value = json::written(|out| graph.write_json(out))?;
    Ok(labelled(&value).unwrap_or_default())
}

/// Reads a file such as `full-task-graph.json`: a map from labels (or taskIds) to tasks.
pub fn read_tasks(source: &Source) -> Result<Tasks> {
    let refused = |message: String| {
        let help = "a file such as full-task-graph.json has for each label a map with the task";
        Problems::from(Problem::error("no-graph", message).help(help))
    };
    let value = json::read(&source.text)
        .map_err(|error| refused(format!("`{}` is not JSON: {error}", source.name)))?;
    Ok(labelled(&value).ok_or_else(|| refused(format!("`{}` is not a task graph", source.name)))?)
}

/// Each task under its own label, which a graph that is keyed by taskId has inside; nothing for what is not a graph.
fn labelled(value: &Value) -> Option<Tasks> {
    let one = |task: &Value| {
        task.get("task")?.as_map()?;
        let Value::Str(label) = task.get("label")? else { return None };
        Some((Label::parse(label).ok()?, task.clone()))
    };
    value.as_map()?.values().map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tasks(text: &str) -> Tasks {
        read_tasks(&Source { name: "x.json".into(), text: text.into() }).unwrap()
    }

    fn task(label: &str, digest: &str, extra: &str) -> String {
        format!(
            r#""{label}": {{"label": "{label}", "kind": "k", "attributes": {{"cached_task": {{"digest": "{digest}"}}}},
                "optimization": {{"index-search": ["t.cache.{label}.hash.{digest}"]}}, "task": {{{extra}}}}}"#
        )
    }

    #[test]
    fn tasks_appear_go_and_change() {
        let graph = |tasks: &[String]| super::tests::tasks(&format!("{{{}}}", tasks.join(",")));
        let before = graph(&[
            task("same", "1", ""),
            task("gone", "1", ""),
            task("down", "1", ""),
            task("own", "1", r#""a": 1"#),
        ]);
        let after = graph(&[
            task("same", "1", ""),
            task("new", "1", ""),
            task("down", "2", ""),
            task("own", "2", r#""a": 2"#),
        ]);
        let found = diff(&before, &after);
        let labels = |labels: &[Label]| labels.iter().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!((labels(&found.gone), labels(&found.new)), (vec!["gone".into()], vec!["new".into()]));
        let changed: Vec<_> =
            found.changed.iter().map(|one| (one.label.as_str(), one.only_digest, one.fields.len())).collect();
        assert_eq!(changed, [("down", true, 2), ("own", false, 3)]);
        assert_eq!(found.unchanged, 1);
        assert!(diff(&after, &after).is_empty());
    }

    #[test]
    fn what_is_no_graph_is_refused() {
        for text in ["[]", "{", r#"{"a": 1}"#, r#"{"a": {"label": "a"}}"#] {
            let source = Source { name: "x.json".into(), text: text.into() };
            let error = read_tasks(&source).unwrap_err().to_string();
            assert!(error.contains("`x.json` is not "), "{text}: {error}");
        }
    }
}
