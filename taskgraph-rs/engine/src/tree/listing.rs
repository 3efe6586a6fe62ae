//! Lists of files: those of the tree, and those that its repository tracks.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::PoisonError;

use crate::error::{Error, OrMachine as _, Result};
use crate::tree::fingerprint::Stamp;
use crate::tree::git::{Repository, TrackedFiles};
use crate::tree::{Files, Tree, failed};

impl Tree {
    /// The Python modules below the root, sorted: their paths from there. Folders that no import reaches are passed over, and
    /// so is whatever cannot be listed. None of the embedded tree.
    pub fn python_files(&self) -> Vec<String> {
        let Files::Disk { given, .. } = &self.files else { return Vec::new() };
        let mut files = Vec::new();
        python_files(given, "", &mut files);
        files.sort();
        files
    }

    /// The files of the embedded tree in `folder` below the root: their paths from there, and their texts. None of a tree on disk.
    pub fn embedded_files(&self, folder: &str) -> Vec<(&'static str, &'static str)> {
        let Files::Embedded(files) = &self.files else { return Vec::new() };
        let below = |path: &'static str| path.strip_prefix(folder)?.strip_prefix('/');
        files.iter().filter_map(|(path, text)| Some((below(path)?, *text))).collect()
    }

    /// Runs `work` while git lists the files that the repository tracks, so that nobody has to wait for them later.
    pub fn while_listed<T>(&self, work: impl FnOnce() -> T) -> T {
        // Without a repository there is no telling how much lies around the tree: that is listed only if it is needed.
        // What goes wrong is reported then, too.
        let call = self.git().map(Repository::list_tracked);
        let done = work();
        if let Some(listed) = call.map(waited) {
            self.tracked.get_or_init(|| listed);
        }
        done
    }

    /// The repository, if what it tracks is what a graph is made of.
    fn git(&self) -> Option<&Repository> {
        match &self.files {
            Files::Disk { repository, commit: None, .. } => repository.as_ref(),
            _ => None,
        }
    }

    /// All files that the repository tracks, from the top; without a repository, all files there are.
    pub(super) fn tracked(&self) -> Result<&[String]> {
        let listed = self.tracked.get_or_init(|| match (self.git(), &self.files) {
            (Some(repository), _) => waited(repository.list_tracked()),
            (None, Files::Embedded(_)) => Ok(Vec::new()),
            (None, Files::Disk { top, .. }) => {
                let mut files = Vec::new();
                walk(top, "", &mut files).map_err(|error| format!("{error:#}"))?;
                Ok(files)
            }
        });
        listed.as_deref().map_err(|error| Error::machine(error.as_str()))
    }

    /// A stamp of all that a graph can be made of: files of the tree, files that the repository tracks, and what says
    /// which these are. `own` is a file that is looked after elsewhere, unless a digest is made of it. Nothing if there is
    /// no telling, because the tree is in no repository of its own.
    pub fn stamp(&self, own: &Path) -> Option<Stamp> {
        let Files::Disk { top, given, repository, commit, .. } = &self.files else {
            return Some(Stamp::of([]));
        };
        let git = repository.as_ref().filter(|_| commit.is_none())?.stamped_files()?;
        let mut inside = Vec::new();
        walk(given, "", &mut inside).ok()?;
        let tracked = self.tracked().ok()?.iter().map(|file| top.join(file));
        let own = own.canonicalize().ok()?;
        let is_hashed =
            own.strip_prefix(top).ok().and_then(Path::to_str).is_some_and(|own| {
                self.memos.lock().unwrap_or_else(PoisonError::into_inner).contains_key(own)
            });
        let files = inside.iter().map(|file| given.join(file)).chain(tracked);
        let is_looked_after = |file: &PathBuf| {
            is_hashed
                || !file.ends_with(own.file_name().unwrap_or_default())
                || file.canonicalize().ok().as_ref() != Some(&own)
        };
        Some(Stamp::of(files.filter(is_looked_after).chain(git)))
    }
}

/// The files that a call of git lists, or why it lists none.
fn waited(call: Result<TrackedFiles<'_>>) -> Result<Vec<String>, String> {
    call.and_then(TrackedFiles::wait).map_err(|error| format!("{error:#}"))
}

/// All files below `directory`, with slashes, from there.
pub fn walk(directory: &Path, prefix: &str, files: &mut Vec<String>) -> Result<()> {
    let entries = fs::read_dir(directory).or_machine(|| failed(directory, "cannot be listed"))?;
    for entry in entries {
        let entry = entry.or_machine(|| failed(directory, "cannot be listed"))?;
        let name = entry.file_name();
        let path = format!("{prefix}{}", name.to_string_lossy());
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            walk(&entry.path(), &format!("{path}/"), files)?;
        } else {
            files.push(path);
        }
    }
    Ok(())
}

fn python_files(directory: &Path, prefix: &str, files: &mut Vec<String>) {
    for entry in fs::read_dir(directory).into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let Ok(kind) = entry.file_type() else { continue };
        match kind.is_dir() {
            // `.venv`, `node_modules`: what is installed there is not the tree's.
            true if name.starts_with('.') || name == "node_modules" => {}
            true => python_files(&entry.path(), &format!("{prefix}{name}/"), files),
            false if name.ends_with(".py") => files.push(format!("{prefix}{name}")),
            false => {}
        }
    }
}
