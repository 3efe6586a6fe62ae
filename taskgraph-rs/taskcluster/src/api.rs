//! Where the calls of the services are.

use anyhow::{Context as _, Result};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::Url;

/// A service of an instance.
#[derive(Clone, Copy, Debug)]
pub(super) enum Api {
    /// Who may do what.
    Auth,
    /// Tasks by their index paths.
    Index,
    /// Tasks, their states and artifacts.
    Queue,
}

impl Api {
    /// The url of a call: its path below the service, and the token of a further page of a list.
    pub(super) fn url(self, root: &Url, path: &str, continuation: Option<&str>) -> Result<Url> {
        let prefix = match self {
            Api::Auth => "api/auth/v1",
            Api::Index => "api/index/v1",
            Api::Queue => "api/queue/v1",
        };
        let mut url =
            root.join(&format!("{prefix}/{path}")).context("a path that cannot be part of a url")?;
        if let Some(token) = continuation {
            url.query_pairs_mut().append_pair("continuationToken", token);
        }
        Ok(url)
    }
}

/// What stays as it is in a part of a path. Python: `urllib.parse.quote(…, safe="~")`.
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC.remove(b'_').remove(b'.').remove(b'-').remove(b'~');

/// Part of a path, in which nothing has a meaning of its own, slashes included.
pub(super) fn escape(part: &str) -> String {
    utf8_percent_encode(part, PLAIN).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_are_those_of_the_services() {
        let root = Url::parse("https://tc.example.org").unwrap();
        let url = |api: Api, path: &str, token| api.url(&root, path, token).unwrap().to_string();
        assert_eq!(
            url(Api::Auth, "scopes/current", None),
            "https://tc.example.org/api/auth/v1/scopes/current"
        );
        assert_eq!(
            url(Api::Queue, &format!("task/x/artifacts/{}", escape("public/a b~.json")), None),
            "https://tc.example.org/api/queue/v1/task/x/artifacts/public%2Fa%20b~.json"
        );
        assert_eq!(
            url(Api::Index, "tasks/a", Some("t&1")),
            "https://tc.example.org/api/index/v1/tasks/a?continuationToken=t%261"
        );
    }
}
