//! The artifact folder of a decision: locked by one decision at a time, and written completely or not at all.

use std::fs::{self, File, TryLockError};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use taskgraph::error::{Error, OrMachine as _, Result};

/// Prefix of folders that hold unfinished files.
const UNFINISHED: &str = ".unfinished-";

/// A folder that this process alone writes to.
#[derive(Debug)]
pub struct Folder {
    path: PathBuf,
    is_new: bool,
    /// The lock ends with the process at the latest.
    lock: File,
}

/// Files that are written, but not yet in their places.
pub struct StagedFiles<'f> {
    folder: &'f Folder,
    beside: PathBuf,
    names: Vec<String>,
}

impl Folder {
    /// Opens a folder, or makes it. Refuses it while another process has it.
    pub fn open(path: &Path) -> Result<Self> {
        let is_new = !path.exists();
        if is_new {
            fs::create_dir_all(path).or_machine(|| failed(path, "cannot be made"))?;
        }
        let lock = File::open(path).or_machine(|| failed(path, "cannot be opened"))?;
        if let Err(TryLockError::WouldBlock) = lock.try_lock() {
            let why = "two decisions in one folder would mix what they write";
            return Err(Error::machine(why).context(failed(path, "is written to by another decision")));
        }
        let folder = Folder { path: path.to_owned(), is_new, lock };
        folder.clear()?;
        Ok(folder)
    }

    /// Removes the files of a decision that was killed.
    fn clear(&self) -> Result<()> {
        let entries = fs::read_dir(&self.path).or_machine(|| failed(&self.path, "cannot be listed"))?;
        for entry in entries.flatten() {
            if entry.file_name().to_string_lossy().starts_with(UNFINISHED) {
                fs::remove_dir_all(entry.path()).or_machine(|| failed(&entry.path(), "cannot be removed"))?;
            }
        }
        Ok(())
    }

    /// Somewhere to write files that are not finished. The same file system, so that they can be renamed.
    pub fn stage(&self) -> Result<StagedFiles<'_>> {
        let beside = self.path.join(format!("{UNFINISHED}{}", std::process::id()));
        fs::create_dir(&beside).or_machine(|| failed(&self.path, "cannot be written to"))?;
        Ok(StagedFiles { folder: self, beside, names: Vec::new() })
    }
}

/// A folder that was made in vain goes again.
impl Drop for Folder {
    fn drop(&mut self) {
        if self.is_new {
            // Only an empty folder can be removed this way.
            let _ = fs::remove_dir(&self.path);
        }
        // A process that is being started has the file, too, for a moment: the lock must not wait for it to be closed.
        let _ = self.lock.unlock();
    }
}

impl StagedFiles<'_> {
    /// Writes a file.
    pub fn add(&mut self, name: &str, fill: impl FnOnce(&mut dyn Write) -> Result<()>) -> Result<()> {
        let place = self.folder.path.join(name);
        let unwritable = || failed(&place, "cannot be written");
        if place.is_dir() {
            return Err(Error::machine("there is a folder of this name").context(unwritable()));
        }
        let mut out =
            BufWriter::with_capacity(1 << 16, File::create(self.beside.join(name)).or_machine(unwritable)?);
        fill(&mut out).or_machine(unwritable)?;
        out.flush().or_machine(unwritable)?;
        self.names.push(name.to_owned());
        Ok(())
    }

    /// Copies a file with its mode.
    pub fn copy(&mut self, name: &str, from: &Path) -> Result<()> {
        let to = self.beside.join(name);
        make_parent(&to)?;
        fs::copy(from, to).or_machine(|| format!("`{}` cannot be copied", from.display()))?;
        self.names.push(name.to_owned());
        Ok(())
    }

    /// Puts all files in their places.
    pub fn place(mut self) -> Result<()> {
        let mut names = std::mem::take(&mut self.names);
        // What was written twice is there once.
        names.sort();
        names.dedup();
        for name in names {
            let place = self.folder.path.join(&name);
            make_parent(&place)?;
            fs::rename(self.beside.join(&name), &place).or_machine(|| failed(&place, "cannot be written"))?;
        }
        Ok(())
    }
}

fn make_parent(path: &Path) -> Result<()> {
    let parent = path.parent().unwrap_or(path);
    fs::create_dir_all(parent).or_machine(|| failed(parent, "cannot be made"))
}

/// Removes files that were not moved to their final place.
impl Drop for StagedFiles<'_> {
    fn drop(&mut self) {
        // If it cannot be removed, the next decision tries again.
        let _ = fs::remove_dir_all(&self.beside);
    }
}

fn failed(path: &Path, what: &str) -> String {
    format!("`{}` {what}", path.display())
}
