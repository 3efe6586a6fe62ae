//! The releases of Taskgraph, and the scripts that each brings for its tasks. `tests/known/releases.py` writes the table.

use std::sync::LazyLock;

use crate::known_python::version::Version;
use crate::settings::RunTask;

/// A release a line: its version, and the starts of the SHA-256 of run-task and of fetch-content.
const TABLE: &str = include_str!("releases.txt");

/// The releases with the starts of the digests of run-task, the oldest first. The table is read once.
static RELEASES: LazyLock<Vec<(Version, &'static str)>> = LazyLock::new(|| {
    let read = TABLE.lines().filter_map(|line| {
        let mut words = line.split(' ');
        Some((words.next()?.parse().ok()?, words.next()?))
    });
    read.collect()
});

/// Their versions.
pub(super) fn versions() -> impl DoubleEndedIterator<Item = &'static Version> {
    RELEASES.iter().map(|(version, _)| version)
}

/// Whether there is a release of this version. Nobody can say of a version that is younger than all that are known.
pub(super) fn is_release(version: &Version) -> Option<bool> {
    let (newest, _) = RELEASES.last()?;
    if version > newest {
        return None;
    }
    Some(RELEASES.iter().any(|(release, _)| release == version))
}

/// The releases that this run-task is of; none if it cannot be read, or is that of no release.
pub(super) fn of_run_task(run_task: &RunTask) -> Vec<Version> {
    let Ok(digest) = run_task.digest() else { return Vec::new() };
    let those = RELEASES.iter().filter(|(_, start)| digest.starts_with(start));
    those.map(|(release, _)| release.clone()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(text: &str) -> Version {
        text.parse().unwrap()
    }

    #[test]
    fn releases_are_known_up_to_the_newest() {
        assert_eq!(is_release(&version("15.1.3")), Some(true));
        assert_eq!(is_release(&version("15.1.9")), Some(false));
        assert_eq!(is_release(&version("99.0.0")), None);
        assert_eq!(RELEASES.len(), TABLE.lines().count());
        assert!(RELEASES.windows(2).all(|pair| pair[0].0 < pair[1].0), "sorted, and none twice");
    }

    #[test]
    fn a_script_that_no_release_has_is_of_none() {
        let folder = tempfile::tempdir().unwrap();
        let run_task = || RunTask::in_directory(folder.path());
        assert!(of_run_task(&run_task()).is_empty());
        std::fs::write(folder.path().join("run-task"), "x").unwrap();
        assert!(of_run_task(&run_task()).is_empty());
    }
}
