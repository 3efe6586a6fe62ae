//! Access to Taskcluster: its root url or proxy, and credentials.

use std::fmt;

/// Text in the place of an access token and the like.
const HIDDEN: &str = "***";

/// Root URL of Taskcluster, and credentials.
#[derive(Clone, Debug, Default)]
pub struct Access {
    /// The root url of the instance, without a slash at the end.
    pub root_url: String,
    /// The proxy that signs the calls of a task, without a slash at the end. It takes precedence.
    pub proxy_url: Option<String>,
    /// Credentials, where no proxy signs. Without them the calls are anonymous.
    pub credentials: Option<Credentials>,
}

impl Access {
    /// The url that calls go to, and the credentials that sign them.
    pub(super) fn endpoint(&self) -> (&str, Option<&Credentials>) {
        match &self.proxy_url {
            Some(url) => (url, None),
            None => (&self.root_url, self.credentials.as_ref()),
        }
    }
}

/// A client of Taskcluster. Never shown with its secrets.
#[derive(Clone)]
pub struct Credentials {
    /// The name of the client.
    pub client_id: String,
    /// Its secret.
    pub access_token: String,
    /// Certificate of temporary credentials.
    pub certificate: Option<String>,
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials")
            .field("client_id", &self.client_id)
            .field("access_token", &HIDDEN)
            .field("certificate", &self.certificate.as_ref().map(|_| HIDDEN))
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn credentials() -> Credentials {
        Credentials { client_id: "me".into(), access_token: "t0ken".into(), certificate: Some("c3rt".into()) }
    }

    #[test]
    fn secrets_are_not_shown() {
        let shown = format!("{:?}", credentials());
        assert!(shown.contains("me") && !shown.contains("t0ken") && !shown.contains("c3rt"), "{shown}");
    }

    #[test]
    fn a_proxy_takes_precedence_and_signs_itself() {
        let mut access =
            Access { root_url: "https://tc".into(), credentials: Some(credentials()), ..Access::default() };
        assert!(matches!(access.endpoint(), ("https://tc", Some(_))));
        access.proxy_url = Some("http://taskcluster".into());
        assert!(matches!(access.endpoint(), ("http://taskcluster", None)));
    }
}
