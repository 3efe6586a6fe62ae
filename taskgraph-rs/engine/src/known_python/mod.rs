//! Known Python: whether a native part may stand in for a Python object of a tree.
//!
//! A native part equals the Python that it was compared with, and no other. The [`Table`] has the texts of the modules
//! for which that was done; [`Modules`] compares the files of a tree with them. Python is not started for that.

mod comparison;
pub mod conflict;
mod install;
mod installed;
mod modules;
mod mozilla_releases;
mod package;
mod pin;
mod project_files;
mod releases;
mod requirement;
mod resolve;
mod rule;
mod table;
#[cfg(test)]
pub(crate) mod testing;
mod toml;
mod version;
mod versions;

pub use comparison::{Difference, Origin, UnknownObject, Verdict, Why};
pub use install::requirements;
pub use installed::{InstalledVersion, installed};
pub use modules::Modules;
pub use package::Package;
pub use pin::{Pin, Pins};
pub use rule::Rule;
pub use table::{Role, Table};
pub use version::{Clause, Version};
pub use versions::Versions;

pub(crate) use mozilla_releases::newest_mozilla_release;
