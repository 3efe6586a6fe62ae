//! Puts several files into their places: all of them, or none.

use std::fs;
use std::path::{Path, PathBuf};
use taskgraph::error::{OrMachine as _, Result};

/// Record of the changes, to undo them.
#[derive(Default)]
struct CreatedFiles {
    /// New files and folders, in the order of their making.
    made: Vec<PathBuf>,
    /// Files that were there before: where they were, and where they are kept meanwhile.
    kept: Vec<(PathBuf, PathBuf)>,
}

/// Writes files below a folder. If one cannot be written, all is as it was before.
pub(super) fn place(top: &Path, files: &[(String, String)]) -> Result<()> {
    let failed = || format!("`{}` cannot be written", top.display());
    let staged = tempfile::tempdir_in(top).or_machine(failed)?;
    let mut created = CreatedFiles::default();
    let placed = files.iter().enumerate().try_for_each(|(number, (path, text))| {
        let to = top.join(path);
        put(top, &to, text, staged.path(), number, &mut created)
            .or_machine(|| format!("`{}` cannot be written", to.display()))
    });
    if placed.is_err() {
        created.undo();
    }
    placed
}

fn put(
    top: &Path,
    to: &Path,
    text: &str,
    staged: &Path,
    number: usize,
    created: &mut CreatedFiles,
) -> Result<()> {
    let new = staged.join(format!("{number}.new"));
    fs::write(&new, text)?;
    let folders: Vec<&Path> = to.ancestors().skip(1).take_while(|folder| *folder != top).collect();
    for folder in folders.into_iter().rev() {
        if !folder.is_dir() {
            fs::create_dir(folder)?;
            created.made.push(folder.to_owned());
        }
    }
    if to.symlink_metadata().is_ok() {
        let kept = staged.join(format!("{number}.old"));
        fs::rename(to, &kept)?;
        created.kept.push((to.to_owned(), kept));
    }
    fs::rename(&new, to)?;
    created.made.push(to.to_owned());
    Ok(())
}

impl CreatedFiles {
    /// Makes it as it was. What cannot be undone stays: the reported error says where.
    fn undo(self) {
        for path in self.made.iter().rev() {
            let _ = if path.is_dir() { fs::remove_dir(path) } else { fs::remove_file(path) };
        }
        for (was, is) in &self.kept {
            let _ = fs::rename(is, was);
        }
    }
}
