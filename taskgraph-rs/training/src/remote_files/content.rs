//! Files whose content does not match their names: web pages, empty files, pointers, files of the same size. A
//! server may answer for every name, so the first bytes decide.

use indexmap::IndexMap;

use crate::remote_files::answers::RemoteAnswers;
use crate::remote_files::context::CheckContext;
use crate::remote_files::file::RemoteFile;
use taskgraph::diagnostics::{Problem, Severity};
use taskgraph::known_urls::Answer;
use taskgraph_compat::redact::redact;
use taskgraph_taskcluster::url_check::Head;

/// Number of files with the same size that cannot be a coincidence.
const ALIKE: usize = 3;

/// Wrong content of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
enum ContentIssue {
    /// A page for people.
    Page,
    /// Nothing.
    Empty,
    /// Pointer that Git LFS stores in the place of a large file.
    Pointer,
    /// Not what the ending of its name says.
    Other(&'static str),
}

/// Returns the problems of the content of files, by folder.
pub(super) fn contents(
    context: &CheckContext<'_>,
    remotes: &[RemoteFile],
    answers: &RemoteAnswers,
) -> Vec<Problem> {
    let mut folders: IndexMap<(String, &str), Vec<(&RemoteFile, &Head)>> = IndexMap::new();
    for remote in remotes {
        let head = answers.heads.get(&remote.url).filter(|head| head.answer == Answer::Found);
        let files = folders.entry((remote.path.to_string(), remote.folder())).or_default();
        files.extend(
            head.filter(|_| files.iter().all(|(other, _)| other.url != remote.url))
                .map(|head| (remote, head)),
        );
    }
    folders.into_values().flat_map(|files| folder(context, &files)).collect()
}

fn folder(context: &CheckContext<'_>, files: &[(&RemoteFile, &Head)]) -> Vec<Problem> {
    let mut odd: Vec<(ContentIssue, Vec<&RemoteFile>)> = Vec::new();
    for (remote, head) in files {
        let Some(issue) = issue(&remote.file, head) else { continue };
        match odd.iter_mut().find(|(known, _)| *known == issue) {
            Some((_, all)) => all.push(remote),
            None => odd.push((issue, vec![remote])),
        }
    }
    if odd.is_empty() {
        return alike(context, files).into_iter().collect();
    }
    odd.into_iter().filter_map(|(issue, odd)| problem_of(context, &issue, &odd, files.len())).collect()
}

fn problem_of(
    context: &CheckContext<'_>,
    issue: &ContentIssue,
    odd: &[&RemoteFile],
    all: usize,
) -> Option<Problem> {
    let first = odd.iter().find(|remote| context.is_read(remote)).or(odd.first())?;
    let is_read = odd.iter().any(|remote| context.is_read(remote));
    let (what, help) = match issue {
        ContentIssue::Page => {
            ("a web page", "the server has a page for every name: name the folder of the files themselves")
        }
        ContentIssue::Empty => ("empty", "a file of 0 bytes is neither a model nor data"),
        ContentIssue::Pointer => {
            ("a pointer of Git LFS", "name an address of the file itself, and not of the repository")
        }
        ContentIssue::Other(what) => (*what, "look at the file: its name says something else"),
    };
    let message = match odd.len() {
        1 => format!("`{}` is {what}", first.file),
        many => format!("`{}` is {what}, and so are {} more of {all} files", first.file, many - 1),
    };
    // Logs may be empty, and nobody reads some files.
    let severity = match (issue, is_read) {
        (ContentIssue::Empty, false) => return None,
        (_, true) | (ContentIssue::Page, _) => Severity::Error,
        _ => Severity::Warning,
    };
    let problem = Problem { severity, ..Problem::error("wrong-content", message) };
    Some(context.at(problem, first, redact(&first.url)).help(help))
}

/// All files of a folder have one size: they are one file.
fn alike(context: &CheckContext<'_>, files: &[(&RemoteFile, &Head)]) -> Option<Problem> {
    let (first, head) = files.first()?;
    let bytes = head.bytes.filter(|bytes| *bytes > 0)?;
    let all_alike = files.len() >= ALIKE && files.iter().all(|(_, head)| head.bytes == Some(bytes));
    let message = format!("all {} files have {bytes} bytes", files.len());
    let problem = Problem::error("wrong-content", message);
    let help = "the server answers every name with one thing: name the folder of the files themselves";
    all_alike.then(|| context.at(problem, first, redact(first.folder())).help(help))
}

fn issue(file: &str, head: &Head) -> Option<ContentIssue> {
    if head.bytes == Some(0) {
        return Some(ContentIssue::Empty);
    }
    let Some(start) = head.start.as_deref() else {
        return head.is_page().then_some(ContentIssue::Page);
    };
    if start.is_empty() {
        return Some(ContentIssue::Empty);
    }
    let text = String::from_utf8_lossy(start).trim_start().to_lowercase();
    if text.starts_with("<!doctype html") || text.starts_with("<html") {
        return Some(ContentIssue::Page);
    }
    if text.starts_with("version https://git-lfs") {
        return Some(ContentIssue::Pointer);
    }
    let begins = |bytes: &[u8]| start.starts_with(bytes);
    let is_binary = start.iter().any(|byte| *byte < b' ' && !b"\t\r\n".contains(byte));
    match file.rsplit_once('.').map(|(_, ending)| ending)? {
        "npz" => {
            (!begins(b"PK\x03\x04") && !begins(b"PK\x05\x06")).then_some(ContentIssue::Other("no npz file"))
        }
        // A list of pieces is the first field of a model of SentencePiece.
        "spm" => (!begins(b"\x0a")).then_some(ContentIssue::Other("no model of SentencePiece")),
        "zst" => (!begins(b"\x28\xb5\x2f\xfd")).then_some(ContentIssue::Other("no file of Zstandard")),
        "gz" => (!begins(b"\x1f\x8b")).then_some(ContentIssue::Other("no file of gzip")),
        "yml" | "yaml" => (is_binary || text.starts_with('<')).then_some(ContentIssue::Other("no YAML")),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(file: &str, start: &[u8]) -> Option<ContentIssue> {
        issue(file, &Head { start: Some(start.to_vec()), bytes: Some(9), ..Head::from(Answer::Found) })
    }

    #[test]
    fn files_begin_as_their_names_say() {
        assert_eq!(of("model.npz", b"PK\x03\x04x"), None);
        assert_eq!(of("model.npz.yml", b"dim-emb: 1\n"), None);
        assert_eq!(of("vocab.spm", b"\x0a\x0e\x0a\x05<unk>"), None);
        assert_eq!(of("a.zst", b"\x28\xb5\x2f\xfdx"), None);
        assert_eq!(of("train.log", b"[2026] anything"), None);
        assert_eq!(of("model.npz", b"{\"code\": 1}"), Some(ContentIssue::Other("no npz file")));
        assert_eq!(of("vocab.spm", b"<unk>\n"), Some(ContentIssue::Other("no model of SentencePiece")));
        assert_eq!(of("model.npz.yml", b"PK\x03\x04"), Some(ContentIssue::Other("no YAML")));
        assert_eq!(of("train.log", b"\n<!DOCTYPE html><html>"), Some(ContentIssue::Page));
        assert_eq!(
            of("model.npz", b"version https://git-lfs.github.com/spec/v1\n"),
            Some(ContentIssue::Pointer)
        );
        assert_eq!(of("model.npz", b""), Some(ContentIssue::Empty));
    }

    #[test]
    fn a_head_alone_tells_pages_and_nothing() {
        let head = |bytes, content_type: &str| Head {
            bytes,
            content_type: Some(content_type.to_owned()),
            ..Head::from(Answer::Found)
        };
        assert_eq!(issue("model.npz", &head(Some(0), "application/octet-stream")), Some(ContentIssue::Empty));
        assert_eq!(
            issue("model.npz", &head(Some(306), "text/html; charset=utf-8")),
            Some(ContentIssue::Page)
        );
        assert_eq!(issue("model.npz", &head(None, "application/zip")), None);
    }
}
