//! The folder of artifacts: one folder for each label, with files called as the artifacts are.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use crate::commands::load_task::payload::Artifact;
use crate::container::Container;
use taskgraph::diagnostics::{Problem, Problems};
use taskgraph::error::{Error, OrMachine as _, Result};
use taskgraph::task::id::TaskId;
use taskgraph_taskcluster::Taskcluster;
use tempfile::TempDir;

/// Suffix of the folder of a task whose command has failed, after its label.
const FAILED: &str = ".failed";

/// Artifacts of tasks, on this machine.
pub(super) struct Store {
    root: PathBuf,
    /// Temporary folder for fetched artifacts if the user has named none.
    temporary: Option<TempDir>,
}

impl Store {
    /// The folder that is named, made if need be; else one that is gone in the end.
    pub(super) fn open(folder: Option<&Path>) -> Result<Self> {
        let Some(folder) = folder else {
            let temporary = tempfile::tempdir().or_machine(|| "there is no place for artifacts")?;
            readable(temporary.path())?;
            return Ok(Store { root: temporary.path().to_owned(), temporary: Some(temporary) });
        };
        let failed = || format!("the folder `{}` cannot be made", folder.display());
        fs::create_dir_all(folder).or_machine(failed)?;
        // The engine wants a path from the root.
        let root = folder.canonicalize().or_machine(failed)?;
        Ok(Store { root, temporary: None })
    }

    /// Whether it is gone in the end.
    pub(super) fn is_temporary(&self) -> bool {
        self.temporary.is_some()
    }

    /// The folder of a task.
    pub(super) fn folder(&self, label: &str) -> PathBuf {
        self.root.join(folder_name(label))
    }

    /// Whether an artifact of a task is there. What a link leads to is not an artifact.
    pub(super) fn has(&self, label: &str, artifact: &str) -> bool {
        let folder = self.folder(label);
        link_in(&folder, artifact).is_none() && folder.join(artifact).is_file()
    }

    /// Fetches an artifact of a task from Taskcluster; `false` if it is not there.
    pub(super) fn fetch(
        &self,
        label: &str,
        artifact: &str,
        taskcluster: &Taskcluster,
        id: &TaskId,
    ) -> Result<bool> {
        let folder = self.folder(label);
        refuse_links(&folder, artifact)?;
        let path = folder.join(artifact);
        let failed = || format!("`{}` cannot be written", path.display());
        let parent = path.parent().ok_or_else(|| Error::machine(failed()))?;
        fs::create_dir_all(parent).or_machine(failed)?;
        // Nobody takes half of a file for an artifact.
        let mut beside = tempfile::NamedTempFile::new_in(parent).or_machine(failed)?;
        if !taskcluster.save_artifact(id, artifact, beside.as_file_mut())? {
            return Ok(false);
        }
        readable(beside.path())?;
        beside.persist(&path).or_machine(failed)?;
        Ok(true)
    }

    /// Copies what a task has left out of its container, in the place of what an earlier run has left. Returns the folder, and
    /// what the container does not have.
    pub(super) fn keep<'a>(
        &self,
        label: &str,
        container: &Container<'_>,
        artifacts: &'a [Artifact],
        has_failed: bool,
    ) -> Result<(PathBuf, Vec<&'a Artifact>)> {
        let mut folder = self.folder(label).into_os_string();
        if has_failed {
            folder.push(FAILED);
        }
        let folder = PathBuf::from(folder);
        let failed = || format!("`{}` cannot be written", folder.display());
        let staged = tempfile::tempdir_in(&self.root).or_machine(failed)?;
        readable(staged.path())?;
        let mut missing = Vec::new();
        for artifact in artifacts {
            refuse_links(staged.path(), &artifact.name)?;
            let to = staged.path().join(&artifact.name);
            let made = if artifact.is_folder { Some(&*to) } else { to.parent() };
            fs::create_dir_all(made.ok_or_else(|| Error::machine(failed()))?).or_machine(failed)?;
            let path = match artifact.is_folder {
                // What is in the folder, and not the folder.
                true => format!("{}/.", artifact.path.trim_end_matches('/')),
                false => artifact.path.clone(),
            };
            if !container.copy_out(&path, &to)? {
                missing.push(artifact);
            }
        }
        match fs::remove_dir_all(&folder) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error).or_machine(failed),
            _ => fs::rename(staged.keep(), &folder).or_machine(failed)?,
        }
        Ok((folder, missing))
    }
}

/// The first link on the way from a folder to what is below it: a task that was run may have left one.
fn link_in(folder: &Path, below: &str) -> Option<PathBuf> {
    let mut path = folder.to_owned();
    below.split('/').find_map(|part| {
        path.push(part);
        path.is_symlink().then(|| path.clone())
    })
}

/// Nothing is written where a link leads to.
fn refuse_links(folder: &Path, below: &str) -> Result<()> {
    let Some(link) = link_in(folder, below) else { return Ok(()) };
    let message = format!("`{}` is a link, behind which nothing is written", link.display());
    let help = "a task has left it; remove it, or name another folder with --artifacts";
    Err(Problems::from(Problem::error("link", message).help(help)).into())
}

/// Lets every user of a container read what only its owner could.
fn readable(path: &Path) -> Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    let failed = || format!("`{}` cannot be opened for others", path.display());
    let mode = if path.is_dir() { 0o755 } else { 0o644 };
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).or_machine(failed)
}

/// A new file with a text, that every user may read, and run if it is a program.
pub(super) fn write_readable(path: &Path, text: &str, is_program: bool) -> Result<()> {
    use std::os::unix::fs::OpenOptionsExt as _;
    use std::os::unix::fs::PermissionsExt as _;
    let failed = || format!("`{}` cannot be written", path.display());
    let mode = if is_program { 0o755 } else { 0o644 };
    let mut file: File =
        fs::OpenOptions::new().write(true).create_new(true).mode(mode).open(path).or_machine(failed)?;
    io::Write::write_all(&mut file, text.as_bytes()).or_machine(failed)?;
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).or_machine(failed)
}

/// A label as the name of a folder: characters that it cannot have are written as in a url.
fn folder_name(label: &str) -> String {
    let mut name = String::new();
    for byte in label.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'+' | b'=' | b'@' => {
                name.push(byte.into())
            }
            b'.' if !name.is_empty() => name.push('.'),
            byte => name.push_str(&format!("%{byte:02X}")),
        }
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_link_leads_to_is_no_artifact() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(Some(folder.path())).unwrap();
        let own = store.folder("a");
        fs::create_dir_all(own.join("public")).unwrap();
        fs::write(own.join("public/file"), "").unwrap();
        std::os::unix::fs::symlink("/etc/passwd", own.join("public/link")).unwrap();
        std::os::unix::fs::symlink("/etc", own.join("public/etc")).unwrap();
        let has = ["public/file", "public/link", "public/etc/passwd", "public/none"];
        assert_eq!(has.map(|artifact| store.has("a", artifact)), [true, false, false, false]);
        assert!(refuse_links(&own, "public/etc/new").unwrap_err().to_string().contains("is a link"));
        assert!(refuse_links(&own, "public/new").is_ok());
    }

    #[test]
    fn every_label_has_a_folder_of_its_own() {
        for (label, name) in [
            ("train-teacher-ru-en-1", "train-teacher-ru-en-1"),
            ("extract-best-ru-en-1/2", "extract-best-ru-en-1%2F2"),
            ("..", "%2E."),
            ("a:b%", "a%3Ab%25"),
            ("dataset-opus-v1.2", "dataset-opus-v1.2"),
        ] {
            assert_eq!(folder_name(label), name);
        }
    }
}
