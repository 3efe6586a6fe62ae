//! The parameters of a graph: what is asked for, who asks, and where it comes from.

mod defaults;
mod load;
mod mismatch;
mod relocate;
mod schema;
mod spec;
mod usage;

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::diagnostics::{place_of_key, place_of_value};
use crate::schema::fields::Fields as _;
use taskgraph_compat::source::{Place, Source};
use taskgraph_compat::value::path::KeyPath;
use taskgraph_compat::value::path::deep_get;
use taskgraph_compat::value::{Map, Str, Value};
use taskgraph_compat::yaml::Document;
use usage::Reads;

pub use defaults::{fill, fill_base};
pub use load::{LoadedValues, read_file};
pub use mismatch::mismatch_problems;
pub use schema::{check, unknown, unknown_in, violation_problem};
pub use spec::{Fetch, Spec};

/// A part of the parameters that was read from a document: `inside` the document is `mount` in the parameters.
#[derive(Clone, Debug)]
pub struct Layer {
    /// The document.
    pub document: Arc<Document>,
    /// The path in the document.
    pub inside: KeyPath,
    /// The path in the parameters.
    pub mount: KeyPath,
}

/// The parameters. Reading them is noted, so that what nobody reads can be reported.
#[derive(Debug, Default)]
pub struct Params {
    values: Map,
    layers: Vec<Layer>,
    reads: Reads,
}

impl Clone for Params {
    fn clone(&self) -> Self {
        Params { values: self.values.clone(), layers: self.layers.clone(), reads: Reads::default() }
    }
}

impl Params {
    /// Parameters that were filled and checked.
    pub fn new(values: Map, layers: Vec<Layer>) -> Self {
        Params { values, layers, reads: Reads::default() }
    }

    /// All values.
    pub fn values(&self) -> &Map {
        &self.values
    }

    /// All values, for changing. What was read so far is forgotten.
    pub fn values_mut(&mut self) -> &mut Map {
        self.reads = Reads::default();
        &mut self.values
    }

    /// Adds a document in which positions are looked up, after those there are.
    pub fn add_layer(&mut self, layer: Layer) {
        self.layers.push(layer);
    }

    /// Puts a parameter in the place of the one that is there, with the document it stands in.
    pub fn replace(&mut self, name: &str, value: Value, layer: Layer) {
        let path = KeyPath::default().join(name);
        self.layers.retain(|known| !known.mount.0.starts_with(&path.0));
        self.values_mut().put(name, value);
        self.layers.push(layer);
    }

    /// A parameter.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.values.get(name)
    }

    /// A parameter that is text; empty if it is something else, which the check has refused before.
    pub fn text(&self, name: &str) -> &str {
        self.values.get(name).and_then(Value::as_str).unwrap_or_default()
    }

    /// The value at a dotted path, null as in Python if it is not there. Every dot parts two keys.
    pub fn deep_get(&self, path: &str) -> &Value {
        static NULL: Value = Value::Null;
        match deep_get(&self.values, path) {
            Some(value) => {
                self.reads.note(path);
                value
            }
            None => {
                self.reads.miss(path);
                &NULL
            }
        }
    }

    /// The entries at a dotted path, whatever their names are. An entry that is gone through here with all others is
    /// not read for that, if anything asks for entries there by name.
    pub fn entries(&self, path: &str) -> impl Iterator<Item = (&Str, &Value)> {
        self.reads.list(path);
        deep_get(&self.values, path).and_then(Value::as_map).into_iter().flatten()
    }

    /// Whether a part of the parameters was read from `source`.
    pub fn was_read_from(&self, source: &Arc<Source>) -> bool {
        self.layers.iter().any(|layer| layer.document.source == *source)
    }

    /// Whether anything read the value at `path`, or something above or below it.
    pub fn was_read(&self, path: &KeyPath) -> bool {
        self.reads.touch(path)
    }

    /// Whether anything read the value at `path` or something below it, and not only a section that it is in.
    pub fn was_read_by_name(&self, path: &KeyPath) -> bool {
        self.reads.touch_by_name(path)
    }

    /// Whether the entries at `path` were gone through.
    pub fn were_entries_read(&self, path: &KeyPath) -> bool {
        self.reads.touch_entries(path)
    }

    /// The names that were looked up right below `path`, whether they are there or not.
    pub fn looked_up(&self, path: &KeyPath) -> BTreeSet<String> {
        self.reads.names_below(path)
    }

    /// Python: `Parameters.is_try`.
    pub fn is_try(&self) -> bool {
        self.text("project").contains("try") || self.text("tasks_for") == "github-pull-request"
    }

    /// Whether the graph is made for a pull request.
    pub fn is_pull_request(&self) -> bool {
        self.text("tasks_for").starts_with("github-pull-request")
    }

    /// The SCM level, 1 to 3; 0 if it is not a number.
    pub fn level(&self) -> i64 {
        self.text("level").trim().parse().unwrap_or_default()
    }

    /// Returns the address of a file of the tree in its repository. Python: `Parameters.file_url(path, pretty=True)`.
    pub fn file_url(&self, path: &str) -> anyhow::Result<String> {
        let repository = self.text("head_repository");
        let rev = self.text("head_rev");
        match self.text("repository_type") {
            "hg" => Ok(format!("{repository}/file/{rev}/{path}")),
            "git" if repository.starts_with("https://github.com/") => {
                Ok(format!("{}/blob/{rev}/{path}", repository.strip_suffix('/').unwrap_or(repository)))
            }
            "git" if repository.starts_with("git@github.com:") => {
                let repository = repository.strip_suffix(".git").unwrap_or(repository);
                let repository = repository.replacen("git@github.com:", "https://github.com/", 1);
                Ok(format!("{repository}/blob/{rev}/{path}"))
            }
            "git" => anyhow::bail!(
                "`head_repository` is `{repository}`: only repositories on https://github.com/ and git@github.com: have addresses for their files"
            ),
            other => anyhow::bail!("`repository_type` is `{other}`: only git and hg are known"),
        }
    }

    /// The layer that has the longest part of `path`; the first of equals.
    fn layer(&self, path: &KeyPath) -> Option<(&Layer, KeyPath)> {
        let mut best: Option<(&Layer, KeyPath, usize)> = None;
        for layer in &self.layers {
            let Some(rest) = path.0.strip_prefix(layer.mount.0.as_slice()) else { continue };
            let inside = layer.inside.concat(&KeyPath(rest.to_vec()));
            let (_, steps) = layer.document.locate_nearest(&inside);
            let covered = layer.mount.0.len() + steps.saturating_sub(layer.inside.0.len());
            if best.as_ref().is_none_or(|(_, _, most)| covered > *most) {
                best = Some((layer, inside, covered));
            }
        }
        best.map(|(layer, inside, _)| (layer, inside))
    }

    /// Returns the place of the key at `path`, or of the nearest thing above it.
    pub fn place_of_key(&self, path: &KeyPath) -> Option<Place> {
        self.layer(path).map(|(layer, inside)| place_of_key(&layer.document, &inside))
    }

    /// Returns the place of the value at `path`, or of the nearest thing above it.
    pub fn place_of_value(&self, path: &KeyPath) -> Option<Place> {
        self.layer(path).map(|(layer, inside)| place_of_value(&layer.document, &inside))
    }

    /// The path as it is in the file that people wrote: without `training_config` in a training config.
    pub fn path_in_file(&self, path: &KeyPath) -> KeyPath {
        self.layer(path).map_or_else(|| path.clone(), |(_, inside)| inside)
    }
}
