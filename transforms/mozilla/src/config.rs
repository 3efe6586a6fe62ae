//! What mozilla-taskgraph adds to config.yml.

use crate::nullable::{TEXT_OR_NULL, or_null};
use taskgraph::graph_config::GraphConfig;
use taskgraph::schema::{Misfit, STRINGS, Shape, optional};

const SHAPE: Shape = Shape::Open(
    &[
        optional(
            "shipit",
            Shape::Map(&[
                optional("product", Shape::Str),
                optional("release-format", Shape::Str),
                optional("scope-prefix", Shape::Str),
            ]),
        ),
        optional("version-parser", Shape::Str),
    ],
    &Shape::Any,
);

const SHIPIT: Shape = Shape::Open(
    &[
        optional("product", TEXT_OR_NULL),
        optional("release-format", TEXT_OR_NULL),
        optional("scope-prefix", TEXT_OR_NULL),
    ],
    &Shape::Any,
);

/// Since the schemas are those of msgspec.
const SHAPE_4_1: Shape = Shape::Open(
    &[optional("shipit", or_null!(SHIPIT)), optional("version-parser", TEXT_OR_NULL)],
    &Shape::Any,
);

/// Since a project says which of its branches make releases.
const SHAPE_4_2: Shape = Shape::Open(
    &[
        optional("shipit", or_null!(SHIPIT)),
        optional("version-parser", TEXT_OR_NULL),
        optional(
            "release-branches",
            or_null!(Shape::MapOf(&Shape::Either(
                &[Shape::Bool, STRINGS],
                "true, false or a list of branches"
            ))),
        ),
    ],
    &Shape::Any,
);

/// What is wrong with it.
pub fn check(config: &GraphConfig) -> Vec<Misfit> {
    let shape = match config.mozilla {
        version if version.has_release_branches() => &SHAPE_4_2,
        version if version.has_schemas_of_msgspec() => &SHAPE_4_1,
        _ => &SHAPE,
    };
    shape.check(&config.values().clone().into())
}
