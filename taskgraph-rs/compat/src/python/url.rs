//! Addresses, as Python's `urllib.parse` takes them apart and joins them.

use std::fmt;

const RELATIVE: [&str; 20] = [
    "", "ftp", "http", "gopher", "nntp", "imap", "wais", "file", "https", "shttp", "mms", "prospero", "rtsp",
    "rtsps", "rtspu", "sftp", "svn", "svn+ssh", "ws", "wss",
];
const NETLOC: [&str; 26] = [
    "", "ftp", "http", "gopher", "nntp", "telnet", "imap", "wais", "file", "mms", "https", "shttp", "snews",
    "prospero", "rtsp", "rtsps", "rtspu", "rsync", "svn", "svn+ssh", "sftp", "nfs", "git", "git+ssh", "ws",
    "wss",
];
const PARAMS: [&str; 16] = [
    "", "ftp", "hdl", "prospero", "http", "imap", "https", "shttp", "rtsp", "rtsps", "rtspu", "sip", "sips",
    "mms", "sftp", "tel",
];
/// Characters that become one of `/?#@:` under Unicode's compatibility mapping, and so could move the end of a host.
const TREACHEROUS: [char; 19] = [
    '\u{2047}', '\u{2048}', '\u{2049}', '\u{2100}', '\u{2101}', '\u{2105}', '\u{2106}', '\u{2a74}',
    '\u{fe13}', '\u{fe16}', '\u{fe55}', '\u{fe56}', '\u{fe5f}', '\u{fe6b}', '\u{ff03}', '\u{ff0f}',
    '\u{ff1a}', '\u{ff1f}', '\u{ff20}',
];

/// An address whose host makes no sense (Python: `ValueError`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UrlError(String);

impl fmt::Display for UrlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is not the host of a url", self.0)
    }
}

impl std::error::Error for UrlError {}

/// The parts of an address. An absent part is empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Url {
    /// In lower case, without the colon.
    pub scheme: String,
    /// User, password, host and port, as written.
    pub netloc: String,
    /// The path, with its slash.
    pub path: String,
    /// The part after `?`.
    pub query: String,
    /// The part after `#`.
    pub fragment: String,
}

impl Url {
    /// Python: `urlsplit(url)`.
    pub fn split(url: &str) -> Result<Self, UrlError> {
        Self::split_under(url, "")
    }

    fn split_under(url: &str, scheme: &str) -> Result<Self, UrlError> {
        let url = url.trim_start_matches(|one: char| one <= ' ').replace(['\t', '\r', '\n'], "");
        let mut parts = Url { scheme: scheme.into(), ..Url::default() };
        let mut rest = url.as_str();
        if let Some((before, after)) = rest.split_once(':')
            && before.starts_with(|one: char| one.is_ascii_alphabetic())
            && before.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
        {
            parts.scheme = before.to_ascii_lowercase();
            rest = after;
        }
        if let Some(after) = rest.strip_prefix("//") {
            let end = after.find(['/', '?', '#']).unwrap_or(after.len());
            parts.netloc = after[..end].into();
            rest = &after[end..];
            check_netloc(&parts.netloc)?;
        }
        if let Some((before, fragment)) = rest.split_once('#') {
            parts.fragment = fragment.into();
            rest = before;
        }
        if let Some((before, query)) = rest.split_once('?') {
            parts.query = query.into();
            rest = before;
        }
        parts.path = rest.into();
        Ok(parts)
    }

    /// Python: `urlsplit(url).hostname`: in lower case, without user, password and port.
    pub fn hostname(&self) -> Option<String> {
        let host = self.netloc.rsplit_once('@').map_or(&*self.netloc, |(_, host)| host);
        let host = match host.split_once('[') {
            Some((_, bracketed)) => bracketed.split(']').next(),
            None => host.split(':').next(),
        };
        let host = host.filter(|host| !host.is_empty())?;
        // The zone of an IPv6 address keeps its case.
        let (name, zone) = host.split_at(host.find('%').unwrap_or(host.len()));
        Some(name.to_lowercase() + zone)
    }

    /// Python: `urlunsplit`.
    fn unsplit(&self) -> String {
        let mut url = String::new();
        if !self.scheme.is_empty() {
            url.push_str(&self.scheme);
            url.push(':');
        }
        let hosted =
            !self.scheme.is_empty() && NETLOC.contains(&&*self.scheme) && !self.path.starts_with("//");
        if !self.netloc.is_empty() || hosted {
            url.push_str("//");
            url.push_str(&self.netloc);
            if !self.path.is_empty() && !self.path.starts_with('/') {
                url.push('/');
            }
        }
        url.push_str(&self.path);
        for (mark, part) in [('?', &self.query), ('#', &self.fragment)] {
            if !part.is_empty() {
                url.push(mark);
                url.push_str(part);
            }
        }
        url
    }

    /// Cuts the parameters of the last segment (`;…`) off the path.
    fn cut_params(&mut self) -> String {
        let start = self.path.rfind('/').unwrap_or(0);
        match self.path[start..].find(';') {
            Some(at) if PARAMS.contains(&&*self.scheme) => {
                let params = self.path[start + at + 1..].into();
                self.path.truncate(start + at);
                params
            }
            _ => String::new(),
        }
    }
}

/// Python: `urljoin(base, url)`.
pub fn join(base: &str, url: &str) -> Result<String, UrlError> {
    if base.is_empty() || url.is_empty() {
        return Ok([base, url].concat());
    }
    let mut from = Url::split(base)?;
    let from_params = from.cut_params();
    let mut to = Url::split_under(url, &from.scheme)?;
    let mut params = to.cut_params();
    if to.scheme != from.scheme || !RELATIVE.contains(&&*to.scheme) {
        return Ok(url.into());
    }
    let elsewhere = NETLOC.contains(&&*to.scheme) && !to.netloc.is_empty();
    if !elsewhere {
        if NETLOC.contains(&&*to.scheme) {
            to.netloc = from.netloc;
        }
        if to.path.is_empty() && params.is_empty() {
            to.path = from.path;
            params = from_params;
            if to.query.is_empty() {
                to.query = from.query;
            }
        } else {
            to.path = resolve(&from.path, &to.path);
        }
    }
    if !params.is_empty() {
        to.path.push(';');
        to.path.push_str(&params);
    }
    Ok(to.unsplit())
}

/// The path that `path` means when it stands in a document at `base`.
fn resolve(base: &str, path: &str) -> String {
    let mut segments: Vec<&str> = path.split('/').collect();
    if !path.starts_with('/') {
        let mut all: Vec<&str> = base.split('/').collect();
        if all.last().is_some_and(|last| !last.is_empty()) {
            all.pop();
        }
        all.append(&mut segments);
        let last = all.len() - 1;
        segments = all
            .into_iter()
            .enumerate()
            .filter(|(position, segment)| *position == 0 || *position == last || !segment.is_empty())
            .map(|(_, segment)| segment)
            .collect();
    }
    let mut resolved: Vec<&str> = Vec::with_capacity(segments.len());
    for segment in &segments {
        match *segment {
            ".." => drop(resolved.pop()),
            "." => {}
            other => resolved.push(other),
        }
    }
    if matches!(segments.last(), Some(&("." | ".."))) {
        resolved.push("");
    }
    let joined = resolved.join("/");
    if joined.is_empty() { "/".into() } else { joined }
}

fn check_netloc(netloc: &str) -> Result<(), UrlError> {
    let sound = match (netloc.split_once('['), netloc.contains(']')) {
        (None, false) => !netloc.contains(TREACHEROUS),
        (Some((_, after)), true) => is_bracketed_host(after.split(']').next().unwrap_or("")),
        _ => false,
    };
    if sound { Ok(()) } else { Err(UrlError(netloc.into())) }
}

/// Whether this may stand in brackets: an IPv6 address, or `v1.something`.
fn is_bracketed_host(host: &str) -> bool {
    if let Some(future) = host.strip_prefix('v') {
        return future.split_once('.').is_some_and(|(version, rest)| {
            !version.is_empty() && version.bytes().all(|byte| byte.is_ascii_hexdigit()) && !rest.is_empty()
        });
    }
    let (address, zone) = host.split_once('%').map_or((host, None), |(address, zone)| (address, Some(zone)));
    address.parse::<std::net::Ipv6Addr>().is_ok()
        && zone.is_none_or(|zone| !zone.is_empty() && !zone.contains('%'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_is_lower_case_and_bare() {
        let url = Url::split("https://User:Pass@Example.COM:8080/A/b?q#f").unwrap();
        assert_eq!(url.hostname().as_deref(), Some("example.com"));
        assert_eq!((&*url.path, &*url.query, &*url.fragment), ("/A/b", "q", "f"));
        assert_eq!(Url::split("https://[::1]:80/").unwrap().hostname().as_deref(), Some("::1"));
        assert_eq!(Url::split("file:///x").unwrap().hostname(), None);
        assert!(Url::split("https://[::1/").is_err());
    }

    #[test]
    fn an_artifact_is_joined_to_its_folder() {
        assert_eq!(join("https://h/a/b", "vocab.spm").unwrap(), "https://h/a/vocab.spm");
        assert_eq!(join("gs://b/a/", "vocab.spm").unwrap(), "vocab.spm");
        assert_eq!(join("https://h/a;p/b;q?r", "c;d/../e").unwrap(), "https://h/a;p/e");
    }
}
