//! Talks to Taskcluster: looks tasks up, fetches artifacts, creates tasks. With `probe`, the only room with a network.
//!
//! Asynchronous inside, blocking outside. Nothing is opened before the first call, so that whoever never calls pays
//! nothing.

mod access;
mod artifacts;
mod ask;
mod connection;
mod create;
mod failure;
mod group;
mod look_up;
mod many;
mod new_task;
mod offline;
mod parameters;
mod patience;
mod remembered;
mod service;
mod taskcluster;
mod watch;

pub use access::{Access, Credentials};
pub use artifacts::Artifact;
pub use create::{CreateFailure, Created, CreatedTask, RefusedTask};
pub use failure::Failure;
pub use group::GroupTask;
pub use many::Cancelled;
pub use new_task::NewTask;
pub use offline::Offline;
pub use patience::Patience;
pub use remembered::Remembered;
pub use service::Service;
pub use taskcluster::Taskcluster;
pub use watch::{News, Silent, Watch};
