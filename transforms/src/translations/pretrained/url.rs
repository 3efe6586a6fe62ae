//! What is wrong with the url of a model. The names of files are joined to it, and a worker downloads them.
//!
//! Invariant: user and password of a url never get into a message.

use taskgraph::python::url::Url;
use taskgraph::secret::redact;

/// A finding: the headline, what is to be said at the place, and a way out.
pub struct Finding {
    /// A stable name.
    pub code: &'static str,
    /// Whether the graph can be made nevertheless.
    pub is_warning: bool,
    /// The headline.
    pub message: String,
    /// What is allowed.
    pub label: String,
    /// A way out.
    pub help: Option<String>,
}

fn error(message: String, label: impl Into<String>, help: Option<String>) -> Vec<Finding> {
    vec![Finding { code: "wrong-url", is_warning: false, message, label: label.into(), help }]
}

/// What is wrong with `url`, called `name` in warnings.
pub fn findings(url: &str, name: &str) -> Vec<Finding> {
    let shown = redact(url);
    if let Some(odd) = url.chars().find(|one| one.is_whitespace() || one.is_control()) {
        let what = if odd == ' ' { "a space".into() } else { format!("the character {odd:?}") };
        return error(
            format!("{what} in the url `{}`", shown.escape_debug()),
            "write it percent-encoded",
            None,
        );
    }
    let Ok(parts) = Url::split(url) else {
        return error(format!("`{shown}` is no url"), "its host makes no sense", None);
    };
    match &*parts.scheme {
        "http" | "https" => {}
        "gs" => {
            let rest = redact(&format!("https://{}{}", parts.netloc, parts.path));
            let instead = rest.replacen("https://", "https://storage.googleapis.com/", 1);
            let help = format!("write {instead}");
            return error(format!("`{shown}` is no http(s) url"), "workers download over https", Some(help));
        }
        _ => return error(format!("`{shown}` is no http(s) url"), "it has to begin with https://", None),
    }
    if parts.hostname().is_none() {
        return error(format!("`{shown}` names no host"), "write https://HOST/PATH", None);
    }
    if let Some(at) = url.find(['?', '#']) {
        let what = if url[at..].starts_with('?') { "query" } else { "fragment" };
        return error(
            format!("the url `{}` has a {what}", redact(&url[..at])),
            format!("the name of each file is joined to the url, and the {what} would be lost"),
            Some("name the folder that has the files".into()),
        );
    }
    let mut warnings = Vec::new();
    let mut warn = |code, message, label: &str| {
        warnings.push(Finding { code, is_warning: true, message, label: label.into(), help: None });
    };
    if let Some(id) = queue_task(&parts.path).filter(|id| !is_task_id(id)) {
        let message = format!("`{name}` has the placeholder `{id}`: it is no taskId");
        warn("placeholder", message, "a taskId has 22 characters: letters, digits, `_` and `-`");
    }
    if parts.netloc.contains('@') {
        let message = format!("`{name}` has a user name or a password in it");
        warn("credentials", message, "everybody who can see the task will be able to read it");
    }
    warnings
}

/// The part of the path that should be a taskId: what stands between `/task/` and the next slash.
fn queue_task(path: &str) -> Option<&str> {
    let (_, after) = path.split_once("/task/")?;
    after.split_once('/').map(|(id, _)| id)
}

fn is_task_id(id: &str) -> bool {
    id.len() == 22 && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(url: &str) -> String {
        let told = findings(url, "train-teacher.urls[0]").into_iter().map(|finding| {
            let help = finding.help.map(|help| format!(" ({help})")).unwrap_or_default();
            format!("{}: {}{help}", finding.message, finding.label)
        });
        told.collect::<Vec<_>>().join("; ")
    }

    #[test]
    fn good_urls_pass() {
        assert_eq!(told("https://storage.googleapis.com/bucket/models/ru-en"), "");
        assert_eq!(told("http://localhost:8000/"), "");
        assert_eq!(
            told("https://tc.example/api/queue/v1/task/fOQsIonXQki5adS3LAQjRQ/artifacts/public/build"),
            ""
        );
    }

    #[test]
    fn a_bucket_is_answered_with_its_https_url() {
        assert_eq!(
            told("gs://bucket/path/x"),
            "`gs://bucket/path/x` is no http(s) url: workers download over https \
             (write https://storage.googleapis.com/bucket/path/x)"
        );
    }

    #[test]
    fn other_urls_are_refused() {
        assert!(told("s3://bucket").contains("no http(s) url"));
        assert!(told("models/ru-en").contains("no http(s) url"));
        assert!(told("").contains("no http(s) url"));
        assert!(told("https:///path").contains("names no host"));
        assert!(told("https://[::1/path").contains("is no url"));
        assert!(told("https://h/a b").starts_with("a space in the url"));
        assert!(told("https://h/a\u{7}").contains("'\\u{7}'"));
        assert!(told("https://h/a?token=s3cret").contains("has a query"));
        assert!(!told("https://h/a?token=s3cret").contains("s3cret"));
        assert!(told("https://h/a#").contains("has a fragment"));
    }

    #[test]
    fn a_placeholder_is_only_warned_of() {
        let findings =
            findings("https://h/api/queue/v1/task/task-id/artifacts/public/build", "train-teacher.urls[0]");
        assert!(findings[0].is_warning);
        assert_eq!(
            findings[0].message,
            "`train-teacher.urls[0]` has the placeholder `task-id`: it is no taskId"
        );
    }

    #[test]
    fn passwords_are_never_shown() {
        for url in [
            "ftp://me:s3cr@t@h/a",
            "https://me:s3cr@t@h/a b",
            "https://me:s3cr@t@h/?q",
            "https://me:s3cr@t@h/a",
            "gs://me:s3cr@t@h/a",
            "https://me:s3cr@t@[h/a",
        ] {
            assert!(!told(url).contains("s3cr"), "{}", told(url));
            assert!(!told(url).is_empty());
        }
    }
}
