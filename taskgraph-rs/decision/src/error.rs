//! The error of what creates tasks.

use taskgraph::Error;
use taskgraph_taskcluster::CreateFailure;

/// Error of a decision, or of an action that creates tasks.
#[derive(Debug)]
pub enum DecisionError {
    /// Not all tasks were created, and some may exist: whoever called has to report which. A program ends with status 3.
    Creation(CreateFailure),
    /// Nothing was created.
    Error(Error),
}

impl<E: Into<Error>> From<E> for DecisionError {
    fn from(error: E) -> Self {
        DecisionError::Error(error.into())
    }
}
