//! Calls Taskcluster: looks tasks up, fetches artifacts, creates tasks; and checks whether urls exist.
//!
//! [`Taskcluster`] is the client; asynchronous inside, blocking outside. It opens nothing before its first call.
//! [`Service`] is what decisions and actions need of it, and [`Offline`] stands in where no service may be asked.
//!
//! Invariant: this is the only package that depends on a network library. It never decides what to create, and never
//! writes a secret into a message.

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
pub use batch::Cancellation;
pub use cached_service::CachedService;
pub use client::Taskcluster;
pub use create::{CreateFailure, CreatedTask, CreatedTasks, RefusedTask};
pub use error::{CallError, Failure};
pub use new_task::NewTask;
pub use offline::Offline;
pub use progress::{Event, Silent, Watch};
pub use retry::Patience;
pub use service::Service;
pub use task_group::GroupTask;
