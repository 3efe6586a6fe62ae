//! The core transforms of Taskgraph, under the strings that stand in kind.yml.

pub mod cached_tasks;
mod chunking;
mod docker_context;
mod docker_image;
pub mod dockerfile;
mod fetch;
mod from_deps;
mod matrix;
mod run;
mod task;
mod task_context;

use taskgraph::transform::Registry;

/// Adds the core transforms.
pub fn register(registry: Registry) -> Registry {
    let registry = task::PAYLOADS.iter().fold(registry, |registry, payload| registry.payload(*payload));
    registry
        .transform("taskgraph.transforms.cached_tasks", cached_tasks::transform)
        .transform("taskgraph.transforms.chunking", chunking::transform)
        .transform("taskgraph.transforms.docker_image", docker_image::transform)
        .transform("taskgraph.transforms.fetch", fetch::transform)
        .transform("taskgraph.transforms.from_deps", from_deps::transform)
        .transform("taskgraph.transforms.matrix", matrix::transform)
        .transform("taskgraph.transforms.run", run::transform)
        .transform("taskgraph.transforms.task", task::transform)
        .transform("taskgraph.transforms.task_context", task_context::transform)
}
