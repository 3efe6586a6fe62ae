//! The shape of a stub at the door of the run transform.

use crate::task::COMMON;
use taskgraph::schema::{Field, STRINGS, Shape, joined, optional, required};

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
pub const RUN: Shape = Shape::Map(&joined::<{ COMMON.len() + 9 }>(
    COMMON,
    &[
        optional("name", Shape::Str),
        optional("label", Shape::Str),
        optional("always-target", Shape::Bool),
        optional("optimization", Shape::Any),
        optional("needs-sccache", Shape::Bool),
        optional("when", Shape::Map(&[optional("files-changed", STRINGS)])).or_null(),
        optional("fetches", FETCHES).or_null(),
        required(
            "run",
            Shape::Open(&[required("using", Shape::Str), optional("workdir", Shape::Str)], &Shape::Any),
        ),
        optional("worker", Shape::MapOf(&Shape::Any)),
    ],
));
