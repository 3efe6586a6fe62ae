//! The package mozilla-taskgraph: worker implementations of scriptworkers that sign, ship, upload and land, and the
//! transforms. `replicate` asks the source in the settings for the graphs that it copies.
//!
//! Invariant: it depends on the engine alone, and makes no request.

mod beetmover_data;
mod bitrise;
mod config;
mod lando;
mod lando_schema;
mod lando_schema_4;
mod mark_as_shipped;
mod nullable;
mod release_artifacts;
mod replicate;
mod scopes;
mod shipit;
mod signing;

pub use config::check as check_config;

use taskgraph::extension::Extension;
use taskgraph::registry::Registry;

/// Adds them.
pub fn register(registry: Registry) -> Registry {
    registry
        // The package registers its worker types, which are known, and keys of config.yml.
        .extension(
            "mozilla_taskgraph:register",
            "Adds the keys of config.yml that mozilla-taskgraph reads.",
            |_| Extension { config: Some(check_config), ..Extension::default() },
        )
        .transform(release_artifacts::INFO, release_artifacts::transform())
        .transform(mark_as_shipped::INFO, mark_as_shipped::transform())
        .transform(replicate::INFO, replicate::transform())
        .payload(beetmover_data::PAYLOAD)
        .payload(bitrise::PAYLOAD)
        .payload(lando::PAYLOAD)
        .payload(shipit::PAYLOAD)
        .payload(signing::PAYLOAD)
}
