//! The version of Taskgraph whose graph a tree is to get.

use crate::known_python::comparison::{Difference, Why};
use crate::known_python::installed::InstalledVersion;
use crate::known_python::package::Package;
use crate::known_python::pin::{Pin, Pins};
use crate::known_python::rule::Rule;
use crate::known_python::version::Version;

/// The decisive facts about the versions of the packages, for each of [`Package::ALL`].
#[derive(Clone, Debug)]
pub struct Versions([VersionChoice; Package::ALL.len()]);

#[derive(Clone, Debug)]
enum VersionChoice {
    /// It is this one, because of a pin or because it is installed.
    Version(Version, Option<Pin>),
    /// A pin that names no single version, and nothing installed that meets it.
    Pin(Pin),
    /// Nothing says anything.
    Open,
}

impl Versions {
    /// A version that the tree pins decides. Where it takes several, or says nothing, the one that is installed does.
    pub fn of(pins: &Pins, installed: impl Fn(Package) -> InstalledVersion) -> Versions {
        Versions(Package::ALL.map(|package| {
            let pin = pins.decisive(package).cloned();
            if let Some(Pin { rule: Rule::Exactly(version), .. }) = &pin {
                return VersionChoice::Version(version.clone(), pin);
            }
            match (installed(package), pin) {
                (InstalledVersion::Version(version), Some(pin)) if !pin.rule.takes(&version) => {
                    VersionChoice::Pin(pin)
                }
                (InstalledVersion::Version(version), _) => VersionChoice::Version(version, None),
                (_, Some(pin)) => VersionChoice::Pin(pin),
                (_, None) => VersionChoice::Open,
            }
        }))
    }

    /// The same without a look at what is installed.
    pub fn of_pins(pins: &Pins) -> Versions {
        Versions::of(pins, |_| InstalledVersion::Absent)
    }

    fn decided(&self, package: Package) -> &VersionChoice {
        &self.0[package as usize]
    }

    /// The one version of a package, if there is one.
    pub fn version(&self, package: Package) -> Option<&Version> {
        match self.decided(package) {
            VersionChoice::Version(version, _) => Some(version),
            _ => None,
        }
    }

    /// Whether the tree may get this version of a package, by what it asks for.
    pub fn takes(&self, package: Package, version: &Version) -> bool {
        match self.decided(package) {
            VersionChoice::Version(decided, _) => decided == version,
            VersionChoice::Pin(pin) => pin.rule.takes(version),
            VersionChoice::Open => true,
        }
    }

    /// Returns the conflict if native parts equal the versions `held` of a package (sorted) and the tree's is not among
    /// them.
    /// Without a specifier, any version will do.
    pub(super) fn check(&self, package: Package, held: &[Version]) -> Option<Difference> {
        let (pin, found) = match self.decided(package) {
            VersionChoice::Open => return None,
            VersionChoice::Version(version, _) if held.contains(version) => return None,
            VersionChoice::Version(version, pin) => (pin.as_ref(), version.to_string()),
            VersionChoice::Pin(pin) => match &pin.rule {
                Rule::Other => (Some(pin), pin.text.clone()),
                rule if held.iter().any(|version| rule.takes(version)) => return None,
                _ => (Some(pin), pin.text.clone()),
            },
        };
        Some(Difference {
            module: package.module().into(),
            file: pin.map(|pin| pin.file.clone()),
            line: pin.map(|pin| pin.line),
            why: Why::Version { package, found, known: held.to_vec() },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::known_python::testing::Folder;

    /// Returns the conflict of a tree with these requirements and this installation; `None` if its version is held.
    fn wrong(requirements: &str, installed: Option<&str>) -> Option<String> {
        let folder = Folder::new(&[("taskcluster/requirements.txt", requirements)]);
        let versions = Versions::of(&Pins::of(&folder.tree()), |package| match installed {
            Some(version) if package == Package::Taskgraph => {
                InstalledVersion::Version(version.parse().unwrap())
            }
            _ => InstalledVersion::Absent,
        });
        let held = ["15.1.2", "15.1.3"].map(|version| version.parse().unwrap());
        let difference = versions.check(Package::Taskgraph, &held)?;
        let Why::Version { found, .. } = difference.why else { panic!("{difference:?}") };
        Some(match (difference.file, difference.line) {
            (Some(file), Some(line)) => format!("{file}:{line}: {found}"),
            _ => format!("installed: {found}"),
        })
    }

    #[test]
    fn an_exact_pin_decides_whatever_is_installed() {
        assert_eq!(wrong("taskcluster-taskgraph==15.1.3", Some("24.5.1")), None);
        assert_eq!(
            wrong("\ntaskcluster-taskgraph==24.5.1", Some("15.1.3")).unwrap(),
            "taskcluster/requirements.txt:2: 24.5.1"
        );
    }

    #[test]
    fn a_range_leaves_it_to_what_is_installed() {
        let range = "taskcluster-taskgraph>=15.1.2";
        assert_eq!(wrong(range, Some("15.1.3")), None);
        assert_eq!(wrong(range, Some("24.5.1")).unwrap(), "installed: 24.5.1");
        assert_eq!(wrong(range, None), None);
        assert_eq!(wrong("taskcluster-taskgraph>=16", None).unwrap(), "taskcluster/requirements.txt:1: >=16");
        assert_eq!(
            wrong("taskcluster-taskgraph<15", Some("15.1.3")).unwrap(),
            "taskcluster/requirements.txt:1: <15"
        );
    }

    #[test]
    fn a_url_is_no_version_and_nothing_is_any() {
        let url = "taskcluster-taskgraph @ git+https://example.org/taskgraph@main";
        assert!(wrong(url, None).unwrap().ends_with("git+https://example.org/taskgraph@main"));
        assert_eq!(wrong(url, Some("15.1.3")), None);
        assert_eq!(wrong("", None), None);
        assert_eq!(wrong("taskcluster-taskgraph", None), None);
        assert_eq!(wrong("", Some("14.4.1")).unwrap(), "installed: 14.4.1");
    }
}
