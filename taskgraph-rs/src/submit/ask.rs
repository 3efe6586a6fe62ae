//! One call, made until there is an answer or none is to be hoped for.

use std::time::Duration;

use reqwest::{Response, StatusCode};
use serde::de::DeserializeOwned;

use super::connection::Connection;
use super::failure::{Failure, message};
use super::patience::Again;
use super::watch::News;
use crate::secret::redact;

/// How often a wait looks whether it is cancelled.
const GLANCE: Duration = Duration::from_millis(100);

/// What came of one attempt, if no answer did.
#[derive(Debug)]
pub(super) enum Trouble {
    /// It may pass.
    Passing(Again, String),
    /// It will not.
    Final(Failure),
}

impl Connection {
    /// Makes a call until it is answered. Nobody waits for a further attempt once the watch has cancelled.
    pub(super) async fn ask<T>(
        &self,
        call: &str,
        attempt: impl AsyncFn() -> Result<T, Trouble>,
    ) -> Result<T, Failure> {
        let mut attempts = 1;
        loop {
            let (again, why) = match attempt().await {
                Ok(answer) => return Ok(answer),
                Err(Trouble::Final(failure)) => return Err(failure),
                Err(Trouble::Passing(again, why)) => (again, why),
            };
            if attempts >= self.patience.attempts {
                let times = if attempts == 1 { "once".into() } else { format!("{attempts} times") };
                return Err(Failure::Unreachable(format!("{why} (asked {times})")));
            }
            let pause = self.patience.wait(again, attempts);
            self.watch.tell(&News::Again { call, why: &why, pause });
            if !self.sleep(pause).await {
                return Err(Failure::Unreachable(format!("{why} (cancelled)")));
            }
            attempts += 1;
        }
    }

    /// The same for an answer in JSON that the `taskcluster` crate asks for.
    pub(super) async fn ask_service<T: DeserializeOwned>(
        &self,
        call: &str,
        attempt: impl AsyncFn() -> anyhow::Result<serde_json::Value>,
    ) -> Result<T, Failure> {
        self.ask(call, async || Ok(serde_json::from_value(attempt().await?)?)).await
    }

    /// The bytes at a url, at most so many, in the form that `read` makes of them. Redirects are followed.
    pub(super) async fn fetch<T>(
        &self,
        call: &str,
        url: &str,
        most: usize,
        read: impl Fn(Vec<u8>) -> Result<T, Trouble>,
    ) -> Result<T, Failure> {
        self.ask(call, async || {
            let mut answer = self.http.get(url).send().await?;
            if !answer.status().is_success() {
                return Err(refusal(answer).await);
            }
            let mut bytes = Vec::new();
            while let Some(chunk) = answer.chunk().await? {
                if bytes.len() + chunk.len() > most {
                    let told = format!("there are more than the {most} bytes that are taken");
                    return Err(Trouble::Final(Failure::Unusable(told)));
                }
                bytes.extend_from_slice(&chunk);
            }
            read(bytes)
        })
        .await
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

/// What a status that is no success means.
async fn refusal(answer: Response) -> Trouble {
    let status = answer.status();
    let ordered = answer.headers().get("retry-after").and_then(|wait| wait.to_str().ok()?.parse().ok());
    let body = answer.bytes().await.unwrap_or_default();
    let told = serde_json::from_slice::<serde_json::Value>(&body).ok();
    let told = told.as_ref().and_then(|told| told.get("message")?.as_str());
    let again = match ordered {
        Some(seconds) => Again::Ordered(Duration::from_secs(seconds)),
        None if status == StatusCode::TOO_MANY_REQUESTS => Again::Busy,
        None => Again::Fault,
    };
    of_status(status, again, told.map_or_else(|| words(status), message))
}

fn of_status(status: StatusCode, again: Again, told: String) -> Trouble {
    if status == StatusCode::TOO_MANY_REQUESTS || !status.is_client_error() {
        return Trouble::Passing(again, words(status));
    }
    Trouble::Final(Failure::of_status(status.as_u16(), told))
}

/// `status 503 (Service Unavailable)`.
fn words(status: StatusCode) -> String {
    match status.canonical_reason() {
        Some(reason) => format!("status {} ({reason})", status.as_u16()),
        None => format!("status {}", status.as_u16()),
    }
}

/// An error of the `taskcluster` crate: one of `reqwest`, below the message of the service if there is one.
impl From<anyhow::Error> for Trouble {
    fn from(error: anyhow::Error) -> Self {
        let told = error.to_string();
        match error.downcast::<reqwest::Error>() {
            Ok(error) => match error.status() {
                Some(StatusCode::TOO_MANY_REQUESTS) => {
                    of_status(StatusCode::TOO_MANY_REQUESTS, Again::Busy, String::new())
                }
                // Without a message of the service it is reqwest's, which speaks of the url.
                Some(status) if told == error.to_string() => of_status(status, Again::Fault, words(status)),
                Some(status) => of_status(status, Again::Fault, message(&told)),
                None => error.into(),
            },
            Err(error) => Trouble::Final(Failure::Unusable(redact(&format!("{error:#}")))),
        }
    }
}

/// No answer, or none that can be read.
impl From<reqwest::Error> for Trouble {
    fn from(error: reqwest::Error) -> Self {
        let is_final = error.is_builder() || error.is_redirect();
        // A signed url must not be shown.
        let told = chain(&error.without_url());
        match is_final {
            true => Trouble::Final(Failure::Unusable(told)),
            false => Trouble::Passing(Again::Fault, told),
        }
    }
}

/// An answer that was cut or garbled on its way, or is not what it should be.
impl From<serde_json::Error> for Trouble {
    fn from(error: serde_json::Error) -> Self {
        Trouble::Passing(Again::Fault, format!("an answer that cannot be read: {error}"))
    }
}

/// An error and its causes in one line, each told once.
fn chain(error: &dyn std::error::Error) -> String {
    let mut told = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        let cause_told = cause.to_string();
        if !told.contains(&cause_told) {
            told = format!("{told}: {cause_told}");
        }
        next = cause.source();
    }
    redact(&told)
}
