//! Transforms: functions from tasks to tasks, found by the very strings that stand in kind.yml.

pub mod keyed_by;
pub mod kind_state;
pub mod notes;
pub mod payload;
pub mod substitute;
pub mod trace;

use std::collections::BTreeSet;
use std::fmt;
use std::ops::{Deref, DerefMut};
use std::sync::Arc;

use anyhow::{Result, anyhow};
use indexmap::IndexMap;

use crate::diagnostics::Problems;
use crate::diagnostics::origin::Origin;
use crate::extension::Extension;
use crate::graph_config::GraphConfig;
use crate::known_python::Table;
use crate::loader::Kind;
use crate::optimize::{Strategies, Strategy};
use crate::parameters::Params;
use crate::python_worker::{Because, Python, Registered};
use crate::schema::Schema;
use crate::schema::fields::Fields;
use crate::settings::Settings;
use crate::task::TasksByLabel;
use crate::tree::Tree;
use crate::type_map::TypeMap;
use kind_state::Shelf;
use notes::Record;
use payload::{Payload, Payloads};
use taskgraph_compat::value::path::KeyPath;
use taskgraph_compat::value::{Map, Str, Value};
use trace::TraceSteps;

/// The most tasks that a transform may make of those of a kind: more than any queue takes, and few enough that a
/// product of typing errors does not fill the memory.
pub const MOST_TASKS: usize = 500_000;

/// What a transform may look at. It never changes while a graph is generated.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    /// The kind whose tasks are transformed.
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
    /// What transforms keep while the tasks of this kind are made.
    pub shelf: &'a Shelf,
    /// Whether the tasks are only some of those of the kind.
    pub is_part: bool,
    /// What the Python of the tree has registered, if it runs.
    pub registered: Option<&'a Registered>,
}

impl Context<'_> {
    /// Whether the graph is one of a try, whose tasks expire soon and use no caches that others rely on.
    pub fn is_try(&self) -> bool {
        match self.config.version.level_alone_is_try() {
            true => self.params.text("level") == "1",
            false => self.params.is_try(),
        }
    }

    /// Leaves the kind to Python if that has registered `name`, which is unknown here.
    pub fn leave_to_python(
        &self,
        what: &'static str,
        name: &str,
        of: impl Fn(&Registered) -> &BTreeSet<String>,
    ) -> Result<()> {
        match self.registered.is_some_and(|registered| of(registered).contains(name)) {
            true => Err(NeedsPython(Because::Registered { what, name: name.into() }).into()),
            false => Ok(()),
        }
    }
}

/// Says that a kind names what only the Python of the tree has, so that Python has to make it.
#[derive(Clone, Debug)]
pub struct NeedsPython(pub Because);

impl fmt::Display for NeedsPython {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "this kind has to be made by Python: {}", self.0)
    }
}

impl std::error::Error for NeedsPython {}

/// A transform.
pub type Transform = fn(&Context<'_>, Vec<TaskDescription>) -> Result<Vec<TaskDescription>>;

/// A transform that is known by a name.
#[derive(Clone, Copy)]
pub struct Known {
    /// The function.
    pub transform: Transform,
    /// Whether it makes of each task what it would make of it alone, so that tasks may be handed to it in rows.
    pub is_apart: bool,
}

/// Says that a transform that got some of the tasks of a kind needs all of them. It is then called with all.
#[derive(Debug)]
pub struct Together;

impl fmt::Display for Together {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the stubs of this kind need each other")
    }
}

impl std::error::Error for Together {}

/// A task on its way through the transforms: an ordered map, where it was written, and what was decided about it.
#[derive(Debug)]
pub struct TaskDescription {
    /// The fields. They change their meaning from transform to transform.
    pub fields: Map,
    /// Where it was written.
    pub origin: Arc<Origin>,
    /// What transforms say of it that becomes no part of its definition: its pretrained model, for one.
    pub extensions: TypeMap,
    /// What transforms did to it so far, if that is kept.
    pub trail: Option<Arc<TraceSteps>>,
}

impl Clone for TaskDescription {
    /// A copy goes on through the transforms, which give it more fields.
    fn clone(&self) -> Self {
        const ROOM: usize = 16;
        TaskDescription {
            fields: self.fields.with_room(ROOM),
            origin: self.origin.clone(),
            extensions: self.extensions.clone(),
            trail: self.trail.clone(),
        }
    }
}

impl TaskDescription {
    /// Takes the section `name` out, after checking its schema.
    pub fn take_section(&mut self, name: &str, schema: &Schema) -> Result<Option<Map>> {
        let Some(value) = self.fields.take(name) else { return Ok(None) };
        if !schema.fits(&value) {
            schema.require(&value, &KeyPath::dotted(name))?;
        }
        match value {
            Value::Map(map) => Ok(Some(Arc::unwrap_or_clone(map))),
            _ => Ok(None),
        }
    }
}

impl Deref for TaskDescription {
    type Target = Map;

    fn deref(&self) -> &Map {
        &self.fields
    }
}

impl DerefMut for TaskDescription {
    fn deref_mut(&mut self) -> &mut Map {
        &mut self.fields
    }
}

/// Changes every task; gathers what is wrong with all of them before it fails.
pub fn each(
    mut descriptions: Vec<TaskDescription>,
    mut change: impl FnMut(&mut TaskDescription) -> Result<()>,
) -> Result<Vec<TaskDescription>> {
    let mut problems = Vec::new();
    for description in &mut descriptions {
        if let Err(error) = change(description) {
            problems.extend(description.origin.locate(error).downcast::<Problems>()?.0);
        }
    }
    if problems.is_empty() { Ok(descriptions) } else { Err(Problems(problems).into()) }
}

/// Makes any number of tasks from each; gathers what is wrong with all of them before it fails.
pub fn fan_out(
    descriptions: Vec<TaskDescription>,
    mut make: impl FnMut(TaskDescription, &mut Vec<TaskDescription>) -> Result<()>,
) -> Result<Vec<TaskDescription>> {
    let mut out = Vec::with_capacity(descriptions.len());
    let mut problems = Vec::new();
    for description in descriptions {
        let origin = description.origin.clone();
        if let Err(error) = make(description, &mut out) {
            problems.extend(origin.locate(error).downcast::<Problems>()?.0);
        }
        if out.len() > MOST_TASKS {
            let error = anyhow!("a kind can have at most {MOST_TASKS} tasks, and here are more");
            return Err(origin.locate(error));
        }
    }
    if problems.is_empty() { Ok(out) } else { Err(Problems(problems).into()) }
}

/// The tables that say what the strings in a tree's files stand for. Handed to the engine by value.
#[derive(Clone, Default)]
pub struct Registry {
    table: Table,
    python: Option<Arc<dyn Python>>,
    transforms: IndexMap<&'static str, Known>,
    extensions: IndexMap<&'static str, fn(&Tree) -> Extension>,
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

    /// Adds a transform under the string that stands in kind.yml: `module` or `module:name`. The name
    /// `transforms` may be left out there, as in the reference.
    pub fn transform(self, name: &'static str, transform: Transform) -> Self {
        self.add(name, Known { transform, is_apart: false })
    }

    /// Adds a transform like [`Registry::transform`] that makes of each task what it would make of it alone. Where a
    /// kind has many tasks, they are handed to it in rows.
    pub fn transform_apart(self, name: &'static str, transform: Transform) -> Self {
        self.add(name, Known { transform, is_apart: true })
    }

    fn add(mut self, name: &'static str, known: Known) -> Self {
        self.transforms.insert(name.strip_suffix(":transforms").unwrap_or(name), known);
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

    /// What runs the Python of a tree, if anything does.
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

    /// The transform that `name` stands for.
    pub fn find(&self, name: &str) -> Option<Known> {
        let nothing = Known { transform: |_, descriptions| Ok(descriptions), is_apart: false };
        let known = self.transforms.get(name.strip_suffix(":transforms").unwrap_or(name)).copied();
        known.or_else(|| self.takes_any.then_some(nothing))
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
