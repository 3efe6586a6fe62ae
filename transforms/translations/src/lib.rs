//! The transforms of the translations pipeline, its parameter and its target method.
//!
//! Names and behaviour are those of mozilla/firefox-translations-training, December 2024, and of mozilla/translations,
//! July 2026, whose kinds go through unchanged. What differs between the two is in `pipeline_version`; where a model is used,
//! see `pretrained` and `continuation`.
//!
//! Invariant: transforms look at their [`Context`](taskgraph::Context) alone. Whether urls exist and what tasks of earlier
//! runs have made is looked up before, and handed in.

mod actions;
pub mod config;
mod continuation;
mod decision_parameters;
mod lints;
mod pipeline;
mod pipeline_version;
pub mod pretrained;
mod products;
mod target_tasks;
pub mod transforms;
mod upgrades;

use taskgraph::transform::Registry;

pub use pipeline::extension;

/// Adds everything of the pipeline under the strings that stand in its kinds.
pub fn register(registry: Registry) -> Registry {
    registry
        .extension("translations_taskgraph:register", extension)
        .transform_apart(
            "translations_taskgraph.transforms.cached_tasks",
            transforms::cached_tasks::transform,
        )
        .transform_apart("translations_taskgraph.transforms.cast_to", transforms::cast_to::transform)
        .transform_apart("translations_taskgraph.transforms.continuation", continuation::transform)
        .transform(
            "translations_taskgraph.transforms.dependency_dummies",
            transforms::dependency_dummies::transform,
        )
        .transform(
            "translations_taskgraph.transforms.find_upstreams:by_locales",
            transforms::find_upstreams::by_locales,
        )
        .transform("translations_taskgraph.transforms.find_upstreams:mono", transforms::find_upstreams::mono)
        .transform_apart(
            "translations_taskgraph.transforms.from_datasets:per_dataset",
            transforms::from_datasets::per_dataset,
        )
        .transform_apart(
            "translations_taskgraph.transforms.from_datasets:mono",
            transforms::from_datasets::mono,
        )
        .transform_apart("translations_taskgraph.transforms.marian_args", transforms::marian_args::transform)
        .transform_apart(
            "translations_taskgraph.transforms.resolve_upload_bucket",
            transforms::upload::resolve_bucket,
        )
        .transform(
            "translations_taskgraph.transforms.skip_unless_inference_changed",
            transforms::skip_unless_changed::inference,
        )
        .transform(
            "translations_taskgraph.transforms.skip_unless_pipeline_changed",
            transforms::skip_unless_changed::pipeline,
        )
        .transform(
            "translations_taskgraph.transforms.training_continuation",
            transforms::pretrained_models::transform,
        )
        .transform_apart(
            "translations_taskgraph.transforms.training_continuation:evaluate_stage",
            transforms::evaluate_stage::transform,
        )
        .transform_apart("translations_taskgraph.transforms.upload_artifacts", transforms::upload::artifacts)
        .transform(
            "translations_taskgraph.transforms.upload_experiment_config",
            transforms::upload::experiment_config,
        )
        .transform_apart(
            "translations_taskgraph.transforms.worker_selection",
            transforms::worker_selection::transform,
        )
        .payload(transforms::upload::BEETMOVER_TRANSLATIONS)
        // This project's own kinds call it by what it does.
        .transform("taskgraph_rs.transforms.pretrained_models", transforms::pretrained_models::transform)
        .transform_apart(
            "taskgraph_rs.transforms.student_vocabulary",
            transforms::student_vocabulary::transform,
        )
}
