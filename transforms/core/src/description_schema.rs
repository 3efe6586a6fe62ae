//! Schemas of a task description that several transforms share.

use taskgraph::graph_config::PRIORITIES;
use taskgraph::schema::{Field, STRINGS, Schema, joined, optional, required};

/// Any map.
const ATTRIBUTES: Schema = Schema::MapOf(&Schema::Any);

/// Names and labels. The names `self` and `decision` are refused apart from this.
const DEPENDENCIES: Schema = Schema::MapOf(&Schema::Any);

/// Priority of a task.
const PRIORITY: Schema = Schema::Word(PRIORITIES);

/// Condition on the dependencies for a task to start.
const REQUIRES: Schema = Schema::Word(&["all-completed", "all-resolved"]);

/// Projects, or projects by platform.
const RUN_ON_PROJECTS: Schema = Schema::KeyedBy(&["build-platform"], &STRINGS);

/// The phase of a release that a task belongs to.
const SHIPPING_PHASE: Schema = Schema::Either(
    &[Schema::Null, Schema::Word(&["build", "promote", "push", "ship"])],
    "build, promote, push, ship or nothing (null)",
);

/// Display of a task in Treeherder.
const TREEHERDER: Schema = Schema::Either(
    &[
        Schema::True,
        Schema::Map(&[
            optional("symbol", Schema::Str),
            optional("kind", Schema::Word(&["build", "test", "other"])),
            optional("tier", Schema::Int),
            optional("platform", Schema::Str),
        ]),
    ],
    "true, or a map with symbol, kind (build, test or other), tier and platform",
);

/// Under which names a task is found in the index.
pub(crate) const INDEX: Schema = Schema::Map(&[
    optional("product", Schema::Str),
    optional("job-name", Schema::Str),
    optional("type", Schema::Str),
    optional(
        "rank",
        Schema::Either(
            &[Schema::Word(&["by-tier", "build_date"]), Schema::Int],
            "by-tier, build_date or an integer",
        ),
    ),
]);

/// The fields that run descriptions and task descriptions share.
pub(crate) const COMMON: &[Field] = &[
    required("description", Schema::Str),
    optional("priority", PRIORITY),
    optional("attributes", ATTRIBUTES),
    optional("task-from", Schema::Str),
    optional("dependencies", DEPENDENCIES),
    optional("soft-dependencies", STRINGS),
    optional("if-dependencies", STRINGS),
    optional("requires", REQUIRES).or_null(),
    optional("deadline-after", Schema::Str),
    optional("expires-after", Schema::Str),
    optional("routes", STRINGS),
    optional("scopes", STRINGS),
    optional("tags", Schema::MapOf(&Schema::Str)),
    optional("extra", ATTRIBUTES),
    optional("treeherder", TREEHERDER).or_null(),
    optional("index", INDEX),
    optional("run-on-projects", RUN_ON_PROJECTS),
    optional("run-on-tasks-for", STRINGS),
    optional("run-on-git-branches", STRINGS).or_null(),
    optional("shipping-phase", SHIPPING_PHASE),
    required("worker-type", Schema::Str),
];

/// A task description.
pub(crate) const TASK: Schema = Schema::Map(&joined::<{ COMMON.len() + 5 }>(
    COMMON,
    &[
        required("label", Schema::Str),
        required("always-target", Schema::Bool),
        required("optimization", Schema::Any),
        required("needs-sccache", Schema::Bool),
        optional("worker", Schema::Open(&[required("implementation", Schema::Str)], &Schema::Any)),
    ],
));
