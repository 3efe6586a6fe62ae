//! Going on from what an earlier run has made: finds models, corpora and vocabularies of a task group, checks that they
//! are complete, and writes the section of a training config that hands them in.
//!
//! What there is to hand in is declared by the tree's extension. Nothing is asked here and nothing is written: the tasks
//! and their artifacts are handed in, and a text comes out.

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
