//! Files that a run would fetch from elsewhere: which there are, where they lie, and what is wrong with them.
//!
//! Nothing here asks a network: somebody else does, and hands the answers in.

mod absence;
mod content;
mod file;
mod folder;
mod judge;
mod store;

pub use file::{Remote, dataset_files, remotes};
pub use folder::{Folder, folders};
pub use judge::{Answers, judge};
pub use store::Store;
