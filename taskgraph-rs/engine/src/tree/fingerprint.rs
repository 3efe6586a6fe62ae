//! Fingerprints of files: times and sizes, which show whether the files changed.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// The fingerprint of files: it changes when somebody saves, adds or removes one of them.
#[derive(Debug, PartialEq, Eq)]
pub struct Stamp(Vec<(PathBuf, Option<(SystemTime, u64)>)>);

impl Stamp {
    /// The stamp of files as they lie there now. One that is not there has a stamp, too.
    pub fn of(files: impl IntoIterator<Item = PathBuf>) -> Self {
        let stamped = |file: PathBuf| {
            let stamp = time_and_size(&file);
            (file, stamp)
        };
        let mut stamps: Vec<_> = files.into_iter().map(stamped).collect();
        stamps.sort();
        stamps.dedup();
        Stamp(stamps)
    }
}

fn time_and_size(file: &Path) -> Option<(SystemTime, u64)> {
    let found = fs::metadata(file).ok()?;
    Some((found.modified().ok()?, found.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_that_are_written_added_or_removed_have_another_stamp() {
        let folder = tempfile::tempdir().unwrap();
        let [a, b] = ["a", "b"].map(|name| folder.path().join(name));
        let stamp = || Stamp::of([b.clone(), a.clone()]);
        fs::write(&a, "one").unwrap();
        let first = stamp();
        assert_eq!(stamp(), first);
        assert_eq!(Stamp::of([a.clone(), b.clone(), a.clone()]), first);
        fs::write(&a, "another").unwrap();
        let second = stamp();
        assert_ne!(second, first);
        fs::write(&b, "").unwrap();
        assert_ne!(stamp(), second);
        fs::remove_file(&b).unwrap();
        assert_eq!(stamp(), second);
    }
}
