//! The error type of this package and of those that are built on it.

use std::fmt::{self, Display};
use std::io;

use crate::diagnostics::{Problem, Problems};
use taskgraph_compat::error::{NotUtf8, ReadError};
use taskgraph_compat::json;
use taskgraph_compat::python::RegexError;

/// `Result` with [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// The code of a problem that is only a message.
const REFUSED: &str = "refused";

/// An error, by who has to act on it.
#[derive(Debug)]
pub enum Error {
    /// The input is wrong: somebody has to change it. Carries all problems that were found. A program ends with status 2.
    Input(Problems),
    /// The environment failed: a file that cannot be read, git, a service. The input may be right. Carries the message and
    /// its causes. A program ends with status 3.
    Machine(anyhow::Error),
    /// Ctrl-C or SIGTERM ended the work. A program ends by the signal, which a shell shows as 128 and its number.
    Interrupted,
}

impl Error {
    /// Returns a failure of the environment without a further cause.
    pub fn machine(message: impl Into<String>) -> Self {
        Error::Machine(anyhow::Error::msg(message.into()))
    }

    /// Returns a problem of the input that is a message without a place.
    pub fn refused(message: impl Into<String>) -> Self {
        Problem::error(REFUSED, message).into()
    }

    /// Puts a message in front of the one that the error has. Problems with places stay as they are.
    pub fn context(self, message: impl Display + Send + Sync + 'static) -> Self {
        anyhow::Error::new(self).context(message).into()
    }

    /// Returns the problems of the input. Any other error stays an error.
    pub fn into_problems(self) -> Result<Vec<Problem>> {
        match self {
            Error::Input(problems) => Ok(problems.0),
            Error::Machine(_) | Error::Interrupted => Err(self),
        }
    }

    /// Returns the `Error` that a transform has passed up, with the messages that were put in front of it. What is only a
    /// message stays as it is: it may get a place yet.
    pub(crate) fn within(error: anyhow::Error) -> Result<Self, anyhow::Error> {
        // Transforms return `anyhow::Error`, in which the type is known only at run time.
        match error.downcast_ref() {
            Some(Error::Input(Problems(problems)))
                if problems.iter().any(|problem| problem.code != REFUSED) =>
            {
                Ok(Error::Input(Problems(problems.clone())))
            }
            Some(Error::Machine(_)) => Ok(Error::Machine(error)),
            Some(Error::Interrupted) => Ok(Error::Interrupted),
            Some(Error::Input(_)) | None => Err(error),
        }
    }
}

impl Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Input(problems) => problems.fmt(f),
            Error::Machine(error) => error.fmt(f),
            Error::Interrupted => f.write_str("interrupted"),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Error::Machine(error) => error.source(),
            Error::Input(_) | Error::Interrupted => None,
        }
    }
}

impl From<Problems> for Error {
    fn from(problems: Problems) -> Self {
        Error::Input(problems)
    }
}

impl From<Problem> for Error {
    fn from(problem: Problem) -> Self {
        Error::Input(problem.into())
    }
}

/// Problems in an [`anyhow::Error`] are always an [`Error`], so that there is one type to look for.
impl From<Problems> for anyhow::Error {
    fn from(problems: Problems) -> Self {
        Error::Input(problems).into()
    }
}

/// The conversion at the boundary to code that returns [`anyhow::Error`], such as transforms. What is only a message is
/// a problem of the input.
impl From<anyhow::Error> for Error {
    fn from(error: anyhow::Error) -> Self {
        Error::within(error).unwrap_or_else(|error| Error::refused(format!("{error:#}")))
    }
}

/// Attributes a failure to the environment.
pub trait OrMachine<T> {
    /// Converts the error into an [`Error::Machine`] with a message; what it was before becomes the cause. Problems and
    /// interruptions stay what they are.
    fn or_machine<M: Display + Send + Sync + 'static>(self, message: impl FnOnce() -> M) -> Result<T>;
}

impl<T, E: Into<anyhow::Error>> OrMachine<T> for Result<T, E> {
    fn or_machine<M: Display + Send + Sync + 'static>(self, message: impl FnOnce() -> M) -> Result<T> {
        self.map_err(|error| {
            let error = error.into().context(message());
            Error::within(error).unwrap_or_else(Error::Machine)
        })
    }
}

impl From<ReadError> for Error {
    fn from(error: ReadError) -> Self {
        match error {
            ReadError::Unreadable(name, error) => {
                Error::Machine(error.into()).context(format!("cannot read `{name}`"))
            }
            ReadError::NotUtf8(error) => error.into(),
        }
    }
}

impl From<NotUtf8> for Error {
    fn from(error: NotUtf8) -> Self {
        Error::refused(error.to_string())
    }
}

impl From<RegexError> for Error {
    fn from(error: RegexError) -> Self {
        Error::refused(error.to_string())
    }
}

/// Reading and writing fail for reasons of the environment.
impl From<io::Error> for Error {
    fn from(error: io::Error) -> Self {
        Error::Machine(error.into())
    }
}

/// JSON that cannot be read, or a value that it cannot hold, is a problem of the input.
impl From<json::Error> for Error {
    fn from(error: json::Error) -> Self {
        match error.is_io() {
            true => Error::Machine(error.into()),
            false => Error::refused(error.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use anyhow::Context as _;

    use super::*;

    fn located() -> Error {
        Problem::error("wrong-value", "`a` must be b").into()
    }

    /// The error as a function for tasks passes it up.
    fn passed_up(error: Error) -> Error {
        Err::<(), _>(error).context("first").context("second").unwrap_err().into()
    }

    #[test]
    fn the_variant_of_an_error_outlives_code_that_returns_anyhow() {
        let Error::Input(problems) = passed_up(located()) else { panic!() };
        assert_eq!(problems.to_string(), "`a` must be b");
        let machine = passed_up(Error::machine("no disk"));
        assert!(matches!(machine, Error::Machine(_)));
        assert_eq!(format!("{machine:#}"), "second: first: no disk");
        assert!(matches!(passed_up(Error::Interrupted), Error::Interrupted));
    }

    #[test]
    fn a_message_is_a_problem_of_the_input_with_all_that_was_put_in_front_of_it() {
        let error = passed_up(Error::refused("no"));
        let Error::Input(problems) = error.context("third") else { panic!() };
        assert_eq!(problems.to_string(), "third: second: first: no");
        let Error::Input(problems) = Error::from(anyhow::anyhow!("no").context("a")) else { panic!() };
        assert_eq!(problems.to_string(), "a: no");
    }

    #[test]
    fn a_message_may_become_the_cause_of_a_failure_and_located_problems_do_not() {
        let failed = |error: Error| Err::<(), _>(error).or_machine(|| "`x` cannot be written").unwrap_err();
        let machine = failed(Error::refused("no"));
        assert!(matches!(machine, Error::Machine(_)));
        assert_eq!(format!("{machine:#}"), "`x` cannot be written: no");
        assert!(matches!(failed(located()), Error::Input(_)));
        assert!(matches!(failed(Error::Interrupted), Error::Interrupted));
        let disk = Err::<(), _>(io::Error::other("full")).or_machine(|| "a").unwrap_err();
        assert_eq!((disk.to_string(), format!("{disk:#}")), ("a".into(), "a: full".into()));
    }
}
