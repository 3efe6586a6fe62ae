//! The transforms of taskgraph-rs, registered by value under the strings that stand in kind.yml.

pub mod core;
pub mod known;
mod mozilla;
mod translations;

use taskgraph::transform::Registry;

/// All transforms and all extensions of trees that the program knows.
pub fn registry() -> Registry {
    translations::register(mozilla::register(core::register(Registry::default())))
}
