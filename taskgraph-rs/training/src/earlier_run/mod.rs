//! `config continue`: finds models, corpora and vocabularies of an earlier run, checks that they are complete, and
//! writes the section of a training config that provides them.
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
