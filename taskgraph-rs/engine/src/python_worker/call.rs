//! A request to the worker, and its answer.

use crate::error::{Error, Result};
use crate::python_worker::channel::{Channel, Reply, Request};
use crate::python_worker::exception;
use crate::python_worker::exception::Asked;
use crate::tree::Tree;
use taskgraph_compat::json;
use taskgraph_compat::source::Place;
use taskgraph_compat::value::Value;

/// Sends a request. An exception of the tree's Python becomes an error.
pub(super) fn ask(
    channel: &dyn Channel,
    session: Option<i64>,
    tree: &Tree,
    method: &str,
    what: &str,
    place: Option<Place>,
    arguments: String,
) -> Result<Value> {
    match channel.call(Request { session, method, what, arguments })? {
        Reply::Done(answer) => read(&answer, what),
        Reply::Raised(error) => Err(exception::problem(&error, &Asked { tree, what, place })),
    }
}

pub(super) fn read(answer: &str, what: &str) -> Result<Value> {
    json::read(answer).map_err(|error| {
        Error::refused(format!("{what}: the worker sent an answer that is not JSON: {error}"))
    })
}
