//! One call, made until there is an answer or none is to be hoped for.

use std::time::Duration;

use reqwest::{Response, StatusCode};
use serde::de::DeserializeOwned;
use serde_json::Value as Json;
use taskcluster::Client;

use super::connection::Connection;
use super::failure::{Failure, message};
use super::patience::Again;
use super::watch::News;
use crate::secret::redact;

/// How often a wait looks whether it is cancelled.
const GLANCE: Duration = Duration::from_millis(100);

/// The most of a refusal that is read: what a service says stands in the first lines, and nobody reads more.
const REFUSAL: usize = 64 << 10;

/// A call of a service, as its documentation has it.
pub(super) struct Asked<'a> {
    /// The service.
    pub(super) service: &'a Client,
    /// `GET`, `PUT`, …
    pub(super) method: &'static str,
    /// The path below the service. Nothing in it needs an escape.
    pub(super) path: String,
    /// What is sent along.
    pub(super) body: Option<&'a Json>,
}

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

    /// The same for an answer of a service, which is JSON.
    pub(super) async fn ask_service<T: DeserializeOwned>(
        &self,
        call: &str,
        asked: &Asked<'_>,
    ) -> Result<T, Failure> {
        self.ask(call, async || {
            let answer = asked.service.request(asked.method, &asked.path, None, asked.body).await?;
            Ok(serde_json::from_slice(&self.whole(answer).await?)?)
        })
        .await
    }

    /// The bytes at a url, in the form that `read` makes of them. Redirects are followed.
    pub(super) async fn fetch<T>(
        &self,
        call: &str,
        url: &str,
        read: impl Fn(Vec<u8>) -> Result<T, Trouble>,
    ) -> Result<T, Failure> {
        self.ask(call, async || {
            let answer = self.http.get(url).send().await?;
            if !answer.status().is_success() {
                return Err(refusal(answer).await);
            }
            read(self.whole(answer).await?)
        })
        .await
    }

    /// All of an answer, unless it is longer than what is taken, however it was packed and whatever it said before.
    async fn whole(&self, answer: Response) -> Result<Vec<u8>, Trouble> {
        let most = self.patience.most_bytes;
        match beginning(answer, most).await? {
            (bytes, true) => Ok(bytes),
            (_, false) => {
                let told = format!("the answer has more than the {most} bytes that are taken");
                Err(Trouble::Final(Failure::Unusable(told)))
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

/// The first bytes of an answer, and whether these are all. The rest is not waited for.
async fn beginning(mut answer: Response, most: usize) -> reqwest::Result<(Vec<u8>, bool)> {
    let mut bytes = Vec::new();
    while let Some(chunk) = answer.chunk().await? {
        if bytes.len() + chunk.len() > most {
            return Ok((bytes, false));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok((bytes, true))
}

/// What a status that is no success means.
async fn refusal(answer: Response) -> Trouble {
    let status = answer.status();
    let ordered = answer.headers().get("retry-after").and_then(|wait| wait.to_str().ok()?.parse().ok());
    let (body, _) = beginning(answer, REFUSAL).await.unwrap_or_default();
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
    if status.is_redirection() {
        let told = format!("{}, which leads nowhere that is followed", words(status));
        return Trouble::Final(Failure::Unusable(told));
    }
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
