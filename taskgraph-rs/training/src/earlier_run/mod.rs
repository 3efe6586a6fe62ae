//! Going on from what an earlier run has made: finds models, corpora and vocabularies of a task group, checks that they
//! are complete, and writes the section of a training config that hands them in.
//!
//! The tree's extension declares the products. This module makes no requests and writes nothing: it takes the tasks
//! and their artifacts, and returns a text.

mod config_section;
mod files;
mod find;
mod models;
mod products;
mod run_source;
mod tasks;

pub use config_section::{Section, section, write};
pub use find::{Artifacts, Continuation, FoundKey, Request, find, wanted};
pub use products::{Product, ProductFile, ProductValue};
pub use run_source::RunSource;
pub use tasks::{Tasks, pair_of};
