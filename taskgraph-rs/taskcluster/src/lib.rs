//! Talks to Taskcluster: looks tasks up, fetches artifacts, creates tasks. With `probe`, the only room with a network.
//!
//! Asynchronous inside, blocking outside. Nothing is opened before the first call, so that whoever never calls pays
//! nothing.

mod access;
mod artifacts;
mod batch;
mod cached_service;
mod client;
mod connection;
mod create;
mod error;
mod index;
mod new_task;
mod offline;
mod parameters;
mod progress;
mod request;
mod retry;
mod service;
mod task_group;
pub mod url_check;

pub use access::{Access, Credentials};
pub use artifacts::Artifact;
pub use batch::Cancelled;
pub use cached_service::Remembered;
pub use client::Taskcluster;
pub use create::{CreateFailure, Created, CreatedTask, RefusedTask};
pub use error::Failure;
pub use new_task::NewTask;
pub use offline::Offline;
pub use progress::{News, Silent, Watch};
pub use retry::Patience;
pub use service::Service;
pub use task_group::GroupTask;
