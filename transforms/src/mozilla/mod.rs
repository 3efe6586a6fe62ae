//! The worker implementations of the package mozilla-taskgraph: scriptworkers that sign, ship, upload and land.

mod beetmover_data;
mod bitrise;
mod lando;
mod lando_shape;
mod scopes;
mod shipit;
mod signing;

use taskgraph::transform::Registry;

/// Adds them.
pub fn register(registry: Registry) -> Registry {
    registry
        .payload(beetmover_data::PAYLOAD)
        .payload(bitrise::PAYLOAD)
        .payload(lando::PAYLOAD)
        .payload(shipit::PAYLOAD)
        .payload(signing::PAYLOAD)
}
