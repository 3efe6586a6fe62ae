//! A request as it arrives.

use std::io::BufRead;

use serde_json::Value;

/// Entry of a request: the proxy, or the services themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Entry {
    /// The root url: a call has the scopes of whoever signed it.
    Root,
    /// The proxy of a task: it signs.
    Proxy,
}

/// A request.
#[derive(Clone, Debug)]
pub(super) struct Request {
    pub entry: Entry,
    pub method: String,
    /// As it stands in the first line, with its query.
    pub target: String,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Request {
    /// Reads one; `None` at the end of a connection.
    pub(super) fn read(entry: Entry, from: &mut impl BufRead) -> Option<Self> {
        let mut line = String::new();
        from.read_line(&mut line).ok().filter(|length| *length > 0)?;
        let mut words = line.split_whitespace().map(str::to_owned);
        let (method, target) = (words.next()?, words.next()?);
        let mut headers = Vec::new();
        loop {
            let mut line = String::new();
            from.read_line(&mut line).ok().filter(|length| *length > 0)?;
            let Some((name, value)) = line.trim_end().split_once(':') else { break };
            headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
        }
        let mut request = Request { entry, method, target, headers, body: Vec::new() };
        let length: usize = request.header("content-length").map_or(0, |length| length.parse().unwrap());
        request.body.resize(length, 0);
        from.read_exact(&mut request.body).ok()?;
        Some(request)
    }

    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| &**value)
    }

    pub(super) fn path(&self) -> &str {
        self.target.split('?').next().unwrap_or_default()
    }

    /// A value of the query, decoded.
    pub(super) fn query(&self, name: &str) -> Option<String> {
        let (_, query) = self.target.split_once('?')?;
        let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
        pairs.into_iter().find(|(key, _)| *key == name).map(|(_, value)| decode(value))
    }

    /// The service and the parts of the path below its version: both `/api/queue/v1/…` and `/queue/v1/…`.
    pub(super) fn route(&self) -> Option<(String, Vec<String>)> {
        let path = self.path().trim_start_matches('/');
        let mut parts = path.strip_prefix("api/").unwrap_or(path).split('/');
        let service = parts.next()?.to_owned();
        (parts.next()? == "v1").then(|| (service, parts.map(decode).collect()))
    }

    pub(super) fn json(&self) -> Option<Value> {
        serde_json::from_slice(&self.body).ok()
    }
}

/// Text without its percent signs.
pub(super) fn decode(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        let digits = |rest: &mut std::str::Bytes| {
            let pair = [rest.next()?, rest.next()?];
            u8::from_str_radix(std::str::from_utf8(&pair).ok()?, 16).ok()
        };
        bytes.push(if byte == b'%' { digits(&mut rest).unwrap_or(b'%') } else { byte });
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
