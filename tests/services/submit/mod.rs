//! The client of Taskcluster: look-ups, creation, retries.

mod calls;
mod create;
mod faults;
mod optimized;
mod pages;
mod refusal;
mod tasks;
mod watched;

use taskgraph::optimize::index::LookupRequest;
use taskgraph_compat::value::Str;

/// A request for these index paths.
fn paths(paths: &[Str]) -> LookupRequest {
    LookupRequest { index_paths: paths.to_vec(), tasks: Vec::new() }
}
