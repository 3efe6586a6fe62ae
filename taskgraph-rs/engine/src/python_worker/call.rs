//! A request to the worker, and its answer.

use crate::error::{Error, Result};
use crate::python_worker::channel::{Channel, Reply, Request};
use crate::python_worker::exception;
use crate::python_worker::exception::Circumstances;
use crate::tree::Tree;
use taskgraph_compat::json;
use taskgraph_compat::source::Place;
use taskgraph_compat::value::Value;

/// A request about a tree.
pub(crate) struct Call<'c> {
    tree: &'c Tree,
    method: &'c str,
    /// What is done, for messages.
    what: &'c str,
    place: Option<Place>,
    /// JSON.
    arguments: String,
}

impl<'c> Call<'c> {
    /// A request; `what` names in messages what is done.
    pub(crate) fn new(tree: &'c Tree, method: &'c str, what: &'c str, arguments: String) -> Self {
        Call { tree, method, what, place: None, arguments }
    }

    /// The place in the tree that the request goes back to.
    pub(crate) fn at(self, place: Option<Place>) -> Self {
        Call { place, ..self }
    }

    /// Sends the request and waits for the answer. An exception of the tree's Python becomes an error.
    pub(super) fn send(self, channel: &dyn Channel, session: Option<i64>) -> Result<Value> {
        let Call { tree, method, what, place, arguments } = self;
        match channel.call(Request { session, method, what, arguments })? {
            Reply::Done(answer) => read(&answer, what),
            Reply::Raised(error) => Err(exception::problem(&error, &Circumstances { tree, what, place })),
        }
    }
}

pub(super) fn read(answer: &str, what: &str) -> Result<Value> {
    json::read(answer).map_err(|error| {
        Error::refused(format!("{what}: the worker sent an answer that is not JSON: {error}"))
    })
}
