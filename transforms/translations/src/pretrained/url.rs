//! Checks of urls that workers download from: of the folder of a model, to which the names of files are joined, or of
//! a file.
//!
//! Invariant: user and password of a url never get into a message.

use crate::parameter::refused;
use crate::pretrained::web_page::{WebPage, web_page};
use taskgraph::diagnostics::{Problem, Severity};
use taskgraph::parameters::Params;
use taskgraph_compat::python::url::Url;
use taskgraph_compat::redact::redact;
use taskgraph_compat::value::path::KeyPath;

/// A finding: the headline, what is to be said at the place, and a way out.
pub struct Finding {
    /// A stable name.
    pub code: &'static str,
    /// Whether the graph can be made nevertheless.
    pub is_warning: bool,
    /// The headline.
    pub message: String,
    /// Allowed values.
    pub label: String,
    /// A way out.
    pub help: Option<String>,
}

impl Finding {
    /// The finding about the url at `path` as a problem. What is wrong makes the task fail that fetches the file; what is
    /// only odd stays so.
    pub fn would_fail(self, params: &Params, path: &KeyPath) -> Problem {
        let code = if self.is_warning { self.code } else { "would-fail" };
        let problem = refused(params, code, path, self.message, self.label);
        Problem { severity: Severity::Warning, help: self.help, ..problem }
    }
}

fn error(message: String, label: impl Into<String>, help: Option<String>) -> Vec<Finding> {
    vec![Finding { code: "wrong-url", is_warning: false, message, label: label.into(), help }]
}

/// Endings of files that a model consists of, and of other data.
const FILES: [&str; 13] = [
    ".npz",
    ".yml",
    ".yaml",
    ".spm",
    ".json",
    ".bin",
    ".pt",
    ".safetensors",
    ".log",
    ".out",
    ".txt",
    ".gz",
    ".zst",
];

/// Endings of files that hold others. Nobody unpacks them.
const ARCHIVES: [&str; 9] =
    [".zip", ".tar", ".tgz", ".tar.gz", ".tar.zst", ".tar.xz", ".tar.bz2", ".7z", ".rar"];

/// Whether a path ends with one of `endings`, and that is not the whole of its last part.
fn ends_with_one_of(path: &str, endings: &[&str]) -> bool {
    let last = path.rsplit('/').next().unwrap_or_default().to_lowercase();
    endings.iter().any(|ending| last.len() > ending.len() && last.ends_with(ending))
}

/// A url without its last part.
fn folder_of(url: &str) -> &str {
    url.rsplit_once('/').map_or(url, |(folder, _)| folder)
}

/// Returns the problems of `url`, the folder of a model, called `name` in warnings.
pub(super) fn findings(url: &str, name: &str) -> Vec<Finding> {
    let shown = redact(url);
    let parts = match parts(url) {
        Ok(parts) => parts,
        Err(findings) => return findings,
    };
    if let Some(WebPage { what, files }) = web_page(&parts) {
        // A page may show one file of the folder.
        let files = files.map(|files| match ends_with_one_of(&files, &FILES) {
            true => folder_of(&files).to_owned(),
            false => files,
        });
        let help = files
            .map_or("name the folder that has the files".into(), |files| format!("write {}", redact(&files)));
        return error(format!("`{shown}` is {what}"), "workers fetch the files of a folder", Some(help));
    }
    let path = parts.path.trim_end_matches('/');
    if ends_with_one_of(path, &ARCHIVES) {
        let help = "unpack it, and name the folder that has the files".to_owned();
        return error(format!("`{shown}` is an archive"), "workers unpack nothing", Some(help));
    }
    if ends_with_one_of(path, &FILES) {
        let label = "the names of all files of a model are joined to the url";
        let help = format!(
            "write {}",
            redact(folder_of(url.split(['?', '#']).next().unwrap_or(url).trim_end_matches('/')))
        );
        return error(format!("`{shown}` is a single file"), label, Some(help));
    }
    if let Some(at) = url.find(['?', '#']) {
        let what = if url[at..].starts_with('?') { "query" } else { "fragment" };
        return error(
            format!("the url `{}` has a {what}", redact(&url[..at])),
            format!("the name of each file is joined to the url, and the {what} would be lost"),
            Some("name the folder that has the files".into()),
        );
    }
    warnings(&parts, name)
}

/// Returns the problems of `url`, a file, called `name` in warnings.
pub fn file_findings(url: &str, name: &str) -> Vec<Finding> {
    let shown = redact(url);
    let parts = match parts(url) {
        Ok(parts) => parts,
        Err(findings) => return findings,
    };
    if let Some(WebPage { what, files }) = web_page(&parts) {
        let help = files.map(|files| format!("write {}", redact(&files)));
        return error(format!("`{shown}` is {what}"), "workers fetch a file", help);
    }
    if parts.path.ends_with('/') || parts.path.is_empty() {
        return error(format!("`{shown}` is a folder"), "workers fetch a file", None);
    }
    warnings(&parts, name)
}

/// The parts of a url that a worker can download from.
fn parts(url: &str) -> Result<Url, Vec<Finding>> {
    let shown = redact(url);
    let error = |message, label, help| Err(error(message, label, help));
    if let Some(odd) = url.chars().find(|one| one.is_whitespace() || one.is_control()) {
        let what = if odd == ' ' { "a space".into() } else { format!("the character {odd:?}") };
        return error(
            format!("{what} in the url `{}`", shown.escape_debug()),
            "write it percent-encoded",
            None,
        );
    }
    let Ok(parts) = Url::split(url) else {
        return error(format!("`{shown}` is not a url"), "its host makes no sense", None);
    };
    match &*parts.scheme {
        "http" | "https" => {}
        "gs" => {
            let rest = redact(&format!("https://{}{}", parts.netloc, parts.path));
            let instead = rest.replacen("https://", "https://storage.googleapis.com/", 1);
            let help = format!("write {instead}");
            return error(
                format!("`{shown}` is not an http(s) url"),
                "workers download over https",
                Some(help),
            );
        }
        _ => return error(format!("`{shown}` is not an http(s) url"), "it has to begin with https://", None),
    }
    if parts.hostname().is_none() {
        return error(format!("`{shown}` names no host"), "write https://HOST/PATH", None);
    }
    Ok(parts)
}

/// Returns the warnings about a url that a worker can download from.
fn warnings(parts: &Url, name: &str) -> Vec<Finding> {
    let mut warnings = Vec::new();
    let mut warn = |code, message, label: &str| {
        warnings.push(Finding { code, is_warning: true, message, label: label.into(), help: None });
    };
    if let Some(id) = queue_task(&parts.path).filter(|id| !is_task_id(id)) {
        let message = format!("`{name}` has the placeholder `{id}`: it is not a taskId");
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

    fn message(url: &str) -> String {
        let message = findings(url, "train-teacher.urls[0]").into_iter().map(|finding| {
            let help = finding.help.map(|help| format!(" ({help})")).unwrap_or_default();
            format!("{}: {}{help}", finding.message, finding.label)
        });
        message.collect::<Vec<_>>().join("; ")
    }

    #[test]
    fn good_urls_pass() {
        assert_eq!(message("https://storage.googleapis.com/bucket/models/ru-en"), "");
        assert_eq!(message("http://localhost:8000/"), "");
        assert_eq!(
            message("https://tc.example/api/queue/v1/task/fOQsIonXQki5adS3LAQjRQ/artifacts/public/build"),
            ""
        );
    }

    #[test]
    fn a_bucket_is_answered_with_its_https_url() {
        assert_eq!(
            message("gs://bucket/path/x"),
            "`gs://bucket/path/x` is not an http(s) url: workers download over https \
             (write https://storage.googleapis.com/bucket/path/x)"
        );
    }

    #[test]
    fn other_urls_are_refused() {
        assert!(message("s3://bucket").contains("not an http(s) url"));
        assert!(message("models/ru-en").contains("not an http(s) url"));
        assert!(message("").contains("not an http(s) url"));
        assert!(message("https:///path").contains("names no host"));
        assert!(message("https://[::1/path").contains("is not a url"));
        assert!(message("https://h/a b").starts_with("a space in the url"));
        assert!(message("https://h/a\u{7}").contains("'\\u{7}'"));
        assert!(message("https://h/a?token=s3cret").contains("has a query"));
        assert!(!message("https://h/a?token=s3cret").contains("s3cret"));
        assert!(message("https://h/a#").contains("has a fragment"));
    }

    #[test]
    fn pages_archives_and_single_files_are_no_folders() {
        assert_eq!(
            message("https://console.cloud.google.com/storage/browser/b/m/model.npz?project=x"),
            "`https://console.cloud.google.com/storage/browser/b/m/model.npz?project=x` is the web console of Google \
             Cloud: workers fetch the files of a folder (write https://storage.googleapis.com/b/m)"
        );
        assert_eq!(
            message("https://github.com/o/r/issues"),
            "`https://github.com/o/r/issues` is a page of GitHub: workers fetch the files of a folder \
             (name the folder that has the files)"
        );
        assert_eq!(
            message("https://h/m/ru-en.tar.gz"),
            "`https://h/m/ru-en.tar.gz` is an archive: workers unpack nothing \
             (unpack it, and name the folder that has the files)"
        );
        assert_eq!(
            message("https://h/m/model.npz?token=x"),
            "`https://h/m/model.npz?token=x` is a single file: the names of all files of a model are joined to the \
             url (write https://h/m)"
        );
        assert_eq!(message("https://h/m/v1.2"), "");
    }

    #[test]
    fn files_are_no_pages_and_no_folders() {
        let message = |url: &str| {
            let message = file_findings(url, "corpus").into_iter();
            message
                .map(|it| format!("{}: {} {}", it.message, it.label, it.help.unwrap_or_default()))
                .collect::<String>()
        };
        assert_eq!(message("https://h/a.zst"), "");
        assert_eq!(message("https://h/a.zst?x=1"), "");
        assert_eq!(
            message("https://github.com/o/r/blob/main/a.zst"),
            "`https://github.com/o/r/blob/main/a.zst` is a page of GitHub: workers fetch a file \
             write https://raw.githubusercontent.com/o/r/main/a.zst"
        );
        assert_eq!(message("https://h/a/"), "`https://h/a/` is a folder: workers fetch a file ");
        assert!(message("gs://b/a.zst").ends_with("write https://storage.googleapis.com/b/a.zst"));
    }

    #[test]
    fn a_placeholder_is_only_warned_of() {
        let findings =
            findings("https://h/api/queue/v1/task/task-id/artifacts/public/build", "train-teacher.urls[0]");
        assert!(findings[0].is_warning);
        assert_eq!(
            findings[0].message,
            "`train-teacher.urls[0]` has the placeholder `task-id`: it is not a taskId"
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
            assert!(!message(url).contains("s3cr"), "{}", message(url));
            assert!(!message(url).is_empty());
        }
    }
}
