//! Uploads of artifacts to long term storage: tasks that stand beside those whose files they upload.

pub mod artifacts;
pub mod bucket;
mod destinations;
pub mod experiment_config;
mod payload;
mod step_dir;
mod upstream;

pub use destinations::verify as verify_destinations;
pub use payload::BEETMOVER_TRANSLATIONS;
