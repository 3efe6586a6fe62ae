//! The version of mozilla-taskgraph whose worker implementations and transforms hold for a tree, and what changed from one
//! to the next.
//!
//! As with [`TaskgraphVersion`], whatever asks for a difference asks here.

use crate::known_python::{Package, Versions};
use crate::taskgraph_version::TaskgraphVersion;

/// The version of mozilla-taskgraph that a tree uses. The order is that of the releases.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct MozillaVersion([u16; 3]);

/// The releases that a range may stand for, the newest first.
const RELEASES: [MozillaVersion; 4] = [
    MozillaVersion([5, 0, 1]),
    MozillaVersion([4, 4, 0]),
    MozillaVersion([4, 1, 2]),
    MozillaVersion([3, 4, 2]),
];

/// The last one that works with a Taskgraph whose schemas are those of voluptuous.
const OF_VOLUPTUOUS: MozillaVersion = MozillaVersion([3, 4, 2]);

impl Default for MozillaVersion {
    /// The version that belongs to the default of [`TaskgraphVersion`].
    fn default() -> Self {
        OF_VOLUPTUOUS
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
        if let Some(version) = versions.version(Package::MozillaTaskgraph) {
            let number = |at: usize| version.release().get(at).copied().unwrap_or_default();
            return MozillaVersion([0, 1, 2].map(|at| u16::try_from(number(at)).unwrap_or(u16::MAX)));
        }
        let is_new = TaskgraphVersion::of(versions).refuses_unknown_keys_of_sections();
        let takes = |release: &MozillaVersion| {
            let version = release.to_string().parse();
            version.is_ok_and(|version| versions.takes(Package::MozillaTaskgraph, &version))
        };
        let mut works = RELEASES.into_iter().filter(|release| (*release > OF_VOLUPTUOUS) == is_new);
        works.find(takes).or_else(|| RELEASES.into_iter().find(takes)).unwrap_or_default()
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
        assert_eq!(of("mozilla-taskgraph>=5"), "5.0.1");
    }

    #[test]
    fn what_changed_holds_from_its_release_on() {
        let [five, four_four, four_one, three] = RELEASES;
        assert!(four_one.has_schemas_of_msgspec() && !three.has_schemas_of_msgspec());
        assert!(four_four.takes_revisions_of_branches() && !four_one.takes_revisions_of_branches());
        assert!(five.names_revision_of_tags() && !four_four.names_revision_of_tags());
        assert!(five.replicates_at_own_level() && !four_four.replicates_at_own_level());
    }
}
