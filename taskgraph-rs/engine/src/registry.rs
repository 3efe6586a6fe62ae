//! The table of what the strings in a tree's files stand for.

use std::sync::Arc;

use indexmap::IndexMap;

use crate::extension::Extension;
use crate::known_python::Table;
use crate::optimize::{Strategies, Strategy};
use crate::python_worker::Python;
use crate::transform::TransformInfo;
use crate::transform::TransformSequence;
use crate::transform::payload::{Payload, Payloads};
use crate::tree::Tree;

/// A transform and its description.
#[derive(Clone)]
pub struct RegisteredTransform {
    /// The description.
    pub info: TransformInfo,
    /// The transforms that the name stands for.
    pub sequence: TransformSequence,
}

/// An extension and its description.
#[derive(Clone, Copy)]
pub struct RegisteredExtension {
    /// The name under `taskgraph.register` in config.yml.
    pub name: &'static str,
    /// The purpose, in one sentence.
    pub summary: &'static str,
    /// Makes the extension for a tree.
    pub extension: fn(&Tree) -> Extension,
}

/// The tables that say what the strings in a tree's files stand for. Handed to the engine by value.
#[derive(Clone, Default)]
pub struct Registry {
    table: Table,
    python: Option<Arc<dyn Python>>,
    transforms: IndexMap<&'static str, RegisteredTransform>,
    extensions: IndexMap<&'static str, RegisteredExtension>,
    payloads: Payloads,
    strategies: Strategies,
    takes_any: bool,
}

impl Registry {
    /// A table for who only looks at kinds, and makes nothing of them: every string stands for a transform that does
    /// nothing.
    pub fn of_anything() -> Self {
        Registry { takes_any: true, ..Registry::default() }
    }

    /// Adds what a name in kind.yml stands for: one transform, or several in order.
    pub fn transform(mut self, info: TransformInfo, sequence: impl Into<TransformSequence>) -> Self {
        let registered = RegisteredTransform { info, sequence: sequence.into() };
        self.transforms.insert(without_object(info.name), registered);
        self
    }

    /// Adds what a tree gets that has `name` under `taskgraph.register` in its config.yml. `summary` says in a sentence
    /// what that is.
    pub fn extension(
        mut self,
        name: &'static str,
        summary: &'static str,
        extension: fn(&Tree) -> Extension,
    ) -> Self {
        self.extensions.insert(name, RegisteredExtension { name, summary, extension });
        self
    }

    /// Adds a worker implementation.
    pub fn payload(mut self, payload: Payload) -> Self {
        self.payloads.insert(payload.name, payload);
        self
    }

    /// Adds an optimization strategy under the name that kinds write.
    pub fn strategy(mut self, name: &'static str, strategy: Strategy) -> Self {
        self.strategies.insert(name, strategy);
        self
    }

    /// Adds a set of strategies that a graph gets in the place of others whose parameter `optimize_strategies` is
    /// `name`: `module:name`.
    pub fn strategies(mut self, name: &'static str, set: Vec<(&'static str, Strategy)>) -> Self {
        self.strategies.insert_set(name, set);
        self
    }

    /// Says to which versions of the Python of trees the native parts are equal.
    pub fn known(self, table: Table) -> Self {
        Registry { table, ..self }
    }

    /// The versions of the Python of trees that the native parts equal.
    pub fn table(&self) -> &Table {
        &self.table
    }

    /// Lets the Python of a tree make what is not known natively.
    pub fn with_python(self, python: Arc<dyn Python>) -> Self {
        Registry { python: Some(python), ..self }
    }

    /// The runner of the Python of trees, if there is one.
    pub fn python(&self) -> Option<&Arc<dyn Python>> {
        self.python.as_ref()
    }

    /// The optimization strategies.
    pub fn known_strategies(&self) -> &Strategies {
        &self.strategies
    }

    /// The worker implementations.
    pub fn payloads(&self) -> &Payloads {
        &self.payloads
    }

    /// Returns the transforms that `name` stands for.
    pub fn find(&self, name: &str) -> Option<TransformSequence> {
        let known = self.transforms.get(without_object(name)).map(|registered| registered.sequence.clone());
        known.or_else(|| self.takes_any.then(TransformSequence::default))
    }

    /// Returns the descriptions of all transforms, sorted by name.
    pub fn transform_infos(&self) -> Vec<&TransformInfo> {
        let mut infos: Vec<_> = self.transforms.values().map(|registered| &registered.info).collect();
        infos.sort_unstable_by_key(|info| info.name);
        infos
    }

    /// Returns all extensions, in the order of their registration.
    pub fn extensions(&self) -> impl Iterator<Item = &RegisteredExtension> {
        self.extensions.values()
    }

    /// The strings that stand for a transform.
    pub fn names(&self) -> impl Iterator<Item = &'static str> + '_ {
        self.transforms.keys().copied()
    }

    /// Returns the function that makes the extension of a register string.
    pub fn find_extension(&self, name: &str) -> Option<fn(&Tree) -> Extension> {
        self.extensions.get(name).map(|registered| registered.extension)
    }

    /// The register strings that are known.
    pub fn extension_names(&self) -> impl Iterator<Item = &'static str> + '_ {
        self.extensions.keys().copied()
    }
}

/// The object `transforms` of a module is meant if none is named.
fn without_object(name: &str) -> &str {
    name.strip_suffix(":transforms").unwrap_or(name)
}
