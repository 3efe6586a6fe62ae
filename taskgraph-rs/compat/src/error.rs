//! Failures of the environment, as opposed to errors in the input.

use std::fmt;

/// The machine's fault, not the input's: a file that cannot be read, git that does not answer.
#[derive(Debug)]
pub struct Machine(pub String);

impl Machine {
    /// Whether an error is the machine's fault, as itself or as the context of a cause.
    pub fn is_behind(error: &anyhow::Error) -> bool {
        error.is::<Machine>() || error.chain().any(|cause| cause.is::<Machine>())
    }
}

impl fmt::Display for Machine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Machine {}
