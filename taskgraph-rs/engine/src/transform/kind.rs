//! Kinds: what kind.yml says, before the transforms run.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::diagnostics::{Problem, place_of_value};
use crate::python_worker::{Because, MadeBy};
use crate::transform::{TaskDescription, TransformSequence};
use taskgraph_compat::source::Place;
use taskgraph_compat::suggest;
use taskgraph_compat::value::path::KeyPath;
use taskgraph_compat::value::{Str, Value};
use taskgraph_compat::yaml::{Data, Document};

/// A kind.
pub struct Kind {
    /// Its name, which is the name of its folder.
    pub name: Str,
    /// Its folder, from the top of the repository: `taskcluster/kinds/NAME`.
    pub path: String,
    /// The kinds whose tasks its own may depend on.
    pub dependencies: Vec<Str>,
    /// The names of its transforms, in order, and what they stand for.
    pub transforms: Vec<(Str, TransformSequence)>,
    /// kind.yml.
    pub document: Arc<Document>,
    /// The tasks before the first transform.
    pub descriptions: Vec<TaskDescription>,
    /// The maker of its tasks.
    pub made_by: MadeBy,
    /// Whether its loader is one of its own, which may look at all tasks that were made before.
    pub has_own_loader: bool,
}

/// The keys of kind.yml that Taskgraph reads.
const KEYS: [&str; 6] = ["kind-dependencies", "loader", "task-defaults", "tasks", "tasks-from", "transforms"];

impl Kind {
    /// Returns warnings about keys of kind.yml that nothing reads and that are nearly keys that are read. Taskgraph takes
    /// any key there, since loaders and transforms of a tree may read it: of a kind that Python makes, nothing is said.
    pub fn misspelled_keys(&self) -> Vec<Problem> {
        let Data::Map(entries) = &self.document.root.data else { return Vec::new() };
        if self.made_by.is_python() || self.has_own_loader {
            return Vec::new();
        }
        let misspelled = entries.iter().filter_map(|(key, _)| {
            let Data::Str(name) = &key.data else { return None };
            if KEYS.contains(&&**name) {
                return None;
            }
            let nearest = suggest::nearest(name, KEYS)?;
            let message = format!("nothing reads the key `{name}` of kind `{}`", self.name);
            let place = Place { source: self.document.source.clone(), span: key.span };
            Some(
                Problem::warning("ignored-key", message)
                    .at(KeyPath::default().join(name), format!("did you mean `{nearest}`?"))
                    .in_place(Some(place)),
            )
        });
        misspelled.collect()
    }

    /// The path of the key because of which Python makes it.
    pub fn place_of_reason(&self) -> Option<Place> {
        let object = match self.made_by.because()? {
            Because::NoNative(object) | Because::Unknown { object, .. } => object,
            _ => return Some(place_of_value(&self.document, &KeyPath::default())),
        };
        let path = match self.transforms.iter().position(|(name, _)| name == object) {
            Some(index) => KeyPath::dotted("transforms").join(index),
            None => KeyPath::dotted("loader"),
        };
        Some(place_of_value(&self.document, &path))
    }

    /// Whether one of its tasks names something of a set as it is written.
    pub fn mentions(&self, names: &BTreeSet<&str>) -> Option<&str> {
        self.descriptions
            .iter()
            .flat_map(|description| description.fields.values())
            .find_map(|value| mentioned(value, names))
    }

    /// The keys below `path`, a path among the parameters, that its tasks name.
    pub fn keys_below(&self, path: &str) -> BTreeSet<&str> {
        let mut keys = BTreeSet::new();
        self.descriptions
            .iter()
            .flat_map(|description| description.fields.values())
            .for_each(|value| collect(value, path, &mut keys));
        keys
    }
}

fn mentioned<'v>(value: &'v Value, names: &BTreeSet<&str>) -> Option<&'v str> {
    match value {
        Value::Str(text) => names.contains(&**text).then_some(&**text),
        Value::List(items) => items.iter().find_map(|item| mentioned(item, names)),
        Value::Map(map) => {
            map.iter().find_map(
                |(key, value)| {
                    if names.contains(&**key) { Some(&**key) } else { mentioned(value, names) }
                },
            )
        }
        _ => None,
    }
}

fn collect<'v>(value: &'v Value, path: &str, keys: &mut BTreeSet<&'v str>) {
    match value {
        Value::Str(text) => {
            let below = text.strip_prefix(path).and_then(|rest| rest.strip_prefix('.'));
            keys.extend(below.and_then(|below| below.split('.').next()));
        }
        Value::List(items) => items.iter().for_each(|item| collect(item, path, keys)),
        Value::Map(map) => map.values().for_each(|value| collect(value, path, keys)),
        _ => {}
    }
}
