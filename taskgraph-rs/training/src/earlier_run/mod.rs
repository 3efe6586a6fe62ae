//! `config continue`: finds models, corpora and vocabularies of an earlier run, checks that they are complete, and
//! writes the section of a training config that provides them.
//!
//! The extension of the tree declares what can be provided. Sends no requests and writes no files: tasks and their
//! artifacts are arguments, and the result is text.

mod files;
mod find;
mod models;
mod products;
mod section;
mod source;
mod tasks;

pub use find::{Artifacts, Asked, Continuation, Item, find, wanted};
pub use products::{Form, Made, MadeFile};
pub use section::{Written, section, write};
pub use source::Origin;
pub use tasks::{Tasks, pair_of};
