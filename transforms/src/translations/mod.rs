//! The transforms of the translations pipeline, its parameter and its target method.
//!
//! Names and behaviour are those of mozilla/firefox-translations-training, December 2024, and of mozilla/translations,
//! July 2026, whose kinds go through unchanged. What differs between the two is in `dialect`; where a model is used,
//! see `pretrained` and `continuation`.

mod actions;
mod cached_tasks;
mod cast_to;
mod continuation;
mod continued;
mod datasets;
mod decision_parameters;
mod dependency_dummies;
mod dialect;
mod doubts;
mod evaluate_stage;
mod extension;
mod find_upstreams;
mod from_datasets;
mod history;
mod marian_args;
mod params;
pub mod pretrained;
mod skip_unless_changed;
mod student_vocabulary;
mod target_tasks;
#[cfg(test)]
pub mod testing;
mod training;
mod training_continuation;
mod upload;
mod web_page;
mod worker_selection;

use taskgraph::transform::Registry;

pub use extension::extension;

/// Adds everything of the pipeline under the strings that stand in its kinds.
pub fn register(registry: Registry) -> Registry {
    registry
        .extension("translations_taskgraph:register", extension)
        .transform_apart("translations_taskgraph.transforms.cached_tasks", cached_tasks::transform)
        .transform_apart("translations_taskgraph.transforms.cast_to", cast_to::transform)
        .transform_apart("translations_taskgraph.transforms.continuation", continuation::transform)
        .transform("translations_taskgraph.transforms.dependency_dummies", dependency_dummies::transform)
        .transform("translations_taskgraph.transforms.find_upstreams:by_locales", find_upstreams::by_locales)
        .transform("translations_taskgraph.transforms.find_upstreams:mono", find_upstreams::mono)
        .transform_apart(
            "translations_taskgraph.transforms.from_datasets:per_dataset",
            from_datasets::per_dataset,
        )
        .transform_apart("translations_taskgraph.transforms.from_datasets:mono", from_datasets::mono)
        .transform_apart("translations_taskgraph.transforms.marian_args", marian_args::transform)
        .transform_apart("translations_taskgraph.transforms.resolve_upload_bucket", upload::resolve_bucket)
        .transform(
            "translations_taskgraph.transforms.skip_unless_inference_changed",
            skip_unless_changed::inference,
        )
        .transform(
            "translations_taskgraph.transforms.skip_unless_pipeline_changed",
            skip_unless_changed::pipeline,
        )
        .transform(
            "translations_taskgraph.transforms.training_continuation",
            training_continuation::transform,
        )
        .transform_apart(
            "translations_taskgraph.transforms.training_continuation:evaluate_stage",
            evaluate_stage::transform,
        )
        .transform_apart("translations_taskgraph.transforms.upload_artifacts", upload::artifacts)
        .transform("translations_taskgraph.transforms.upload_experiment_config", upload::experiment_config)
        .transform_apart("translations_taskgraph.transforms.worker_selection", worker_selection::transform)
        .payload(upload::BEETMOVER_TRANSLATIONS)
        // This project's own kinds call it by what it does.
        .transform("taskgraph_rs.transforms.pretrained_models", training_continuation::transform)
        .transform_apart("taskgraph_rs.transforms.student_vocabulary", student_vocabulary::transform)
}
