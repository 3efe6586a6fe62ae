//! Additions of mozilla-taskgraph to config.yml.

use crate::nullable::{TEXT_OR_NULL, or_null};
use taskgraph::graph_config::GraphConfig;
use taskgraph::schema::{STRINGS, Schema, Violation, optional};

const SCHEMA: Schema = Schema::Open(
    &[
        optional(
            "shipit",
            Schema::Map(&[
                optional("product", Schema::Str),
                optional("release-format", Schema::Str),
                optional("scope-prefix", Schema::Str),
            ]),
        ),
        optional("version-parser", Schema::Str),
    ],
    &Schema::Any,
);

const SHIPIT: Schema = Schema::Open(
    &[
        optional("product", TEXT_OR_NULL),
        optional("release-format", TEXT_OR_NULL),
        optional("scope-prefix", TEXT_OR_NULL),
    ],
    &Schema::Any,
);

/// Since the schemas are those of msgspec.
const SHAPE_4_1: Schema = Schema::Open(
    &[optional("shipit", or_null!(SHIPIT)), optional("version-parser", TEXT_OR_NULL)],
    &Schema::Any,
);

/// Since a project says which of its branches make releases.
const SHAPE_4_2: Schema = Schema::Open(
    &[
        optional("shipit", or_null!(SHIPIT)),
        optional("version-parser", TEXT_OR_NULL),
        optional(
            "release-branches",
            or_null!(Schema::MapOf(&Schema::Either(
                &[Schema::Bool, STRINGS],
                "true, false or a list of branches"
            ))),
        ),
    ],
    &Schema::Any,
);

/// Returns the violations of the schema.
pub fn check(config: &GraphConfig) -> Vec<Violation> {
    let schema = match config.mozilla {
        version if version.has_release_branches() => &SHAPE_4_2,
        version if version.has_schemas_of_msgspec() => &SHAPE_4_1,
        _ => &SCHEMA,
    };
    schema.check(&config.values().clone().into())
}
