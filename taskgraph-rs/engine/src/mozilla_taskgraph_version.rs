//! The version of mozilla-taskgraph whose worker implementations and transforms hold for a tree, and what changed from one
//! to the next.
//!
//! As with [`TaskgraphVersion`], whatever asks for a difference asks here.

use crate::known_python::{Package, Version, Versions, newest_mozilla_release};
use crate::taskgraph_version::TaskgraphVersion;

/// The version of mozilla-taskgraph that a tree uses. The order is that of the releases.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct MozillaVersion([u16; 3]);

impl Default for MozillaVersion {
    /// The version that belongs to the default of [`TaskgraphVersion`].
    fn default() -> Self {
        MozillaVersion([3, 4, 2])
    }
}

impl From<&Version> for MozillaVersion {
    /// The release of a version; what stands before or after a release counts as that release.
    fn from(version: &Version) -> Self {
        MozillaVersion(version.numbers())
    }
}

impl std::fmt::Display for MozillaVersion {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let [major, minor, patch] = self.0;
        write!(f, "{major}.{minor}.{patch}")
    }
}

impl MozillaVersion {
    /// The one that a tree pins or that is installed for it. Where only a range is known, or nothing, the newest release that
    /// the range takes and that works with the Taskgraph of the tree.
    pub fn of(versions: &Versions) -> Self {
        let pinned = versions.version(Package::MozillaTaskgraph);
        let taskgraph = || TaskgraphVersion::of(versions).to_string().parse().ok();
        let version = pinned.or_else(|| newest_mozilla_release(versions, taskgraph()?));
        version.map(Self::from).unwrap_or_default()
    }

    /// That release.
    pub const fn new(major: u16, minor: u16, patch: u16) -> Self {
        MozillaVersion([major, minor, patch])
    }

    fn since(self, major: u16, minor: u16) -> bool {
        self >= MozillaVersion([major, minor, 0])
    }

    /// Whether its schemas are those of msgspec: null stands for an optional key that is not there, most unknown keys do
    /// nothing, and an action of landoscript may be several. 4.1.
    pub fn has_schemas_of_msgspec(self) -> bool {
        self.since(4, 1)
    }

    /// Whether actions of landoscript that merge take the revisions of the branches. 4.2.
    pub fn takes_revisions_of_branches(self) -> bool {
        self.since(4, 2)
    }

    /// Whether config.yml may say which branches make releases. 4.2.
    pub fn has_release_branches(self) -> bool {
        self.since(4, 2)
    }

    /// Whether `replicate` gives copies workers of the level of the tree. 5.0.1.
    pub fn replicates_at_own_level(self) -> bool {
        self >= MozillaVersion([5, 0, 1])
    }

    /// Whether a tag of landoscript names its revision, and not every tag a repository of Mercurial. 5.0.
    pub fn names_revision_of_tags(self) -> bool {
        self.since(5, 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::known_python::Pins;
    use crate::known_python::testing::Folder;

    fn of(requirements: &str) -> String {
        let folder = Folder::new(&[("taskcluster/requirements.txt", requirements)]);
        MozillaVersion::of(&Versions::of_pins(&Pins::of(&folder.tree()))).to_string()
    }

    #[test]
    fn a_pin_decides_and_else_what_works_with_taskgraph() {
        assert_eq!(of("mozilla-taskgraph==4.2.0"), "4.2.0");
        assert_eq!(of(""), "3.4.2");
        assert_eq!(of("taskcluster-taskgraph==15.1.3\nmozilla-taskgraph>=3"), "3.4.2");
        assert_eq!(of("taskcluster-taskgraph==24.5.1"), "5.0.1");
        assert_eq!(of("taskcluster-taskgraph==24.5.1\nmozilla-taskgraph<5"), "4.4.0");
        assert_eq!(of("taskcluster-taskgraph==24.5.1\nmozilla-taskgraph<4.4"), "4.3.0");
        assert_eq!(of("taskcluster-taskgraph==23.0.0\nmozilla-taskgraph<4.2"), "4.1.3");
        assert_eq!(of("taskcluster-taskgraph==18.0.3"), "4.0.1");
        assert_eq!(of("mozilla-taskgraph>=5"), "5.0.1");
    }

    #[test]
    fn what_changed_holds_from_its_release_on() {
        let [five, four_four, four_one, three] =
            [[5, 0, 1], [4, 4, 0], [4, 1, 2], [3, 4, 2]].map(MozillaVersion);
        assert!(four_one.has_schemas_of_msgspec() && !three.has_schemas_of_msgspec());
        assert!(four_four.takes_revisions_of_branches() && !four_one.takes_revisions_of_branches());
        assert!(five.names_revision_of_tags() && !four_four.names_revision_of_tags());
        assert!(five.replicates_at_own_level() && !four_four.replicates_at_own_level());
    }
}
