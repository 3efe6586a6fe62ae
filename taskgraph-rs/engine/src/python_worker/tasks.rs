//! Tasks as the worker takes and gives them: JSON as `Task.to_json` has it, in the order of insertion.

use std::sync::Arc;

use anyhow::Context as _;
use serde::ser::{Error as _, Serialize, SerializeMap, SerializeSeq, Serializer};
use serde_json::value::RawValue;

use crate::diagnostics::origin::{Location, Origin};
use crate::error::Result;
use crate::graph::read;
use crate::schema::fields::Fields;
use crate::task::Task;
use taskgraph_compat::map;
use taskgraph_compat::value::{Map, Str, Value};
use taskgraph_compat::yaml::Document;

/// A task as a JSON object.
pub(crate) fn to_value(task: &Task) -> Value {
    let dependencies = task.dependencies.iter().map(|(name, label)| (name.clone(), label.text().into()));
    map! {
        "kind" => &task.kind,
        "label" => task.label.text(),
        "description" => &task.description,
        "attributes" => task.attributes.clone(),
        "dependencies" => Map::from_iter(dependencies),
        "soft_dependencies" => task.soft_dependencies.to_value(),
        "if_dependencies" => task.if_dependencies.to_value(),
        "optimization" => task.optimization.clone(),
        "task" => task.definition.clone(),
    }
    .into()
}

/// Returns the task that the worker made for the kind `kind`, whose kind.yml is `document`.
pub(crate) fn from_value(value: Value, kind: &Str, document: &Arc<Document>) -> Result<Task> {
    let mut task = read::read(value).context("the tree's Python returned what is not a task")?;
    let spot = Location { document: document.clone(), path: Default::default() };
    // What Python has written as JSON, JSON has room for.
    task.is_unwritable = false;
    task.origin =
        Arc::new(Origin { kind: kind.clone(), name: task.label.text().clone(), locations: vec![spot] });
    Ok(task)
}

/// A value on one line, keys in their order. Unlike the JSON of the reference it has room for integers of any size.
pub(crate) fn json(value: &Value) -> anyhow::Result<String> {
    serde_json::to_string(&Exact(value)).context("this cannot be handed to Python")
}

/// A JSON object out of fields that are written already.
pub(crate) fn object(fields: &[(&str, &str)]) -> String {
    let fields: Vec<String> = fields.iter().map(|(name, json)| format!("\"{name}\":{json}")).collect();
    format!("{{{}}}", fields.join(","))
}

struct Exact<'v>(&'v Value);

impl Serialize for Exact<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Value::BigInt(digits) => {
                RawValue::from_string(digits.to_string()).map_err(S::Error::custom)?.serialize(serializer)
            }
            Value::List(items) => {
                let mut list = serializer.serialize_seq(Some(items.len()))?;
                for item in items.iter() {
                    list.serialize_element(&Exact(item))?;
                }
                list.end()
            }
            Value::Map(map) => {
                let mut entries = serializer.serialize_map(Some(map.len()))?;
                for (key, value) in map.iter() {
                    entries.serialize_entry(&**key, &Exact(value))?;
                }
                entries.end()
            }
            scalar => scalar.serialize(serializer),
        }
    }
}

/// Fields of a request.
pub(crate) fn fields(fields: impl IntoIterator<Item = (&'static str, Value)>) -> Result<String> {
    let mut map = Map::default();
    for (name, value) in fields {
        map.put(name, value);
    }
    Ok(json(&map.into())?)
}
