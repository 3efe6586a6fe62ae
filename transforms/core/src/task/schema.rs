//! The shapes of a task description, which the doors of other transforms share.

use taskgraph::graph_config::PRIORITIES;
use taskgraph::schema::{Field, STRINGS, Shape, joined, optional, required};

/// Any map.
const ATTRIBUTES: Shape = Shape::MapOf(&Shape::Any);

/// Names and labels. The names `self` and `decision` are refused apart from this.
const DEPENDENCIES: Shape = Shape::MapOf(&Shape::Any);

/// How soon a task is run.
const PRIORITY: Shape = Shape::Word(PRIORITIES);

/// What has to become of the dependencies first.
const REQUIRES: Shape = Shape::Word(&["all-completed", "all-resolved"]);

/// Projects, or projects by platform.
const RUN_ON_PROJECTS: Shape = Shape::KeyedBy(&["build-platform"], &STRINGS);

/// The phase of a release that a task belongs to.
const SHIPPING_PHASE: Shape = Shape::Either(
    &[Shape::Null, Shape::Word(&["build", "promote", "push", "ship"])],
    "build, promote, push, ship or nothing (null)",
);

/// How Treeherder shows a task.
const TREEHERDER: Shape = Shape::Either(
    &[
        Shape::True,
        Shape::Map(&[
            optional("symbol", Shape::Str),
            optional("kind", Shape::Word(&["build", "test", "other"])),
            optional("tier", Shape::Int),
            optional("platform", Shape::Str),
        ]),
    ],
    "true, or a map with symbol, kind (build, test or other), tier and platform",
);

/// Under which names a task is found in the index.
pub const INDEX: Shape = Shape::Map(&[
    optional("product", Shape::Str),
    optional("job-name", Shape::Str),
    optional("type", Shape::Str),
    optional(
        "rank",
        Shape::Either(
            &[Shape::Word(&["by-tier", "build_date"]), Shape::Int],
            "by-tier, build_date or an integer",
        ),
    ),
]);

/// The fields that run descriptions and task descriptions share.
pub const COMMON: &[Field] = &[
    required("description", Shape::Str),
    optional("priority", PRIORITY),
    optional("attributes", ATTRIBUTES),
    optional("task-from", Shape::Str),
    optional("dependencies", DEPENDENCIES),
    optional("soft-dependencies", STRINGS),
    optional("if-dependencies", STRINGS),
    optional("requires", REQUIRES).or_null(),
    optional("deadline-after", Shape::Str),
    optional("expires-after", Shape::Str),
    optional("routes", STRINGS),
    optional("scopes", STRINGS),
    optional("tags", Shape::MapOf(&Shape::Str)),
    optional("extra", ATTRIBUTES),
    optional("treeherder", TREEHERDER).or_null(),
    optional("index", INDEX),
    optional("run-on-projects", RUN_ON_PROJECTS),
    optional("run-on-tasks-for", STRINGS),
    optional("run-on-git-branches", STRINGS).or_null(),
    optional("shipping-phase", SHIPPING_PHASE),
    required("worker-type", Shape::Str),
];

/// A task description.
pub const TASK: Shape = Shape::Map(&joined::<{ COMMON.len() + 5 }>(
    COMMON,
    &[
        required("label", Shape::Str),
        required("always-target", Shape::Bool),
        required("optimization", Shape::Any),
        required("needs-sccache", Shape::Bool),
        optional("worker", Shape::Open(&[required("implementation", Shape::Str)], &Shape::Any)),
    ],
));
