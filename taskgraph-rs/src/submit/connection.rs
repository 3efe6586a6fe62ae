//! What is opened with the first call: a runtime, the clients of the services, one for plain urls.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result};
use taskcluster::{Auth, ClientBuilder, Index, Queue, Retry};
use tokio::runtime::Runtime;

use super::access::Access;
use super::patience::Patience;
use super::watch::Watch;
use crate::problem::Machine;

/// How long a url that carries its signature is good for: as long as all attempts at it may take.
const SIGNATURE: Duration = Duration::from_secs(15 * 60);

/// Downloads may take longer than the answers of a service, as long as they go on.
const DOWNLOAD: u32 = 10;

/// The clients, and what they run on.
pub(super) struct Connection {
    pub(super) runtime: Runtime,
    pub(super) queue: Queue,
    pub(super) index: Index,
    pub(super) auth: Auth,
    pub(super) http: reqwest::Client,
    pub(super) patience: Patience,
    pub(super) watch: Arc<dyn Watch>,
    signs: bool,
}

impl Connection {
    /// Opens it. Nothing is sent yet.
    pub(super) fn open(access: &Access, patience: Patience, watch: Arc<dyn Watch>) -> Result<Self> {
        let (url, credentials) = access.endpoint();
        // The crate asks again without telling anybody, and never after a 429: `ask` does both.
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
                .connect_timeout(patience.timeout)
                .read_timeout(patience.timeout)
                .timeout(patience.timeout * DOWNLOAD)
                .build()?;
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            Ok((
                Queue::new(builder.clone())?,
                Index::new(builder.clone())?,
                Auth::new(builder)?,
                http,
                runtime,
            ))
        };
        let (queue, index, auth, http, runtime) = clients()
            .with_context(|| Machine(format!("the connection to Taskcluster at `{url}` cannot be set up")))?;
        let signs = credentials.is_some();
        Ok(Connection { runtime, queue, index, auth, http, patience, watch, signs })
    }

    /// The url of a call that has a query or is redirected. The crate signs such a url rightly, and the call itself
    /// without its query, which the services refuse.
    pub(super) fn url(
        &self,
        plain: impl FnOnce() -> Result<String>,
        signed: impl FnOnce(Duration) -> Result<String>,
    ) -> Result<String> {
        let url = if self.signs { signed(SIGNATURE) } else { plain() };
        url.with_context(|| Machine("a url of Taskcluster cannot be made".into()))
    }
}
