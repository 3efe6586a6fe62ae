//! The transforms of taskgraph-rs, registered by value under the strings that stand in kind.yml.

pub(crate) mod python_table;

use taskgraph::registry::Registry;

/// All transforms and all extensions of trees that the program knows.
pub fn registry() -> Registry {
    translations_taskgraph::register(mozilla_taskgraph_transforms::register(taskgraph_transforms::register(
        Registry::default().known(python_table::table()),
    )))
}
