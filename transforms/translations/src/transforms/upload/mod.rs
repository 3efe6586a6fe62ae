//! Uploads of artifacts to long term storage: tasks that stand beside those whose files they upload.

pub(crate) mod artifacts;
pub(crate) mod bucket;
mod destinations;
pub(crate) mod experiment_config;
mod payload;
mod step_dir;
mod upstream;

pub(crate) use destinations::verify as verify_destinations;
pub(crate) use payload::BEETMOVER_TRANSLATIONS;
