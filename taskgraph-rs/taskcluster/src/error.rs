//! Failures of calls, with advice.

use std::fmt;

use taskgraph::Error;

/// Largest number of characters of a service's message that are shown.
const MOST_SAID: usize = 4_000;

/// Why a call came to nothing, after all attempts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// Status 404.
    NotFound(String),
    /// Status 409: something else is there already.
    Conflict(String),
    /// Another status of the 400s. Asking again would not help.
    Refused {
        /// The status.
        status: u16,
        /// Message of the service.
        message: String,
    },
    /// No answer that can be read, however often it was asked.
    Unreachable(String),
    /// An answer that is not what the service promises.
    Unusable(String),
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Failure::NotFound(message) => write!(f, "not found: {message}"),
            Failure::Conflict(message) => write!(f, "conflict: {message}"),
            Failure::Refused { status, message } => {
                write!(f, "refused with {}{}", status_text(*status, message), advice(*status, message))
            }
            Failure::Unreachable(message) | Failure::Unusable(message) => f.write_str(message),
        }
    }
}

impl std::error::Error for Failure {}

/// The status, and what the service says. What stands before a service may say nothing but its status.
fn status_text(status: u16, message: &str) -> String {
    let words = format!("status {status}");
    if message.starts_with(&words) { message.to_owned() } else { format!("{words}: {message}") }
}

/// Returns help for a refusal of the credentials, in one line.
fn advice(status: u16, message: &str) -> &'static str {
    let says = |word: &str| message.to_lowercase().contains(word);
    match status {
        401 if says("stale timestamp") => "; the clock of this machine is wrong: set it, and call again",
        401 if says("certificate") && says("expir") => {
            "; the credentials have expired: get new ones, and start the same task id again: what exists is used"
        }
        _ => "",
    }
}

impl Failure {
    /// The failure of a status of the 400s.
    pub(super) fn of_status(status: u16, message: String) -> Self {
        match status {
            404 => Failure::NotFound(message),
            409 => Failure::Conflict(message),
            _ => Failure::Refused { status, message },
        }
    }

    /// An error that says which call it was.
    pub(super) fn of(self, call: &str) -> CallError {
        CallError::Failed { message: format!("Taskcluster: {call} failed"), failure: self }
    }

    /// `None` where nothing was found.
    pub(super) fn found<T>(answer: Result<T, Failure>) -> Result<Option<T>, Failure> {
        match answer {
            Ok(found) => Ok(Some(found)),
            Err(Failure::NotFound(_)) => Ok(None),
            Err(failure) => Err(failure),
        }
    }
}

/// Error of a call. Never the fault of the input, so that it becomes an [`Error::Machine`]. Callers that know what a
/// missing task means look at the failure first.
#[derive(Debug)]
pub enum CallError {
    /// The call was made, and came to nothing.
    Failed {
        /// The call, as a message.
        message: String,
        /// The reason.
        failure: Failure,
    },
    /// The call was not made: its client or its url cannot be.
    Unsent(anyhow::Error),
}

impl CallError {
    /// The failure of the call; nothing if it was not made.
    pub fn failure(&self) -> Option<&Failure> {
        match self {
            CallError::Failed { failure, .. } => Some(failure),
            CallError::Unsent(_) => None,
        }
    }

    /// `None` where nothing was found.
    pub fn found<T>(answer: Result<T, CallError>) -> Result<Option<T>, CallError> {
        match answer {
            Ok(found) => Ok(Some(found)),
            Err(CallError::Failed { failure: Failure::NotFound(_), .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

/// The message with its causes.
impl fmt::Display for CallError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CallError::Failed { message, failure } => write!(f, "{message}: {failure}"),
            CallError::Unsent(error) => write!(f, "{error:#}"),
        }
    }
}

impl From<CallError> for Error {
    fn from(error: CallError) -> Self {
        match error {
            CallError::Failed { message, failure } => {
                Error::Machine(anyhow::Error::new(failure).context(message))
            }
            CallError::Unsent(error) => Error::Machine(error),
        }
    }
}

/// Text of the services between the missing scopes and all scopes that a call needs.
const ALL_SCOPES: &str = "This request requires the client to satisfy the following scope expression:";

/// Returns the message of a service in one line: without the lines about the call that it adds below a rule, and without
/// the scopes that are there.
pub(super) fn message(text: &str) -> String {
    let said = text.split("\n---").next().unwrap_or(text);
    let said = said.split(ALL_SCOPES).next().unwrap_or(said);
    let line = said.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(MOST_SAID) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_is_found_behind_its_error_and_is_the_machine_s_fault() {
        let error = Failure::Conflict("there".into()).of("createTask");
        assert_eq!(error.failure(), Some(&Failure::Conflict("there".into())));
        assert_eq!(error.to_string(), "Taskcluster: createTask failed: conflict: there");
        let error = Error::from(error);
        assert!(matches!(error, Error::Machine(_)));
        assert_eq!(format!("{error:#}"), "Taskcluster: createTask failed: conflict: there");
    }

    #[test]
    fn who_is_not_let_in_is_reported_what_to_do() {
        let messages = |status, message: &str| Failure::of_status(status, message.into()).to_string();
        assert_eq!(
            messages(401, "Stale timestamp"),
            "refused with status 401: Stale timestamp; the clock of this machine is wrong: set it, and call again"
        );
        assert_eq!(
            messages(401, "ext.certificate.expiry < now"),
            "refused with status 401: ext.certificate.expiry < now; the credentials have expired: get new ones, and \
             start the same task id again: what exists is used"
        );
        assert_eq!(messages(401, "Bad mac"), "refused with status 401: Bad mac");
        assert_eq!(messages(403, "status 403 (Forbidden): go"), "refused with status 403 (Forbidden): go");
        assert_eq!(messages(400, "Stale timestamp"), "refused with status 400: Stale timestamp");
    }

    #[test]
    fn what_a_service_says_becomes_one_line() {
        let text = "Schema Validation Failed!\n  * data.x\n\n---\n\n* method: createTask";
        assert_eq!(message(text), "Schema Validation Failed! * data.x");
        let text = format!(
            "Client ID x is missing the following scopes:\n\n```\nqueue:a\n```\n\n{ALL_SCOPES}\n\n```\nqueue:b\n```"
        );
        assert_eq!(message(&text), "Client ID x is missing the following scopes: ``` queue:a ```");
    }
}
