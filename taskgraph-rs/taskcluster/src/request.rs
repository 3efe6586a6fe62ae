//! One call, made until there is an answer or none is to be hoped for.

use std::cell::RefCell;
use std::fs::File;
use std::io::{self, Seek as _, Write as _};
use std::time::Duration;

use reqwest::{Method, Response, StatusCode};
use serde::de::DeserializeOwned;
use serde_json::Value as Json;
use taskcluster::Client;

use crate::connection::{Address, Connection};
use crate::error::{CallError, Failure, message};
use crate::progress::Event;
use crate::retry::RetryCause;
use taskgraph_compat::redact::redact;

/// Interval at which a wait checks whether it is canceled.
const GLANCE: Duration = Duration::from_millis(100);

/// The most of a refusal that is read: what a service says stands in the first lines, and nobody reads more.
const REFUSAL: usize = 64 << 10;

/// Time limit of a download that makes progress: images have gigabytes.
const LONGEST_DOWNLOAD: Duration = Duration::from_secs(24 * 60 * 60);

/// A call of a service, as its documentation has it.
pub(super) struct ServiceRequest<'a> {
    /// The service.
    pub(super) service: &'a Client,
    /// `GET`, `PUT`, …
    pub(super) method: &'static str,
    /// The path below the service. Nothing in it needs an escape.
    pub(super) path: String,
    /// Body.
    pub(super) body: Option<&'a Json>,
    /// Whether anybody may ask: it only reads.
    pub(super) is_open: bool,
}

/// Failure of one attempt.
#[derive(Debug)]
pub(super) enum AttemptError {
    /// It may pass.
    Transient(RetryCause, String),
    /// It will not.
    Permanent(Failure),
}

impl Connection {
    /// Makes a call until it is answered. Nobody waits for a further attempt once the watch has cancelled.
    pub(super) async fn ask<T>(
        &self,
        call: &str,
        attempt: impl AsyncFn() -> Result<T, AttemptError>,
    ) -> Result<T, Failure> {
        let mut attempts = 1;
        loop {
            let (cause, why) = match attempt().await {
                Ok(answer) => return Ok(answer),
                Err(AttemptError::Permanent(failure)) => return Err(failure),
                Err(AttemptError::Transient(cause, why)) => (cause, why),
            };
            if attempts >= self.patience.attempts {
                let times = if attempts == 1 { "once".into() } else { format!("{attempts} times") };
                return Err(Failure::Unreachable(format!("{why} (asked {times})")));
            }
            let pause = self.patience.wait(cause, attempts);
            self.watch.report(&Event::Retry { call, why: &why, pause });
            if !self.sleep(pause).await {
                return Err(Failure::Unreachable(format!("{why} (cancelled)")));
            }
            attempts += 1;
        }
    }

    /// The same for an answer of a service, which is JSON.
    pub(super) async fn ask_service<T: DeserializeOwned>(
        &self,
        call: &str,
        request: &ServiceRequest<'_>,
    ) -> Result<T, Failure> {
        self.ask(call, async || {
            let refused = match self.signs(request.is_open) {
                false => None,
                true => {
                    match request.service.request(request.method, &request.path, None, request.body).await {
                        Ok(answer) => return Ok(serde_json::from_slice(&self.read_body(answer).await?)?),
                        Err(error) => Some(self.unless_open(error.into(), request.is_open)?),
                    }
                }
            };
            let answer = self.unsigned(request).await.map_err(|error| keep_refusal(refused, error))?;
            Ok(serde_json::from_slice(&self.read_body(answer).await?)?)
        })
        .await
    }

    /// The same as the crate's request, for whoever has no credentials: so that what a refusal says is kept, whatever
    /// it is written in.
    async fn unsigned(&self, request: &ServiceRequest<'_>) -> Result<Response, AttemptError> {
        let url = request.service.make_url(&request.path, None)?;
        let method = Method::from_bytes(request.method.as_bytes()).map_err(anyhow::Error::new)?;
        let builder = self.plain()?.request(method, url);
        let builder = match request.body {
            Some(body) => {
                let body = serde_json::to_vec(body)?;
                builder.header("content-type", "application/json").body(body)
            }
            None => builder.header("content-length", "0"),
        };
        let answer = builder.send().await?;
        match answer.status().is_success() {
            true => Ok(answer),
            false => Err(refusal(answer).await),
        }
    }

    /// Returns the services' reason for refusing the credentials, if anybody may ask for it; else the failure itself.
    fn unless_open(&self, error: AttemptError, is_open: bool) -> Result<Failure, AttemptError> {
        match error {
            AttemptError::Permanent(failure @ Failure::Refused { status: 401, .. }) if is_open => {
                self.distrust(&failure);
                Ok(failure)
            }
            error => Err(error),
        }
    }

    /// The bytes at a url, in the form that `read` makes of them. Redirects are followed.
    pub(super) async fn fetch<T>(
        &self,
        call: &str,
        address: &Address,
        read: impl Fn(Vec<u8>) -> Result<T, AttemptError>,
    ) -> Result<T, Failure> {
        self.ask(call, async || {
            let refused = match address.signed.as_deref().filter(|_| self.signs(true)) {
                None => None,
                Some(url) => match self.get(url).await {
                    Ok(bytes) => return read(bytes),
                    Err(error) => Some(self.unless_open(error, true)?),
                },
            };
            read(self.get(&address.plain).await.map_err(|error| keep_refusal(refused, error))?)
        })
        .await
    }

    /// Writes the bytes at a url into a file, from its start. Redirects are followed; the size has no limit.
    pub(super) async fn save(&self, call: &str, address: &Address, to: &mut File) -> Result<(), Failure> {
        let to = RefCell::new(to);
        self.ask(call, async || {
            let refused = match address.signed.as_deref().filter(|_| self.signs(true)) {
                None => None,
                Some(url) => match self.download(url).await {
                    Ok(answer) => return self.write_body(answer, &to).await,
                    Err(error) => Some(self.unless_open(error, true)?),
                },
            };
            let answer = self.download(&address.plain).await;
            self.write_body(answer.map_err(|error| keep_refusal(refused, error))?, &to).await
        })
        .await
    }

    async fn download(&self, url: &str) -> Result<Response, AttemptError> {
        let answer = self.http.get(url).timeout(LONGEST_DOWNLOAD).send().await?;
        match answer.status().is_success() {
            true => Ok(answer),
            false => Err(refusal(answer).await),
        }
    }

    /// Writes an answer into a file, piece by piece, unless it is cancelled meanwhile.
    async fn write_body(&self, mut answer: Response, to: &RefCell<&mut File>) -> Result<(), AttemptError> {
        let unusable = |error: io::Error| {
            AttemptError::Permanent(Failure::Unusable(format!(
                "what is downloaded cannot be written: {error}"
            )))
        };
        to.borrow_mut().rewind().map_err(unusable)?;
        to.borrow().set_len(0).map_err(unusable)?;
        while let Some(chunk) = answer.chunk().await? {
            if self.watch.is_cancelled() {
                return Err(AttemptError::Permanent(Failure::Unreachable(
                    "the download was cancelled".into(),
                )));
            }
            to.borrow_mut().write_all(&chunk).map_err(unusable)?;
        }
        Ok(())
    }

    async fn get(&self, url: &str) -> Result<Vec<u8>, AttemptError> {
        let answer = self.http.get(url).send().await?;
        match answer.status().is_success() {
            true => self.read_body(answer).await,
            false => Err(refusal(answer).await),
        }
    }

    /// All of an answer, unless it is longer than what is taken, however it was packed and whatever it said before.
    async fn read_body(&self, answer: Response) -> Result<Vec<u8>, AttemptError> {
        let most = self.patience.most_bytes;
        match read_start(answer, most).await? {
            (bytes, true) => Ok(bytes),
            (_, false) => {
                let text = format!("the answer has more than the {most} bytes that are taken");
                Err(AttemptError::Permanent(Failure::Unusable(text)))
            }
        }
    }

    /// Waits, unless it is cancelled meanwhile.
    async fn sleep(&self, pause: Duration) -> bool {
        let mut left = pause;
        while !self.watch.is_cancelled() {
            if left.is_zero() {
                return true;
            }
            let nap = left.min(GLANCE);
            tokio::time::sleep(nap).await;
            left -= nap;
        }
        false
    }
}

/// Builds the failure of a call that is refused with credentials and without: the credentials are not valid.
fn keep_refusal(refused: Option<Failure>, error: AttemptError) -> AttemptError {
    match (refused, error) {
        (Some(failure), AttemptError::Permanent(Failure::Refused { status: 401 | 403, .. })) => {
            AttemptError::Permanent(failure)
        }
        (_, error) => error,
    }
}

/// The first bytes of an answer, and whether these are all. The rest is not waited for.
async fn read_start(mut answer: Response, most: usize) -> reqwest::Result<(Vec<u8>, bool)> {
    let mut bytes = Vec::new();
    while let Some(chunk) = answer.chunk().await? {
        if bytes.len() + chunk.len() > most {
            return Ok((bytes, false));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok((bytes, true))
}

/// Converts a status that is not a success into a failure.
async fn refusal(answer: Response) -> AttemptError {
    let status = answer.status();
    let ordered = answer.headers().get("retry-after").and_then(|wait| wait.to_str().ok()?.parse().ok());
    let (body, _) = read_start(answer, REFUSAL).await.unwrap_or_default();
    let cause = match ordered {
        Some(seconds) => RetryCause::Ordered(Duration::from_secs(seconds)),
        None if status == StatusCode::TOO_MANY_REQUESTS => RetryCause::Busy,
        None => RetryCause::Fault,
    };
    status_error(status, cause, refusal_message(status, &body))
}

/// Returns the message of a refusal: that of the service, or else the first line of whoever stands before it.
fn refusal_message(status: StatusCode, body: &[u8]) -> String {
    if let Ok(json) = serde_json::from_slice::<serde_json::Value>(body) {
        let text = json.get("message").and_then(serde_json::Value::as_str).map(message);
        return text.unwrap_or_else(|| describe_status(status));
    }
    let text = String::from_utf8_lossy(body);
    let is_markup = text.trim_start().starts_with('<');
    let line = text.lines().map(str::trim).find(|line| !line.is_empty()).filter(|_| !is_markup);
    match line {
        Some(line) => format!("{}: {}", describe_status(status), redact(&message(line))),
        None => describe_status(status),
    }
}

fn status_error(status: StatusCode, cause: RetryCause, text: String) -> AttemptError {
    if status.is_redirection() {
        let text = format!("{}, which leads nowhere that is followed", describe_status(status));
        return AttemptError::Permanent(Failure::Unusable(text));
    }
    if status == StatusCode::TOO_MANY_REQUESTS || !status.is_client_error() {
        return AttemptError::Transient(cause, describe_status(status));
    }
    AttemptError::Permanent(Failure::of_status(status.as_u16(), text))
}

/// `status 503 (Service Unavailable)`.
fn describe_status(status: StatusCode) -> String {
    match status.canonical_reason() {
        Some(reason) => format!("status {} ({reason})", status.as_u16()),
        None => format!("status {}", status.as_u16()),
    }
}

/// A client that cannot be set up.
impl From<CallError> for AttemptError {
    fn from(error: CallError) -> Self {
        match error {
            CallError::Failed { failure, .. } => AttemptError::Permanent(failure),
            CallError::Unsent(error) => error.into(),
        }
    }
}

/// An error of the `taskcluster` crate: one of `reqwest`, below the message of the service if there is one.
impl From<anyhow::Error> for AttemptError {
    fn from(error: anyhow::Error) -> Self {
        let message_of_error = error.to_string();
        // The crate returns `anyhow::Error`.
        match error.downcast::<reqwest::Error>() {
            Ok(error) => match error.status() {
                Some(StatusCode::TOO_MANY_REQUESTS) => {
                    status_error(StatusCode::TOO_MANY_REQUESTS, RetryCause::Busy, String::new())
                }
                // Without a message of the service it is reqwest's, which speaks of the url.
                Some(status) if message_of_error == error.to_string() => {
                    status_error(status, RetryCause::Fault, describe_status(status))
                }
                Some(status) => status_error(status, RetryCause::Fault, message(&message_of_error)),
                None => error.into(),
            },
            Err(error) => AttemptError::Permanent(Failure::Unusable(redact(&format!("{error:#}")))),
        }
    }
}

/// No answer, or none that can be read.
impl From<reqwest::Error> for AttemptError {
    fn from(error: reqwest::Error) -> Self {
        let is_final = error.is_builder() || error.is_redirect();
        // A signed url must not be shown; who it is that does not answer has to be.
        let origin = error.url().map(|url| url.origin().ascii_serialization());
        let text = chain(&error.without_url());
        let text = match origin {
            Some(origin) => format!("{origin}: {text}"),
            None => text,
        };
        match is_final {
            true => AttemptError::Permanent(Failure::Unusable(text)),
            false => AttemptError::Transient(RetryCause::Fault, text),
        }
    }
}

/// An answer that was cut or garbled on its way, or is not what it should be.
impl From<serde_json::Error> for AttemptError {
    fn from(error: serde_json::Error) -> Self {
        AttemptError::Transient(RetryCause::Fault, format!("an answer that cannot be read: {error}"))
    }
}

/// An error and its causes in one line, each of them once.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        let cause_text = cause.to_string();
        if !text.contains(&cause_text) {
            text = format!("{text}: {cause_text}");
        }
        next = cause.source();
    }
    redact(&text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_says_what_its_body_says_whatever_that_is_written_in() {
        let of_body = |body: &str| refusal_message(StatusCode::BAD_GATEWAY, body.as_bytes());
        assert_eq!(of_body(r#"{"message": "no\n\n---\n\n* method: x"}"#), "no");
        assert_eq!(of_body("{}"), "status 502 (Bad Gateway)");
        assert_eq!(of_body(""), "status 502 (Bad Gateway)");
        assert_eq!(of_body("<html><body>gone</body></html>"), "status 502 (Bad Gateway)");
        assert_eq!(
            of_body("\n Failed during proxy request: https://me:secret@host\nmore"),
            "status 502 (Bad Gateway): Failed during proxy request: https://***@host"
        );
    }
}
