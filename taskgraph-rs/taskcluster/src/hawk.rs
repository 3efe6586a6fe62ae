//! Hawk signatures: who makes a request, in a header or in the url itself. <https://github.com/mozilla/hawk>
//!
//! The token never leaves this file; what is sent is a code that only its owner can make.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::{Context as _, Result, ensure};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use reqwest::Url;
use reqwest::header::HeaderValue;
use ring::digest::{SHA256, digest};
use ring::hmac;
use ring::rand::{SecureRandom as _, SystemRandom};
use serde_json::{Value as Json, json};

use crate::access::Credentials;

/// The type of all bodies, as the signature has it.
pub(super) const JSON: &str = "application/json";

/// Signs requests with the credentials of a client.
pub(super) struct Signer {
    client_id: String,
    key: hmac::Key,
    /// What the services get along with each signature: the certificate of temporary credentials, or nothing.
    ext: String,
}

impl Signer {
    /// A signer for `credentials`; an error if their parts cannot be sent.
    pub(super) fn new(credentials: &Credentials) -> Result<Self> {
        let ext = match &credentials.certificate {
            None => String::new(),
            Some(text) => {
                let certificate: Json =
                    serde_json::from_str(text).context("the certificate of the credentials is not JSON")?;
                STANDARD.encode(json!({ "certificate": certificate }).to_string())
            }
        };
        let client_id = credentials.client_id.clone();
        ensure!(
            !client_id.contains(['"', '\\']),
            "the client id of the credentials has a quote or a backslash"
        );
        Ok(Signer {
            client_id,
            key: hmac::Key::new(hmac::HMAC_SHA256, credentials.access_token.as_bytes()),
            ext,
        })
    }

    /// The value of the header `authorization` of a request with a body in JSON or none.
    pub(super) fn header(&self, method: &str, url: &Url, body: Option<&[u8]>) -> Result<HeaderValue> {
        let mut nonce = [0; 10];
        SystemRandom::new().fill(&mut nonce).ok().context("the system has no random numbers")?;
        let text = self.header_at(now(), &URL_SAFE_NO_PAD.encode(nonce), method, url, JSON, body);
        HeaderValue::from_str(&text).context("the client id of the credentials cannot be sent in a header")
    }

    fn header_at(
        &self,
        time: u64,
        nonce: &str,
        method: &str,
        url: &Url,
        content_type: &str,
        body: Option<&[u8]>,
    ) -> String {
        let hash = body.map(|body| {
            let payload = [b"hawk.1.payload\n", content_type.as_bytes(), b"\n", body, b"\n"].concat();
            STANDARD.encode(digest(&SHA256, &payload))
        });
        let mac = self.mac("header", time, nonce, method, url, hash.as_deref().unwrap_or_default());
        let mut header =
            format!(r#"Hawk id="{}", ts="{time}", nonce="{nonce}", mac="{mac}""#, self.client_id);
        let optional = [("ext", Some(&self.ext).filter(|ext| !ext.is_empty())), ("hash", hash.as_ref())];
        for (name, value) in optional {
            if let Some(value) = value {
                header += &format!(r#", {name}="{value}""#);
            }
        }
        header
    }

    /// The url with a signature that is valid for some time, for requests with the method GET.
    pub(super) fn url(&self, mut url: Url, validity: Duration) -> Url {
        let end = now() + validity.as_secs();
        let mac = self.mac("bewit", end, "", "GET", &url, "");
        let bewit = format!(r"{}\{end}\{mac}\{}", self.client_id, self.ext);
        url.query_pairs_mut().append_pair("bewit", &URL_SAFE_NO_PAD.encode(bewit));
        url
    }

    fn mac(&self, sort: &str, time: u64, nonce: &str, method: &str, url: &Url, hash: &str) -> String {
        let query = url.query().map(|query| format!("?{query}")).unwrap_or_default();
        let (path, host) = (url.path(), url.host_str().unwrap_or_default());
        let (port, ext) = (url.port_or_known_default().unwrap_or_default(), &self.ext);
        let signed = format!(
            "hawk.1.{sort}\n{time}\n{nonce}\n{method}\n{path}{query}\n{host}\n{port}\n{hash}\n{ext}\n"
        );
        STANDARD.encode(hmac::sign(&self.key, signed.as_bytes()))
    }
}

/// The seconds since 1970.
fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The client of the examples in the documentation of Hawk.
    fn signer() -> Signer {
        let key = hmac::Key::new(hmac::HMAC_SHA256, b"werxhqb98rpaxn39848xrunpaw3489ruxnpa98w4rxn");
        Signer { client_id: "dh37fgj492je".into(), key, ext: "some-app-ext-data".into() }
    }

    fn url() -> Url {
        Url::parse("http://example.com:8000/resource/1?b=1&a=2").unwrap()
    }

    #[test]
    fn headers_are_those_of_the_documentation() {
        let at =
            |method: &str, body| signer().header_at(1353832234, "j4h3g2", method, &url(), "text/plain", body);
        assert_eq!(
            at("GET", None),
            r#"Hawk id="dh37fgj492je", ts="1353832234", nonce="j4h3g2", mac="6R4rV5iE+NPoym+WwjeHzjAGXUtLNIxmo1vpMofpLAE=", ext="some-app-ext-data""#
        );
        assert_eq!(
            at("POST", Some(b"Thank you for flying Hawk".as_slice())),
            r#"Hawk id="dh37fgj492je", ts="1353832234", nonce="j4h3g2", mac="aSe1DERmZuRl3pI36/9BdZmnErTw3sNzOOAUlfeKjVw=", ext="some-app-ext-data", hash="Yi9LfIIFRtBEPt74PVmbTF/xVAwPn7ub15ePICfgnuY=""#
        );
    }

    #[test]
    fn a_signed_url_names_the_client_and_its_end() {
        let signed = signer().url(url(), Duration::from_secs(60));
        let (name, bewit) = signed.query_pairs().last().unwrap();
        assert_eq!(name, "bewit");
        let bewit = String::from_utf8(URL_SAFE_NO_PAD.decode(&*bewit).unwrap()).unwrap();
        let parts: Vec<&str> = bewit.split('\\').collect();
        assert_eq!((parts[0], parts[3]), ("dh37fgj492je", "some-app-ext-data"));
        assert!(parts[1].parse::<u64>().unwrap() >= now() + 59);
        assert!(signed.as_str().starts_with("http://example.com:8000/resource/1?b=1&a=2&bewit="));
    }

    #[test]
    fn credentials_that_cannot_be_sent_are_refused() {
        let refused = |client_id: &str, certificate: Option<&str>| {
            let credentials = Credentials {
                client_id: client_id.into(),
                access_token: "t0ken".into(),
                certificate: certificate.map(str::to_owned),
            };
            let signer = Signer::new(&credentials);
            signer.and_then(|signer| signer.header("GET", &url(), None)).is_err()
        };
        assert!(!refused("me", None) && !refused("me", Some("{}")));
        assert!(
            refused("me", Some("{"))
                && refused("m\"e", None)
                && refused(r"m\e", None)
                && refused("m\ne", None)
        );
    }
}
