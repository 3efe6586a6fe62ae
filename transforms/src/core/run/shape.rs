//! The shape of a stub at the door of the run transform.

use taskgraph::shape::{Field, Shape, optional, required};

use crate::core::task::{
    ATTRIBUTES, DEPENDENCIES, INDEX, OPTIMIZATION, PRIORITY, REQUIRES, RUN_ON_PROJECTS, SHIPPING_PHASE,
    TREEHERDER,
};
use taskgraph::shape::STRINGS;

/// What to download before the task runs.
pub const FETCH: Shape = Shape::Map(FETCH_FIELDS);

const FETCH_FIELDS: &[Field] = &[
    required("artifact", Shape::Str),
    optional("dest", Shape::Str),
    optional("extract", Shape::Bool),
    optional("verify-hash", Shape::Bool),
];

const FETCHES: Shape = Shape::MapOf(&Shape::List(&Shape::Either(
    &[Shape::Str, FETCH],
    "the name of an artifact, or a map with artifact, dest, extract and verify-hash",
)));

/// A run description.
pub const RUN: Shape = Shape::Map(&[
    optional("name", Shape::Str),
    optional("label", Shape::Str),
    required("description", Shape::Str),
    optional("priority", PRIORITY),
    optional("attributes", ATTRIBUTES),
    optional("task-from", Shape::Str),
    optional("dependencies", DEPENDENCIES),
    optional("soft-dependencies", STRINGS),
    optional("if-dependencies", STRINGS),
    optional("requires", REQUIRES),
    optional("deadline-after", Shape::Str),
    optional("expires-after", Shape::Str),
    optional("routes", STRINGS),
    optional("scopes", STRINGS),
    optional("tags", Shape::MapOf(&Shape::Str)),
    optional("extra", ATTRIBUTES),
    optional("treeherder", TREEHERDER),
    optional("index", INDEX),
    optional("run-on-projects", RUN_ON_PROJECTS),
    optional("run-on-tasks-for", STRINGS),
    optional("run-on-git-branches", STRINGS),
    optional("shipping-phase", SHIPPING_PHASE),
    optional("always-target", Shape::Bool),
    optional("optimization", OPTIMIZATION),
    optional("needs-sccache", Shape::Bool),
    optional("when", Shape::Map(&[optional("files-changed", STRINGS)])),
    optional("fetches", FETCHES),
    required(
        "run",
        Shape::Open(&[required("using", Shape::Str), optional("workdir", Shape::Str)], &Shape::Any),
    ),
    required("worker-type", Shape::Str),
    optional("worker", Shape::MapOf(&Shape::Any)),
]);
