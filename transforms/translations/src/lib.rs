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
mod parameter;
mod pipeline;
mod pipeline_version;
pub mod pretrained;
mod products;
mod target_tasks;
pub mod transforms;
mod upgrades;

use taskgraph::registry::Registry;

use transforms::{
    cached_tasks, cast_to, dependency_dummies, evaluate_stage, find_upstreams, from_datasets, marian_args,
    pretrained_models, skip_unless_changed, student_vocabulary, upload, worker_selection,
};

pub use pipeline::extension;

/// Adds everything of the pipeline under the strings that stand in its kinds.
pub fn register(registry: Registry) -> Registry {
    registry
        .extension(
            "translations_taskgraph:register",
            "Adds the parameters, checks, target method and actions of the translations pipeline.",
            extension,
        )
        .transform(cached_tasks::INFO, cached_tasks::transform())
        .transform(cast_to::INFO, cast_to::transform())
        .transform(transforms::continuation::INFO, transforms::continuation::transform())
        .transform(dependency_dummies::INFO, dependency_dummies::transform())
        .transform(find_upstreams::BY_LOCALES, find_upstreams::by_locales())
        .transform(find_upstreams::MONO, find_upstreams::mono())
        .transform(from_datasets::PER_DATASET, from_datasets::per_dataset())
        .transform(from_datasets::MONO, from_datasets::mono())
        .transform(marian_args::INFO, marian_args::transform())
        .transform(upload::bucket::INFO, upload::bucket::transform())
        .transform(skip_unless_changed::INFERENCE, skip_unless_changed::inference())
        .transform(skip_unless_changed::PIPELINE, skip_unless_changed::pipeline())
        .transform(pretrained_models::TRAINING_CONTINUATION, pretrained_models::transform())
        .transform(evaluate_stage::INFO, evaluate_stage::transform())
        .transform(upload::artifacts::INFO, upload::artifacts::transform())
        .transform(upload::experiment_config::INFO, upload::experiment_config::transform())
        .transform(worker_selection::INFO, worker_selection::transform())
        .payload(upload::BEETMOVER_TRANSLATIONS)
        // This project's own kinds call it by what it does.
        .transform(pretrained_models::PRETRAINED_MODELS, pretrained_models::transform())
        .transform(student_vocabulary::INFO, student_vocabulary::transform())
}
