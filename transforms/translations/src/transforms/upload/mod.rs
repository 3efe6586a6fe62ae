//! Uploads of artifacts to long term storage: tasks that stand beside those whose files they upload.

mod artifacts;
mod bucket;
mod destinations;
mod experiment_config;
mod payload;
mod step_dir;
mod upstream;

pub use artifacts::transform as artifacts;
pub use bucket::transform as resolve_bucket;
pub use destinations::verify as verify_destinations;
pub use experiment_config::transform as experiment_config;
pub use payload::BEETMOVER_TRANSLATIONS;
