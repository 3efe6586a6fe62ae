//! The releases of Taskgraph, and the scripts that each brings for its tasks. `tests/known/releases.py` writes the table.

use std::path::Path;

use sha2::{Digest as _, Sha256};

use crate::known_python::version::Version;
use crate::tree::hex;

/// A release a line: its version, and the starts of the SHA-256 of run-task and of fetch-content.
const TABLE: &str = include_str!("releases.txt");

/// The releases, the oldest first.
fn releases() -> impl Iterator<Item = (Version, &'static str)> {
    TABLE.lines().filter_map(|line| {
        let mut words = line.split(' ');
        Some((words.next()?.parse().ok()?, words.next()?))
    })
}

/// Whether there is a release of this version. Nobody can say of a version that is younger than all that are known.
pub(super) fn is_release(version: &Version) -> Option<bool> {
    let (newest, _) = releases().last()?;
    if *version > newest {
        return None;
    }
    Some(releases().any(|(release, _)| release == *version))
}

/// The releases whose run-task this file is; none if it cannot be read, or is that of no release.
pub(super) fn of_run_task(script: &Path) -> Vec<Version> {
    let Ok(content) = std::fs::read(script) else { return Vec::new() };
    let digest = hex(&Sha256::digest(&content));
    releases().filter(|(_, start)| digest.starts_with(start)).map(|(release, _)| release).collect()
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
        let all: Vec<Version> = releases().map(|(release, _)| release).collect();
        assert_eq!(all.len(), TABLE.lines().count());
        assert!(all.windows(2).all(|pair| pair[0] < pair[1]), "sorted, and none twice");
    }

    #[test]
    fn a_script_that_no_release_has_is_of_none() {
        let file = tempfile::NamedTempFile::new().unwrap();
        assert!(of_run_task(file.path()).is_empty());
        assert!(of_run_task(Path::new("/nowhere/run-task")).is_empty());
    }
}
