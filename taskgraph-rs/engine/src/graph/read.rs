//! `full-task-graph.json`, read back: what a decision task wrote, an action goes on from.

use std::sync::Arc;

use anyhow::{Context as _, bail};

use crate::diagnostics::origin::Origin;
use crate::error::{Error, Result};
use crate::graph::TaskGraph;
use crate::graph::json::numbers;
use crate::schema::fields::Fields;
use crate::schema::{Schema, optional, required};
use crate::task::{Dependencies, Label, LabelList, Task, TasksByLabel};
use crate::type_map::TypeMap;
use taskgraph_compat::json;
use taskgraph_compat::value::{Map, Str, Value};

const ANY_MAP: Schema = Schema::MapOf(&Schema::Any);
const LABELS: Schema = Schema::Either(&[Schema::List(&Schema::Str), Schema::Null], "a list of labels");

/// The schema of a task in the file.
const TASK: Schema = Schema::Open(
    &[
        required("kind", Schema::Str),
        required("label", Schema::Str),
        optional("description", Schema::Str),
        required("attributes", ANY_MAP),
        required("task", ANY_MAP),
        required("optimization", Schema::Any),
        required("dependencies", Schema::MapOf(&Schema::Str)),
        optional("soft_dependencies", LABELS),
        optional("if_dependencies", LABELS),
    ],
    &Schema::Any,
);

impl TaskGraph {
    /// Reads a graph that [`TaskGraph::write_json`] or the reference wrote. Its tasks know no place in a file of the
    /// tree.
    pub fn from_json(text: &str) -> Result<Self> {
        let value = json::read(text).context("the task graph is not JSON")?;
        let Value::Map(tasks) = value else {
            let found = value.sort();
            let message = format!("the task graph must be a map from labels to tasks, found {found}");
            return Err(Error::refused(message));
        };
        let tasks = Arc::unwrap_or_clone(tasks).into_iter().map(|(label, task)| {
            let task =
                read(task).with_context(|| format!("the task `{label}` of the task graph is wrong"))?;
            Ok((task.label.clone(), Arc::new(task)))
        });
        TaskGraph::linked(tasks.collect::<Result<TasksByLabel>>()?)
    }
}

pub(crate) fn read(value: Value) -> anyhow::Result<Task> {
    TASK.require(&value, &Default::default())?;
    let Value::Map(fields) = value else { bail!("a task must be a map, found {}", value.sort()) };
    let mut fields = Arc::unwrap_or_clone(fields);
    let text = |fields: &Map, key: &str| fields.get(key).and_then(Value::as_str).unwrap_or_default().into();
    let label = Label::parse(&text(&fields, "label"))?;
    let kind: Str = text(&fields, "kind");
    let description = text(&fields, "description");
    let mut attributes = map(fields.take("attributes"));
    attributes.put("kind", &kind);
    let named = map(fields.take("dependencies")).into_iter().filter_map(|(name, label)| match label {
        Value::Str(label) => Some(Label::parse(&label).map(|label| (name, label))),
        _ => None,
    });
    let is_unwritable = numbers::any(fields.values().chain(attributes.values()));
    Ok(Task {
        is_unwritable,
        origin: Arc::new(Origin { kind: kind.clone(), name: label.text().clone(), locations: Vec::new() }),
        kind,
        label,
        description,
        attributes,
        definition: map(fields.take("task")),
        optimization: fields.take("optimization").unwrap_or_default(),
        dependencies: named.collect::<anyhow::Result<Dependencies>>()?,
        soft_dependencies: list(fields.take("soft_dependencies")),
        if_dependencies: list(fields.take("if_dependencies")),
        extensions: TypeMap::default(),
    })
}

fn map(value: Option<Value>) -> Map {
    match value {
        Some(Value::Map(map)) => Arc::unwrap_or_clone(map),
        _ => Map::default(),
    }
}

fn list(value: Option<Value>) -> LabelList {
    match value {
        Some(Value::List(items)) => Arc::unwrap_or_clone(items).into(),
        _ => LabelList::default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GRAPH: &str = r#"{
  "a": {
    "attributes": {
      "kind": "build"
    },
    "dependencies": {},
    "description": "é",
    "if_dependencies": [],
    "kind": "build",
    "label": "a",
    "optimization": null,
    "soft_dependencies": [],
    "task": {
      "priority": 1.5
    }
  },
  "b": {
    "attributes": {
      "kind": "test"
    },
    "dependencies": {
      "build": "a"
    },
    "description": "",
    "if_dependencies": [
      "a"
    ],
    "kind": "test",
    "label": "b",
    "optimization": {
      "index-search": [
        "x.y"
      ]
    },
    "soft_dependencies": [
      "a"
    ],
    "task": {}
  },
  "c": {
    "attributes": {
      "kind": "test"
    },
    "dependencies": {},
    "description": "",
    "if_dependencies": null,
    "kind": "test",
    "label": "c",
    "optimization": null,
    "soft_dependencies": null,
    "task": {}
  }
}"#;

    #[test]
    fn a_graph_is_written_as_it_was_read() {
        let graph = TaskGraph::from_json(GRAPH).unwrap();
        let mut written = Vec::new();
        graph.write_json(&mut written).unwrap();
        assert_eq!(String::from_utf8(written).unwrap(), GRAPH);
    }

    #[test]
    fn a_graph_that_is_none_is_refused() {
        for (text, reported) in [
            ("[]", "the task graph must be a map"),
            ("{", "the task graph is not JSON"),
            (r#"{"a": {"label": "a"}}"#, "the task `a` of the task graph is wrong: wrong or missing: `kind`"),
            (&GRAPH.replace(r#""build": "a""#, r#""build": "d""#), "depends on `d`, which does not exist"),
        ] {
            let error = format!("{:#}", TaskGraph::from_json(text).err().unwrap());
            assert!(error.contains(reported), "{error}");
        }
    }
}
