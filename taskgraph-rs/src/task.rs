//! Labels and tasks: what the graph is made of.

use std::borrow::Borrow;
use std::fmt;
use std::sync::Arc;

use anyhow::{Result, bail};
use foldhash::fast::RandomState;
use indexmap::IndexMap;
use serde::ser::{Serialize, SerializeMap, Serializer};
use smallvec::SmallVec;

use crate::decision::{Model, Reuse};
use crate::origin::Origin;
use crate::task_id::TaskId;
use crate::value::{Map, Str, Value};

/// The name of a task inside a graph: `train-teacher-ru-en-1`. Never empty.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Label(Str);

impl Label {
    /// Takes text for a label.
    pub fn parse(text: &Str) -> Result<Self> {
        if text.is_empty() {
            bail!("a label must not be empty");
        }
        Ok(Label(text.clone()))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The text, shared.
    pub fn text(&self) -> &Str {
        &self.0
    }
}

impl Borrow<str> for Label {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Serialize for Label {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

/// How many dependencies a task may have: the queue takes 10,000, and the decision task is one of them.
pub const MAX_DEPENDENCIES: usize = 9_999;

/// The names of a task's dependencies and the labels they stand for.
pub type Dependencies = IndexMap<Str, Label, RandomState>;

/// Tasks by label, in the order of their making.
pub type TasksByLabel = IndexMap<Label, Arc<Task>, RandomState>;

/// A task as it leaves the transforms.
#[derive(Clone, Debug)]
pub struct Task {
    /// The kind that made it.
    pub kind: Str,
    /// Its name in the graph.
    pub label: Label,
    /// For people.
    pub description: Str,
    /// What filters and other kinds go by.
    pub attributes: Map,
    /// The definition that Taskcluster gets.
    pub definition: Map,
    /// How the optimize phase may remove or replace it; null for never.
    pub optimization: Value,
    /// What has to be done first.
    pub dependencies: Dependencies,
    /// Tasks it depends on only if they are in the graph.
    pub soft_dependencies: Vec<Value>,
    /// It runs only if at least one of these does.
    pub if_dependencies: Vec<Value>,
    /// The pretrained model it starts from, if it does.
    pub model: Option<Arc<Model>>,
    /// What it has to do with what earlier runs have made.
    pub reuse: Option<Arc<Reuse>>,
    /// Whether it has a number that JSON has no place for, so that nothing is written of its graph.
    pub is_unwritable: bool,
    /// Where it was written.
    pub origin: Arc<Origin>,
}

impl Task {
    /// The text of an attribute.
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.get(name)?.as_str()
    }
}

/// A task as the reference writes it; `dependencies` are the edges of the graph it stands in.
pub struct TaskJson<'a, Node> {
    /// The task.
    pub task: &'a Task,
    /// Its definition, as far as it is resolved.
    pub definition: &'a Map,
    /// The edges that start from it: to labels, or to taskIds.
    pub edges: SmallVec<[(&'a Str, &'a Node); 16]>,
    /// The id it gets, once that is known.
    pub task_id: Option<&'a TaskId>,
}

/// Keys in alphabetical order: the output is sorted at every level.
impl<Node: Serialize> Serialize for TaskJson<'_, Node> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let task = self.task;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("attributes", &Sorted(&task.attributes))?;
        map.serialize_entry("dependencies", &SortedEdges(&self.edges))?;
        map.serialize_entry("description", &*task.description)?;
        map.serialize_entry("if_dependencies", &task.if_dependencies)?;
        map.serialize_entry("kind", &*task.kind)?;
        map.serialize_entry("label", &task.label)?;
        map.serialize_entry("optimization", &SortedValue(&task.optimization))?;
        map.serialize_entry("soft_dependencies", &task.soft_dependencies)?;
        map.serialize_entry("task", &Sorted(self.definition))?;
        if let Some(id) = self.task_id {
            map.serialize_entry("task_id", id)?;
        }
        map.end()
    }
}

struct Sorted<'a>(&'a Map);

impl Serialize for Sorted<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut entries: SmallVec<[_; 24]> =
            self.0.iter().map(|(key, value)| (start(key), &**key, value)).collect();
        entries.sort_unstable_by(|a, b| (a.0, a.1).cmp(&(b.0, b.1)));
        let mut map = serializer.serialize_map(Some(entries.len()))?;
        for (_, key, value) in entries {
            map.serialize_entry(key, &SortedValue(value))?;
        }
        map.end()
    }
}

/// The first bytes of a key as a number that sorts as they do: few keys have them in common, and numbers are compared
/// at once.
fn start(key: &str) -> u64 {
    const LENGTH: usize = size_of::<u64>();
    match key.as_bytes().first_chunk::<LENGTH>() {
        Some(first) => u64::from_be_bytes(*first),
        None => {
            let mut first = [0; LENGTH];
            first[..key.len()].copy_from_slice(key.as_bytes());
            u64::from_be_bytes(first)
        }
    }
}

struct SortedEdges<'a, Node>(&'a [(&'a Str, &'a Node)]);

impl<Node: Serialize> Serialize for SortedEdges<'_, Node> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut entries: SmallVec<[_; 16]> = self.0.iter().collect();
        entries.sort_unstable_by(|a, b| a.0.cmp(b.0));
        serializer.collect_map(entries.into_iter().map(|(name, node)| (&**name, node)))
    }
}

/// A value of which all maps are written with sorted keys.
pub struct SortedValue<'a>(pub &'a Value);

impl Serialize for SortedValue<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Value::Map(map) => Sorted(map).serialize(serializer),
            Value::List(items) => serializer.collect_seq(items.iter().map(SortedValue)),
            other => other.serialize(serializer),
        }
    }
}
