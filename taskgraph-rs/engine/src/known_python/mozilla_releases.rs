//! The releases of mozilla-taskgraph, and the versions of Taskgraph that each requires. `tests/known/mozilla_releases.py`
//! writes the table.

use std::sync::LazyLock;

use crate::known_python::package::Package;
use crate::known_python::releases;
use crate::known_python::rule::Rule;
use crate::known_python::version::{Clause, Version};
use crate::known_python::versions::Versions;

/// A release a line: its version, and its requirement `taskcluster-taskgraph`.
const TABLE: &str = include_str!("mozilla_releases.txt");

/// A release of mozilla-taskgraph.
pub(super) struct MozillaRelease {
    /// Its version.
    pub version: Version,
    /// The version specifier of its requirement, as it was written.
    pub requirement: &'static str,
    clauses: Vec<Clause>,
}

impl MozillaRelease {
    /// Whether it can be installed with one of these versions of Taskgraph.
    pub(super) fn works_with(&self, taskgraph: &Rule) -> bool {
        let meets = |version: &Version| self.clauses.iter().all(|clause| clause.takes(version));
        match taskgraph {
            Rule::Exactly(version) => meets(version),
            Rule::Range(_) => {
                let mut versions = releases::versions().chain([&*FUTURE]);
                versions.any(|version| taskgraph.takes(version) && meets(version))
            }
            Rule::Other => true,
        }
    }
}

/// The releases, the oldest first. The table is read once.
pub(super) static RELEASES: LazyLock<Vec<MozillaRelease>> = LazyLock::new(|| {
    let read = TABLE.lines().filter_map(|line| {
        let (version, requirement) = line.split_once(' ')?;
        Some(MozillaRelease {
            version: version.parse().ok()?,
            requirement,
            clauses: Clause::all(requirement, false)?,
        })
    });
    read.collect()
});

/// Stands for all versions that are younger than those that are known.
static FUTURE: LazyLock<Version> = LazyLock::new(|| "9999".parse().expect("a number is a version"));

/// Returns the newest release that a tree may get: one that works with its Taskgraph, if there is such a release.
pub(crate) fn newest_mozilla_release(versions: &Versions, taskgraph: Version) -> Option<&'static Version> {
    let taskgraph = Rule::Exactly(taskgraph);
    let is_taken = |release: &&MozillaRelease| versions.takes(Package::MozillaTaskgraph, &release.version);
    let mut taken = RELEASES.iter().rev().filter(is_taken).peekable();
    let newest = taken.peek().copied();
    taken.find(|release| release.works_with(&taskgraph)).or(newest).map(|release| &release.version)
}

/// Whether there is a release of this version. Nobody can say of a version that is younger than all that are known.
pub(super) fn is_release(version: &Version) -> Option<bool> {
    let newest = RELEASES.last()?;
    if *version > newest.version {
        return None;
    }
    Some(RELEASES.iter().any(|release| release.version == *version))
}

/// Whether a release that is not known may work, because both are of the future.
pub(super) fn may_work_in_future(mozilla: &Rule, taskgraph: &Rule) -> bool {
    let is_younger = |rule: &Rule, newest: Option<&Version>| match rule {
        Rule::Exactly(version) => newest.is_none_or(|newest| version > newest),
        rule => rule.takes(&FUTURE),
    };
    let newest = RELEASES.last().map(|release| &release.version);
    is_younger(mozilla, newest) && is_younger(taskgraph, releases::versions().last())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_read_and_they_are_sorted() {
        assert_eq!(RELEASES.len(), TABLE.lines().count());
        assert!(RELEASES.windows(2).all(|pair| pair[0].version < pair[1].version));
    }

    #[test]
    fn a_release_works_with_what_it_requires() {
        let rule = |text: &str| Rule::of(Clause::all(text, false));
        let release =
            |text: &str| RELEASES.iter().find(|release| release.version.to_string() == text).unwrap();
        assert!(
            release("3.4.2").works_with(&rule("==15.1.3")) && !release("3.4.2").works_with(&rule("==24.5.1"))
        );
        assert!(release("5.0.1").works_with(&rule(">=15")) && !release("5.0.1").works_with(&rule("<19")));
        assert!(!release("3.4.2").works_with(&rule(">=24")) && release("3.4.2").works_with(&Rule::Other));
    }
}
