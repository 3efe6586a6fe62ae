//! The connection, opened with the first call: a runtime, the clients of the services, one for plain urls.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use anyhow::Result;
use reqwest::Url;
use reqwest::redirect::{Action, Attempt, Policy};
use taskcluster::{Auth, ClientBuilder, Index, Queue, Retry};
use tokio::runtime::Runtime;

use crate::access::Access;
use crate::error::{CallError, Failure};
use crate::progress::{Event, Watch};
use crate::retry::Patience;
use taskgraph_compat::redact::redact;

/// Lifetime of a url that carries its signature: as long as all attempts at it may take.
const SIGNATURE: Duration = Duration::from_secs(15 * 60);

/// Downloads may take longer than the answers of a service, as long as they go on.
const DOWNLOAD: u32 = 10;

/// Help for a system that has no certificates.
const NO_CERTIFICATES: &str = "this system has no certificates to know hosts by: install ca-certificates, or name a file with SSL_CERT_FILE";

/// Number of redirects that are followed: more lead in a cycle.
pub(super) const HOPS: usize = 10;

/// The clients, and what they run on. Each reads all certificates of the system, which takes as long as a small graph:
/// those that not every command needs are made when they are needed first.
pub(super) struct Connection {
    pub(super) runtime: Runtime,
    pub(super) queue: Queue,
    index: OnceLock<Index>,
    auth: OnceLock<Auth>,
    pub(super) http: reqwest::Client,
    plain: OnceLock<reqwest::Client>,
    /// Configuration of further clients of services.
    builder: ClientBuilder,
    /// Root URL of Taskcluster, as it may be shown.
    place: String,
    pub(super) patience: Patience,
    pub(super) watch: Arc<dyn Watch>,
    signs: bool,
    /// Whether the services have refused the credentials: from then on nobody signs what anybody may ask.
    is_distrusted: AtomicBool,
}

/// The url of a call that anybody may make.
pub(super) struct Address {
    pub(super) plain: String,
    /// The same for who has credentials.
    pub(super) signed: Option<String>,
}

impl Connection {
    /// Opens it. Nothing is sent yet.
    pub(super) fn open(
        access: &Access,
        patience: Patience,
        watch: Arc<dyn Watch>,
    ) -> Result<Self, CallError> {
        let (url, credentials) = access.endpoint();
        // The crate asks again without a message, and never after a 429: `ask` does both.
        let retry = Retry { retries: 0, ..Retry::default() };
        let mut builder = ClientBuilder::new(url).retry(retry).timeout(patience.timeout);
        if let Some(given) = credentials {
            builder = builder.credentials(taskcluster::Credentials {
                client_id: given.client_id.clone(),
                access_token: given.access_token.clone(),
                certificate: given.certificate.clone(),
            });
        }
        let clients = || -> Result<_> {
            let http = reqwest::Client::builder()
                .user_agent("taskgraph-rs")
                // A signed url must not be sent to where a redirect leads.
                .referer(false)
                .redirect(Policy::custom(follow))
                .connect_timeout(patience.timeout)
                .read_timeout(patience.timeout)
                .timeout(patience.timeout * DOWNLOAD)
                .build()?;
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            Ok((Queue::new(builder.clone())?, http, runtime))
        };
        let place = redact(url);
        let (queue, http, runtime) = set_up(clients(), &place)?;
        let signs = credentials.is_some();
        let is_distrusted = AtomicBool::new(false);
        let (index, auth, plain) = Default::default();
        Ok(Connection {
            runtime,
            queue,
            index,
            auth,
            http,
            plain,
            builder,
            place,
            patience,
            watch,
            signs,
            is_distrusted,
        })
    }

    /// The index.
    pub(super) fn index(&self) -> Result<&Index, CallError> {
        self.once(&self.index, || Index::new(self.builder.clone()))
    }

    /// The service that knows who may do what.
    pub(super) fn auth(&self) -> Result<&Auth, CallError> {
        self.once(&self.auth, || Auth::new(self.builder.clone()))
    }

    /// For calls of services that nobody signs.
    pub(super) fn plain(&self) -> Result<&reqwest::Client, CallError> {
        self.once(&self.plain, || {
            let builder = reqwest::Client::builder().user_agent("taskgraph-rs").redirect(Policy::none());
            Ok(builder.timeout(self.patience.timeout).build()?)
        })
    }

    fn once<'c, T>(
        &self,
        client: &'c OnceLock<T>,
        make: impl FnOnce() -> Result<T>,
    ) -> Result<&'c T, CallError> {
        if let Some(client) = client.get() {
            return Ok(client);
        }
        let made = set_up(make(), &self.place)?;
        Ok(client.get_or_init(|| made))
    }

    /// The url of a call that has a query or is redirected. The crate signs such a url rightly, and the call itself
    /// without its query, which the services refuse.
    pub(super) fn url(
        &self,
        plain: impl FnOnce() -> Result<String>,
        signed: impl FnOnce(Duration) -> Result<String>,
    ) -> Result<Address, CallError> {
        let made = || -> Result<Address> {
            let signed = if self.signs { Some(signed(SIGNATURE)?) } else { None };
            Ok(Address { plain: plain()?, signed })
        };
        made().map_err(|error| CallError::Unsent(error.context("a url of Taskcluster cannot be made")))
    }

    /// Whether a call is signed. `is_open` says that anybody may make it.
    pub(super) fn signs(&self, is_open: bool) -> bool {
        self.signs && !(is_open && self.is_distrusted.load(Ordering::Relaxed))
    }

    /// Notes that the services refuse the credentials, and reports it once.
    pub(super) fn distrust(&self, failure: &Failure) {
        if !self.is_distrusted.swap(true, Ordering::Relaxed) {
            self.watch.report(&Event::Unsigned { failure });
        }
    }
}

/// A client, or why there is none.
fn set_up<T>(client: Result<T>, place: &str) -> Result<T, CallError> {
    client.map_err(|error| {
        let message = format!("the connection to Taskcluster at `{place}` cannot be set up");
        CallError::Unsent(explain(error).context(message))
    })
}

/// Adds to an error of a client that could not be made what somebody can do about it.
pub(super) fn explain(error: anyhow::Error) -> anyhow::Error {
    match format!("{error:?}").contains("No CA certificates") {
        true => error.context(NO_CERTIFICATES),
        false => error,
    }
}

/// Goes where an answer leads, as far as it may.
fn follow(attempt: Attempt<'_>) -> Action {
    match astray(attempt.previous(), attempt.url()) {
        Some(why) => attempt.error(why),
        None => attempt.follow(),
    }
}

/// Returns why a redirect is not followed: it leads in a cycle, to something that is not http, or from a place that is
/// encrypted to one that is not.
fn astray(previous: &[Url], next: &Url) -> Option<String> {
    let was_encrypted = previous.last().is_some_and(|url| url.scheme() == "https");
    match (previous.len() > HOPS, was_encrypted, next.scheme()) {
        (true, ..) => Some(format!("it was redirected more than {HOPS} times")),
        (_, false, "http") | (_, _, "https") => None,
        (.., scheme) => Some(format!("it was redirected to `{scheme}:`, where nobody follows")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn redirects_lead_to_the_web_and_never_out_of_encryption() {
        let url = |text: &str| Url::parse(text).unwrap();
        let astray = |from: &str, to: &str| astray(&[url("https://a"), url(from)], &url(to));
        assert_eq!(astray("http://a", "http://b"), None);
        assert_eq!(astray("http://a", "https://b"), None);
        assert_eq!(astray("https://a", "https://b"), None);
        for (from, to) in
            [("https://a", "http://b"), ("http://a", "file:///etc/passwd"), ("https://a", "ftp://b")]
        {
            assert!(astray(from, to).is_some(), "{from} to {to}");
        }
    }

    #[test]
    fn redirects_come_to_an_end() {
        let urls = vec![Url::parse("https://a").unwrap(); HOPS + 1];
        assert_eq!(astray(&urls[..HOPS], &urls[0]), None);
        assert!(astray(&urls, &urls[0]).is_some_and(|why| why.contains("10 times")));
    }

    /// The tables of `idna_adapter` 1.0 would refuse them.
    #[test]
    fn hosts_may_have_letters_beyond_ascii() {
        let host = |text: &str| Url::parse(text).unwrap().host_str().unwrap().to_owned();
        assert_eq!(host("https://Bücher.example/a"), "xn--bcher-kva.example");
        assert_eq!(host("https://مثال.إختبار/a"), "xn--mgbh0fb.xn--kgbechtv");
    }
}
