//! The core transforms of Taskgraph, under the strings that stand in kind.yml: what Python has in `taskgraph.transforms`.
//!
//! Invariant: a transform looks at its [`Context`](taskgraph::Context) alone. It reads no clock, no environment and no
//! network, and knows no training config.

pub mod cached_tasks;
mod chunking;
mod code_review;
pub mod docker_image;
mod fetch;
mod from_deps;
mod matrix;
mod newer_taskgraph;
mod notify;
mod run;
mod section;
mod task;
mod task_context;

use taskgraph::transform::Registry;

pub use newer_taskgraph::changes;

/// Adds the core transforms.
pub fn register(registry: Registry) -> Registry {
    let registry = task::PAYLOADS.iter().fold(registry, |registry, payload| registry.payload(*payload));
    registry
        .transform_apart("taskgraph.transforms.cached_tasks", cached_tasks::transform)
        .transform_apart("taskgraph.transforms.chunking", chunking::transform)
        .transform("taskgraph.transforms.code_review", code_review::transform)
        .transform("taskgraph.transforms.docker_image", docker_image::transform)
        .transform("taskgraph.transforms.fetch", fetch::transform)
        .transform_apart("taskgraph.transforms.from_deps", from_deps::transform)
        .transform_apart("taskgraph.transforms.matrix", matrix::transform)
        .transform("taskgraph.transforms.notify", notify::transform)
        .transform_apart("taskgraph.transforms.run", run::transform)
        .transform_apart("taskgraph.transforms.task", task::transform)
        .transform_apart("taskgraph.transforms.task_context", task_context::transform)
}
