//! Remote files that a run would fetch: which ones, from which store, and their problems.
//!
//! Sends no requests: the answers are arguments.

mod absence;
mod answers;
mod check;
mod content;
mod context;
mod file;
mod folder;
mod location;

pub use answers::RemoteAnswers;
pub use check::judge;
pub use file::{RemoteFile, dataset_files, remotes};
pub use folder::{Folder, folders};
pub use location::Store;
