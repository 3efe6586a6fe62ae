//! What is opened with the first call: a runtime, the clients of the services, one for plain urls.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::{Context as _, Result};
use reqwest::redirect::{Action, Attempt, Policy};
use reqwest::{Client, ClientBuilder, Url};
use tokio::runtime::Runtime;

use crate::access::Access;
use crate::api::Api;
use crate::error::Failure;
use crate::hawk::Signer;
use crate::progress::{News, Watch};
use crate::retry::Patience;
use taskgraph_compat::error::Machine;
use taskgraph_compat::redact::redact;

/// How long a url that carries its signature is good for: as long as all attempts at it may take.
const SIGNATURE: Duration = Duration::from_secs(15 * 60);

/// Downloads may take longer than the answers of a service, as long as they go on.
const DOWNLOAD: u32 = 10;

/// What somebody does about it, on a system that is as bare as that.
const NO_CERTIFICATES: &str = "this system has no certificates to know hosts by: install ca-certificates, or name a file with SSL_CERT_FILE";

/// How many redirects are followed: more lead in a cycle.
pub(super) const HOPS: usize = 10;

/// The clients, and what they run on.
pub(super) struct Connection {
    pub(super) runtime: Runtime,
    /// For files, wherever redirects lead.
    pub(super) http: Client,
    /// For calls of services, which do not redirect.
    pub(super) services: Client,
    /// Where Taskcluster is.
    pub(super) root: Url,
    pub(super) signer: Option<Signer>,
    pub(super) patience: Patience,
    pub(super) watch: Arc<dyn Watch>,
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
    pub(super) fn open(access: &Access, patience: Patience, watch: Arc<dyn Watch>) -> Result<Self> {
        let (place, credentials) = access.endpoint();
        let clients = || -> Result<_> {
            let root = Url::parse(place)?;
            let signer = credentials.map(Signer::new).transpose()?;
            let http = client_builder()
                .redirect(Policy::custom(follow))
                .connect_timeout(patience.timeout)
                .read_timeout(patience.timeout)
                .timeout(patience.timeout * DOWNLOAD)
                .build()?;
            let services = client_builder().redirect(Policy::none()).timeout(patience.timeout).build()?;
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            Ok((root, signer, http, services, runtime))
        };
        let (root, signer, http, services, runtime) = clients().map_err(explain).with_context(|| {
            Machine(format!("the connection to Taskcluster at `{}` cannot be set up", redact(place)))
        })?;
        let is_distrusted = AtomicBool::new(false);
        Ok(Connection { runtime, http, services, root, signer, patience, watch, is_distrusted })
    }

    /// The url of a call that only reads, signed if there are credentials.
    pub(super) fn address(&self, api: Api, path: &str, continuation: Option<&str>) -> Result<Address> {
        let plain = api
            .url(&self.root, path, continuation)
            .with_context(|| Machine("a url of Taskcluster cannot be made".into()))?;
        let signed = self.signer.as_ref().map(|signer| signer.url(plain.clone(), SIGNATURE).into());
        Ok(Address { plain: plain.into(), signed })
    }

    /// Whether a call is signed. `is_open` says that anybody may make it.
    pub(super) fn signs(&self, is_open: bool) -> bool {
        self.signer.is_some() && !(is_open && self.is_distrusted.load(Ordering::Relaxed))
    }

    /// Notes that the services refuse the credentials, and tells it once.
    pub(super) fn distrust(&self, failure: &Failure) {
        if !self.is_distrusted.swap(true, Ordering::Relaxed) {
            self.watch.tell(&News::Unsigned { failure });
        }
    }
}

/// A client as all are: with the one crypto library, and without a word to others of where it was.
pub(super) fn client_builder() -> ClientBuilder {
    // It is installed once; the next time it says so.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::builder().user_agent("taskgraph-rs").referer(false)
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

/// Why a redirect is not followed: it leads in a cycle, to what is no web, or from a place that is encrypted to one
/// that is not.
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
}
