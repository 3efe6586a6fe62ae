//! `rebuild-docker-images-and-toolchains`: creates what other tasks run in and with anew.

use taskgraph_decision::actions::{Action, Context, GENERIC, always, rebuild};

/// The kinds that are made anew.
const KINDS: [&str; 3] = ["docker-image", "fetch", "toolchain"];

/// The action.
pub(super) const REBUILD_DOCKER_IMAGES_AND_TOOLCHAINS: Action = Action {
    name: "rebuild-docker-images-and-toolchains",
    callback_name: "rebuild-docker-images-and-toolchains",
    title: "Rebuild Docker Images and Toolchains",
    description: "Create docker-image and toolchain tasks to rebuild their artifacts.",
    symbol: "images-and-toolchains",
    order: 1_000,
    context: Context::Group,
    permission: GENERIC,
    is_available: always,
    schema: None,
    plan: |call| rebuild(call, |task| KINDS.contains(&&*task.kind)),
};
