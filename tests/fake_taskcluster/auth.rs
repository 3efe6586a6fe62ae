//! Authentication: Hawk signatures, in a header or in the url.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use hawk::{Header, Key, PayloadHasher, RequestBuilder, SHA256};

use super::answer::Refusal;
use super::request::{Entry, Request};
use super::scopes::Scopes;

/// Largest difference of the clocks of both sides.
const SKEW: Duration = Duration::from_secs(60);

/// The one client that is known.
#[derive(Clone, Debug)]
pub(super) struct Client {
    pub id: String,
    pub token: String,
    pub certificate: Option<String>,
    /// Number of signed requests before the certificate expires; `None` for any number.
    pub certificate_left: Option<usize>,
    /// Seconds by which the clock of the services is ahead of this machine's.
    pub ahead: i64,
}

/// The scopes of a request: all of `granted` for the proxy and for who signs rightly, `None` for anybody else.
pub(super) fn authenticate(
    request: &Request,
    client: &Client,
    granted: &Scopes,
) -> Result<Option<Scopes>, Refusal> {
    let header = request.header("authorization");
    let has_bewit = request.query("bewit").is_some();
    match (request.entry, header) {
        (Entry::Proxy, None) if !has_bewit => return Ok(Some(granted.clone())),
        (Entry::Proxy, _) => return Err(Refusal::unauthenticated("the proxy signs by itself")),
        (Entry::Root, None) if !has_bewit => return Ok(None),
        (Entry::Root, _) => {}
    }
    let key = Key::new(&client.token, SHA256).unwrap();
    let is_right = match header {
        Some(header) => signs(request, header, client, &key)?,
        None => bewit(request, &key),
    };
    match is_right {
        true if client.certificate_left == Some(0) => {
            Err(Refusal::unauthenticated("ext.certificate.expiry < now"))
        }
        true => Ok(Some(granted.clone())),
        false => Err(Refusal::unauthenticated("Bad mac")),
    }
}

fn host(request: &Request) -> (String, u16) {
    let (host, port) = request.header("host").unwrap_or_default().rsplit_once(':').unwrap();
    (host.into(), port.parse().unwrap())
}

fn signs(request: &Request, header: &str, client: &Client, key: &Key) -> Result<bool, Refusal> {
    let broken = || Refusal::unauthenticated("the header is no Hawk header");
    let header: Header = header.strip_prefix("Hawk ").ok_or_else(broken)?.parse().map_err(|_| broken())?;
    if header.id.as_deref() != Some(&client.id) {
        return Err(Refusal::unauthenticated(format!("No such client: {:?}", header.id)));
    }
    if header.ext.is_some() != client.certificate.is_some() {
        return Err(Refusal::unauthenticated("ext.certificate is missing, or nobody gave one"));
    }
    // Hawk looks at the time first, `auth` at the certificate once the signature is right.
    let ts = header.ts.ok_or_else(broken)?.duration_since(UNIX_EPOCH).unwrap().as_secs();
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    if now.saturating_add_signed(client.ahead).abs_diff(ts) > SKEW.as_secs() {
        return Err(Refusal::unauthenticated("Stale timestamp"));
    }
    if let Some(signed) = &header.hash {
        let sort = request.header("content-type").unwrap_or_default();
        let hash = PayloadHasher::hash(sort.as_bytes(), SHA256, &request.body).unwrap();
        if hash != *signed {
            return Err(Refusal::unauthenticated("Invalid payload hash"));
        }
    }
    let (host, port) = host(request);
    let mut builder = RequestBuilder::new(&request.method, &host, port, &request.target);
    if let Some(hash) = &header.hash {
        builder = builder.hash(&hash[..]);
    }
    Ok(builder.request().validate_header(&header, key, SKEW))
}

fn bewit(request: &Request, key: &Key) -> bool {
    let (host, port) = host(request);
    let mut bewit = None;
    let builder = RequestBuilder::new(&request.method, &host, port, &request.target);
    let signed = builder.extract_bewit(&mut bewit).unwrap().request();
    bewit.is_some_and(|bewit| signed.validate_bewit(&bewit, key))
}
