//! The worker implementations of the package mozilla-taskgraph: scriptworkers that sign, ship, upload and land.

mod beetmover_data;
mod bitrise;
mod lando;
mod lando_shape;
mod scopes;
mod shipit;
mod signing;

use taskgraph::extension::Extension;
use taskgraph::transform::Registry;

/// Adds them.
pub fn register(registry: Registry) -> Registry {
    registry
        // The package registers its worker types, which are known, and keys of config.yml, which nobody is refused for.
        .extension("mozilla_taskgraph:register", |_| Extension::default())
        .payload(beetmover_data::PAYLOAD)
        .payload(bitrise::PAYLOAD)
        .payload(lando::PAYLOAD)
        .payload(shipit::PAYLOAD)
        .payload(signing::PAYLOAD)
}
