//! The transforms of the translations pipeline.

pub(crate) mod cached_tasks;
pub(crate) mod cast_to;
pub(crate) mod continuation;
pub(crate) mod dependency_dummies;
pub(crate) mod evaluate_stage;
pub(crate) mod find_upstreams;
pub(crate) mod from_datasets;
pub(crate) mod marian_args;
pub(crate) mod pretrained_models;
pub(crate) mod skip_unless_changed;
pub(crate) mod student_vocabulary;
pub(crate) mod upload;
pub(crate) mod worker_selection;
