//! Folders of remote files: how many exist, their size, and their expiry.

use serde::Serialize;

use crate::remote_files::answers::RemoteAnswers;
use crate::remote_files::file::RemoteFile;
use crate::remote_files::location::Store;
use taskgraph::known_urls::Answer;
use taskgraph::parameters::Params;
use taskgraph::task::Label;
use taskgraph_compat::redact::redact;

/// A folder, or a file that is handed in by itself.
#[derive(Debug, Serialize)]
pub struct Folder {
    /// The key that names it, as it is in the file.
    pub path: String,
    /// The task that mounts it.
    pub task: Option<Label>,
    /// Its url.
    pub url: String,
    /// Store that holds it.
    #[serde(flatten)]
    pub store: Store,
    /// Number of files that the run fetches.
    pub wanted: usize,
    /// Number of them that exist.
    pub found: usize,
    /// The names of those that are not.
    pub missing: Vec<String>,
    /// Total size of those with a known size, in bytes.
    pub bytes: u64,
    /// The urls of those that are there, and their sizes: one file may be in several folders.
    #[serde(skip)]
    pub files: Vec<(String, u64)>,
    /// Earliest expiry of them; `None` if unknown.
    pub expires: Option<String>,
}

/// The folders of files, in the order of the files.
pub fn folders(remotes: &[RemoteFile], answers: &RemoteAnswers, params: &Params) -> Vec<Folder> {
    let mut folders: Vec<Folder> = Vec::new();
    for remote in remotes {
        let url = redact(if remote.task.is_some() { remote.folder() } else { &remote.url });
        let is_same = |folder: &Folder| folder.url == url && folder.task == remote.task;
        let at = folders.iter().position(is_same).unwrap_or_else(|| {
            folders.push(Folder {
                path: params.path_in_file(&remote.path).to_string(),
                task: remote.task.clone(),
                url,
                store: Store::of(&remote.url),
                wanted: 0,
                found: 0,
                missing: Vec::new(),
                bytes: 0,
                files: Vec::new(),
                expires: None,
            });
            folders.len() - 1
        });
        let folder = &mut folders[at];
        folder.wanted += 1;
        let head = answers.heads.get(&remote.url);
        let bytes = head.and_then(|head| head.bytes).unwrap_or_default();
        match head.map(|head| &head.answer) {
            Some(Answer::Found) => {
                folder.found += 1;
                folder.files.push((remote.url.clone(), bytes));
            }
            _ => folder.missing.push(remote.file.clone()),
        }
        folder.bytes = folder.bytes.saturating_add(bytes);
        // Times as Taskcluster writes them sort as texts.
        let expires = answers.expires(&remote.url).map(str::to_owned);
        folder.expires = match (folder.expires.take(), expires) {
            (Some(one), Some(other)) => Some(one.min(other)),
            (one, other) => one.or(other),
        };
    }
    folders
}
