//! Labels and tasks: what the graph is made of.

pub mod datestamp;
pub mod id;
pub mod reference;

use std::borrow::Borrow;
use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use anyhow::{Result, bail};
use foldhash::fast::RandomState;
use indexmap::IndexMap;
use serde::ser::{Serialize, Serializer};

use crate::diagnostics::origin::Origin;
use crate::type_map::TypeMap;
use taskgraph_compat::value::map::NamedValues;
use taskgraph_compat::value::{Map, Str, Value};

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

/// The number of dependencies that a task may have: the queue takes 10,000, and the decision task is one of them.
pub const MAX_DEPENDENCIES: usize = 9_999;

/// The names of a task's dependencies and the labels they stand for.
pub type Dependencies = NamedValues<Label>;

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
    /// The attributes, for filters and other kinds.
    pub attributes: Map,
    /// The definition that Taskcluster gets.
    pub definition: Map,
    /// The optimization strategy and its argument; null for none.
    pub optimization: Value,
    /// The dependencies.
    pub dependencies: Dependencies,
    /// Tasks it depends on only if they are in the graph.
    pub soft_dependencies: LabelList,
    /// It runs only if at least one of these does.
    pub if_dependencies: LabelList,
    /// Extensions by transforms of the tree: its pretrained model, for one.
    pub extensions: TypeMap,
    /// Whether it has a number that JSON has no place for, so that nothing is written of its graph.
    pub is_unwritable: bool,
    /// The origin.
    pub origin: Arc<Origin>,
}

/// Labels that a task names beside its dependencies. A task that says nothing of them has no list, as in the reference,
/// which is not the same as an empty one: it is written as null.
#[derive(Clone, Debug, Default)]
pub struct LabelList(Option<Vec<Value>>);

impl LabelList {
    /// The list, if there is one.
    pub(crate) fn list(&self) -> Option<&Vec<Value>> {
        self.0.as_ref()
    }

    /// The list as a value.
    pub(crate) fn to_value(&self) -> Value {
        self.0.clone().map_or(Value::Null, Value::from)
    }
}

impl From<Vec<Value>> for LabelList {
    fn from(labels: Vec<Value>) -> Self {
        LabelList(Some(labels))
    }
}

impl Deref for LabelList {
    type Target = [Value];

    fn deref(&self) -> &[Value] {
        self.0.as_deref().unwrap_or_default()
    }
}

impl Task {
    /// The text of an attribute.
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.get(name)?.as_str()
    }

    /// The index path of an equal task that may have run before.
    pub fn index_paths(&self) -> impl Iterator<Item = &str> {
        let searched = self.optimization.get("index-search").and_then(Value::as_list).unwrap_or_default();
        searched.iter().filter_map(Value::as_str)
    }
}
