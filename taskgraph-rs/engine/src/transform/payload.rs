//! Payloads: what each worker implementation makes of the section `worker` of a task description.

use anyhow::Result;
use indexmap::IndexMap;

use crate::graph_config::GraphConfig;
use crate::schema::Schema;
use crate::transform::{Context, TaskDescription};
use taskgraph_compat::value::Map;

/// Puts a payload, and the scopes and tags that it needs, into a definition.
pub type Build = fn(&Context<'_>, &mut TaskDescription, &mut Map) -> Result<()>;

/// A worker implementation.
#[derive(Clone, Copy)]
pub struct Payload {
    /// The name under `worker.implementation`.
    pub name: &'static str,
    /// The purpose of such a worker, in one sentence.
    pub summary: &'static str,
    /// The schema of the section `worker`, by the versions that the tree is for.
    pub schema: fn(&GraphConfig) -> &'static Schema,
    /// Whether its schema is checked as that of a Taskgraph's own is: a later version ignores unknown keys, and takes no
    /// boolean for an integer.
    pub follows_taskgraph: bool,
    /// Turns that section into a payload.
    pub build: Build,
}

/// Worker implementations by their names.
pub type Payloads = IndexMap<&'static str, Payload>;
