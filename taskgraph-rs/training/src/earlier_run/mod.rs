//! `config continue`: finds models, corpora and vocabularies of an earlier run, checks that they are complete, and
//! writes the section of a training config that provides them.
//!
//! The tree's extension declares the products. This module makes no requests and writes nothing: it takes the tasks
//! and their artifacts, and returns a text.

mod config_section;
mod files;
mod find;
mod models;
mod request;
mod run_source;
mod tasks;

pub use config_section::{Section, section, write};
pub use find::{Continuation, find, wanted};
pub use request::{Artifacts, FoundKey, Request};
pub use run_source::RunSource;
pub use tasks::{Tasks, pair_of};
