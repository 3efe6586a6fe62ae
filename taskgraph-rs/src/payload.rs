//! Payloads: what each worker implementation makes of the section `worker` of a task description.

use anyhow::Result;
use indexmap::IndexMap;

use crate::shape::Shape;
use crate::transform::{Context, Stub};
use crate::value::Map;

/// Puts a payload, and the scopes and tags that it needs, into a definition.
pub type Build = fn(&Context<'_>, &mut Stub, &mut Map) -> Result<()>;

/// A worker implementation.
#[derive(Clone, Copy)]
pub struct Payload {
    /// The name under `worker.implementation`.
    pub name: &'static str,
    /// The shape of the section `worker`.
    pub shape: &'static Shape,
    /// Turns that section into a payload.
    pub build: Build,
}

/// Worker implementations by their names.
pub type Payloads = IndexMap<&'static str, Payload>;
