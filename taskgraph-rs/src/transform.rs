//! Transforms: functions from stubs to stubs, found by the very strings that stand in kind.yml.

use std::ops::{Deref, DerefMut};
use std::sync::Arc;

use anyhow::{Result, anyhow};
use indexmap::IndexMap;
use rayon::prelude::*;

use crate::config::GraphConfig;
use crate::decision::{Model, Record, Reuse};
use crate::extension::Extension;
use crate::fields::Fields;
use crate::keypath::KeyPath;
use crate::kind::Kind;
use crate::optimize::{Strategies, Strategy};
use crate::origin::Origin;
use crate::params::Params;
use crate::payload::{Payload, Payloads};
use crate::problem::Problems;
use crate::settings::Settings;
use crate::shape::Shape;
use crate::task::TasksByLabel;
use crate::trace::Trail;
use crate::tree::Tree;
use crate::value::{Map, Str, Value};

/// The most stubs that a transform may make of those of a kind: more than any queue takes, and few enough that a
/// product of typing errors does not fill the memory.
pub const MOST_STUBS: usize = 500_000;

/// Rows of stubs that are shorter than this are not worth another core.
const SHORTEST_ROW: usize = 64;

/// What a transform may look at. It never changes while a graph is generated.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    /// The kind whose stubs are transformed.
    pub kind: &'a Kind,
    /// All kinds.
    pub kinds: &'a IndexMap<Str, Kind>,
    /// The parameters.
    pub params: &'a Params,
    /// The graph config.
    pub config: &'a GraphConfig,
    /// The files of the tree.
    pub tree: &'a Tree,
    /// The tasks of the kinds that this kind depends on, in the order of their making.
    pub upstream: &'a TasksByLabel,
    /// The worker implementations.
    pub payloads: &'a Payloads,
    /// The optimization strategies.
    pub strategies: &'a Strategies,
    /// How the program was called.
    pub settings: &'a Settings,
    /// Where decisions are written down.
    pub record: &'a Record,
}

/// A transform.
pub type Transform = fn(&Context<'_>, Vec<Stub>) -> Result<Vec<Stub>>;

/// A task on its way through the transforms: an ordered map, where it was written, and what was decided about it.
#[derive(Clone, Debug)]
pub struct Stub {
    /// The fields. They change their meaning from transform to transform.
    pub fields: Map,
    /// Where it was written.
    pub origin: Arc<Origin>,
    /// The pretrained model it starts from, once that is known.
    pub model: Option<Arc<Model>>,
    /// What it has to do with what earlier runs have made.
    pub reuse: Option<Arc<Reuse>>,
    /// What transforms did to it so far, if that is kept.
    pub trail: Option<Arc<Trail>>,
}

impl Stub {
    /// What it has to do with what earlier runs have made, to write down more.
    pub fn reuse_mut(&mut self) -> &mut Reuse {
        Arc::make_mut(self.reuse.get_or_insert_default())
    }

    /// Takes the section `name` out, after checking its shape.
    pub fn take_section(&mut self, name: &str, shape: &Shape) -> Result<Option<Map>> {
        let Some(value) = self.fields.take(name) else { return Ok(None) };
        if !shape.fits(&value) {
            shape.require(&value, &KeyPath::dotted(name))?;
        }
        match value {
            Value::Map(map) => Ok(Some(Arc::unwrap_or_clone(map))),
            _ => Ok(None),
        }
    }
}

impl Deref for Stub {
    type Target = Map;

    fn deref(&self) -> &Map {
        &self.fields
    }
}

impl DerefMut for Stub {
    fn deref_mut(&mut self) -> &mut Map {
        &mut self.fields
    }
}

/// Changes every stub; gathers what is wrong with all of them before it fails.
pub fn each(stubs: Vec<Stub>, mut change: impl FnMut(&mut Stub) -> Result<()>) -> Result<Vec<Stub>> {
    fan_out(stubs, |mut stub, out| {
        change(&mut stub)?;
        out.push(stub);
        Ok(())
    })
}

/// Changes every stub like [`each`], with all cores.
///
/// It is for changes that do not depend on the order: those that write nothing into the notebook, or the same for all.
pub fn each_apart(stubs: Vec<Stub>, change: impl Fn(&mut Stub) -> Result<()> + Sync) -> Result<Vec<Stub>> {
    each_in_rows(stubs, || (), |(), stub| change(stub))
}

/// Changes every stub like [`each_apart`]. What `change` keeps from stub to stub is made by `begin`, once for a row of
/// them.
pub fn each_in_rows<K: Send>(
    mut stubs: Vec<Stub>,
    begin: impl Fn() -> K + Sync,
    change: impl Fn(&mut K, &mut Stub) -> Result<()> + Sync,
) -> Result<Vec<Stub>> {
    // Short enough to share the work, long enough that rows have much in common.
    let length = stubs.len().div_ceil(4 * rayon::current_num_threads()).max(SHORTEST_ROW);
    let blamed: Vec<anyhow::Error> = stubs
        .par_chunks_mut(length)
        .flat_map_iter(|row| {
            let mut kept = begin();
            row.iter_mut()
                .filter_map(|stub| {
                    let origin = stub.origin.clone();
                    change(&mut kept, stub).err().map(|error| origin.blame(error))
                })
                .collect::<Vec<_>>()
        })
        .collect();
    let mut problems = Vec::new();
    for error in blamed {
        problems.extend(error.downcast::<Problems>()?.0);
    }
    if problems.is_empty() { Ok(stubs) } else { Err(Problems(problems).into()) }
}

/// Makes any number of stubs from each; gathers what is wrong with all of them before it fails.
pub fn fan_out(
    stubs: Vec<Stub>,
    mut make: impl FnMut(Stub, &mut Vec<Stub>) -> Result<()>,
) -> Result<Vec<Stub>> {
    let mut out = Vec::with_capacity(stubs.len());
    let mut problems = Vec::new();
    for stub in stubs {
        let origin = stub.origin.clone();
        if let Err(error) = make(stub, &mut out) {
            problems.extend(origin.blame(error).downcast::<Problems>()?.0);
        }
        if out.len() > MOST_STUBS {
            let error = anyhow!("a kind can have at most {MOST_STUBS} tasks, and here are more");
            return Err(origin.blame(error));
        }
    }
    if problems.is_empty() { Ok(out) } else { Err(Problems(problems).into()) }
}

/// The tables that say what the strings in a tree's files stand for. Handed to the engine by value.
#[derive(Default)]
pub struct Registry {
    transforms: IndexMap<&'static str, Transform>,
    extensions: IndexMap<&'static str, fn(&Tree) -> Extension>,
    payloads: Payloads,
    strategies: Strategies,
}

impl Registry {
    /// Adds a transform under the string that stands in kind.yml: `module` or `module:name`. The name
    /// `transforms` may be left out there, as in the reference.
    pub fn transform(mut self, name: &'static str, transform: Transform) -> Self {
        self.transforms.insert(name.strip_suffix(":transforms").unwrap_or(name), transform);
        self
    }

    /// Adds what a tree gets that has `name` under `taskgraph.register` in its config.yml.
    pub fn extension(mut self, name: &'static str, extension: fn(&Tree) -> Extension) -> Self {
        self.extensions.insert(name, extension);
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

    /// The optimization strategies.
    pub fn known_strategies(&self) -> &Strategies {
        &self.strategies
    }

    /// The worker implementations.
    pub fn payloads(&self) -> &Payloads {
        &self.payloads
    }

    /// The transform that `name` stands for.
    pub fn find(&self, name: &str) -> Option<Transform> {
        self.transforms.get(name.strip_suffix(":transforms").unwrap_or(name)).copied()
    }

    /// The strings that stand for a transform.
    pub fn names(&self) -> impl Iterator<Item = &'static str> + '_ {
        self.transforms.keys().copied()
    }

    /// What the tree's register string stands for.
    pub fn find_extension(&self, name: &str) -> Option<fn(&Tree) -> Extension> {
        self.extensions.get(name).copied()
    }

    /// The register strings that are known.
    pub fn extension_names(&self) -> impl Iterator<Item = &'static str> + '_ {
        self.extensions.keys().copied()
    }
}
