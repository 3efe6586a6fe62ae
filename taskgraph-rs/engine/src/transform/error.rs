//! Errors of transforms.

use std::fmt;

use crate::diagnostics::Problem;
use crate::diagnostics::origin::Origin;
use crate::error::Error;
use crate::python_worker::Because;

/// Says that a kind names what only the Python of the tree has, so that Python has to make it.
#[derive(Clone, Debug)]
pub struct NeedsPython(pub Because);

impl fmt::Display for NeedsPython {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "this kind has to be made by Python: {}", self.0)
    }
}

impl std::error::Error for NeedsPython {}

/// The reason why the transforms of a kind made no tasks. Conversions into it are the boundary between transforms, which
/// return [`anyhow::Error`], and the generator, which matches on variants.
#[derive(Debug)]
pub enum TransformError {
    /// Python has to make the kind.
    NeedsPython(Because),
    /// An error for whoever asked for the tasks.
    Error(Error),
}

impl TransformError {
    /// Converts the error of a function for one task.
    pub(crate) fn of_task(origin: &Origin, error: anyhow::Error) -> Self {
        TransformError::new(error, |error| origin.locate(error))
    }

    /// Returns the problems of the input. Any other error stays an error.
    pub(crate) fn into_problems(self) -> Result<Vec<Problem>, Self> {
        match self {
            TransformError::Error(error) => Ok(error.into_problems()?),
            TransformError::NeedsPython(_) => Err(self),
        }
    }

    fn new(error: anyhow::Error, other: impl FnOnce(anyhow::Error) -> Error) -> Self {
        // As in `Error::within`: the type is known only at run time.
        match error.downcast() {
            Ok(NeedsPython(because)) => TransformError::NeedsPython(because),
            Err(error) => TransformError::Error(other(error)),
        }
    }
}

/// Converts the error of a function for a whole kind.
impl From<anyhow::Error> for TransformError {
    fn from(error: anyhow::Error) -> Self {
        TransformError::new(error, Error::from)
    }
}

impl From<Error> for TransformError {
    fn from(error: Error) -> Self {
        TransformError::Error(error)
    }
}
