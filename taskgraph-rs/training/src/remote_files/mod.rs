//! Files that a run would fetch from elsewhere: which there are, where they lie, and what is wrong with them.
//!
//! Nothing here asks a network: somebody else does, and hands the answers in.

mod absence;
mod check;
mod content;
mod file;
mod folder;
mod location;

pub use check::{RemoteAnswers, judge};
pub use file::{RemoteFile, dataset_files, remotes};
pub use folder::{Folder, folders};
pub use location::Store;
