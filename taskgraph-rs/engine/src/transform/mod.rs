//! Transforms: functions from tasks to tasks, found by the very strings that stand in kind.yml.

mod error;
mod info;
pub mod kind;
pub mod notes;
pub mod payload;
mod pool;
mod steps;
pub mod substitute;
pub mod trace;

use std::collections::BTreeSet;
use std::ops::{Deref, DerefMut};
use std::sync::Arc;

use anyhow::Result;
use indexmap::IndexMap;

use crate::diagnostics::origin::Origin;
use crate::graph_config::GraphConfig;
use crate::optimize::Strategies;
use crate::parameters::Params;
use crate::python_worker::{Because, Registrations};
use crate::schema::Schema;
use crate::schema::fields::Fields;
use crate::settings::Settings;
use crate::task::TasksByLabel;
use crate::transform::kind::Kind;
use crate::tree::Tree;
use crate::type_map::TypeMap;
use notes::Record;
use payload::Payloads;
use taskgraph_compat::value::Str;
use taskgraph_compat::value::path::KeyPath;
use taskgraph_compat::value::{Map, Value};
use trace::TraceSteps;

pub use error::{NeedsPython, TransformError};
pub use info::TransformInfo;
pub use pool::Pool;
pub use steps::{
    Apply, Prepare, Transform, TransformSequence, WithState, each, fan_out, prepare, whole_kind, with_state,
};

/// The most tasks that a transform may make of those of a kind: more than any queue takes, and few enough that a
/// product of typing errors does not fill the memory.
pub const MOST_TASKS: usize = 500_000;

/// Input of a transform besides the tasks. It never changes while a graph is generated.
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
    /// The settings of the call.
    pub settings: &'a Settings,
    /// The record of decisions.
    pub record: &'a Record,
    /// The objects that the Python of the tree has registered, if it runs.
    pub registered: Option<&'a Registrations>,
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
        of: impl Fn(&Registrations) -> &BTreeSet<String>,
    ) -> Result<()> {
        match self.registered.is_some_and(|registered| of(registered).contains(name)) {
            true => Err(NeedsPython(Because::Registered { what, name: name.into() }).into()),
            false => Ok(()),
        }
    }
}

/// A task on its way through the transforms: an ordered map, where it was written, and what was decided about it.
#[derive(Debug)]
pub struct TaskDescription {
    /// The fields. They change their meaning from transform to transform.
    pub fields: Map,
    /// The place where it is written.
    pub origin: Arc<Origin>,
    /// Additions of transforms that become no part of its definition: its pretrained model, for example.
    pub extensions: TypeMap,
    /// The trail of transforms so far, if it is kept.
    pub trail: Option<Arc<TraceSteps>>,
}

impl Clone for TaskDescription {
    /// A copy goes on through the transforms, which give it more fields.
    fn clone(&self) -> Self {
        const ROOM: usize = 8;
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
