//! The schema of a task before the run transform.

use crate::description_schema::COMMON;
use taskgraph::schema::{Field, STRINGS, Schema, joined, optional, required};

/// A download before the task runs.
pub(crate) const FETCH: Schema = Schema::Map(FETCH_FIELDS);

const FETCH_FIELDS: &[Field] = &[
    required("artifact", Schema::Str),
    optional("dest", Schema::Str),
    optional("extract", Schema::Bool),
    optional("verify-hash", Schema::Bool),
];

const FETCHES: Schema = Schema::MapOf(&Schema::List(&Schema::Either(
    &[Schema::Str, FETCH],
    "the name of an artifact, or a map with artifact, dest, extract and verify-hash",
)));

/// A run description.
pub(super) const RUN: Schema = Schema::Map(&joined::<{ COMMON.len() + 9 }>(
    COMMON,
    &[
        optional("name", Schema::Str),
        optional("label", Schema::Str),
        optional("always-target", Schema::Bool),
        optional("optimization", Schema::Any),
        optional("needs-sccache", Schema::Bool),
        optional("when", Schema::Map(&[optional("files-changed", STRINGS)])).or_null(),
        optional("fetches", FETCHES).or_null(),
        required(
            "run",
            Schema::Open(&[required("using", Schema::Str), optional("workdir", Schema::Str)], &Schema::Any),
        ),
        optional("worker", Schema::MapOf(&Schema::Any)),
    ],
));
