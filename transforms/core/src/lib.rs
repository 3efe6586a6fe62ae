//! The core transforms of Taskgraph, under the strings that stand in kind.yml: what Python has in `taskgraph.transforms`.
//!
//! Invariant: a transform looks at its [`Context`](taskgraph::Context) alone. It reads no clock, no environment and no
//! network, and knows no training config.

pub mod cached_tasks;
mod chunking;
mod code_review;
mod description_schema;
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

use taskgraph::registry::Registry;

pub use newer_taskgraph::changes;

/// Adds the core transforms.
pub fn register(registry: Registry) -> Registry {
    let registry = task::PAYLOADS.iter().fold(registry, |registry, payload| registry.payload(*payload));
    registry
        .transform(cached_tasks::INFO, cached_tasks::transform())
        .transform(chunking::INFO, chunking::transform())
        .transform(code_review::INFO, code_review::transform())
        .transform(docker_image::INFO, docker_image::transform())
        .transform(fetch::INFO, fetch::transform())
        .transform(from_deps::INFO, from_deps::transform())
        .transform(matrix::INFO, matrix::transform())
        .transform(notify::INFO, notify::transform())
        .transform(run::INFO, run::transform())
        .transform(task::INFO, task::transform())
        .transform(task_context::INFO, task_context::transform())
}
