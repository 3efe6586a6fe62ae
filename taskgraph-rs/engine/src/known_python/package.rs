//! Python packages that native parts stand in for.

use serde::{Serialize, Serializer};

/// A Python package that native parts stand in for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Package {
    /// taskcluster-taskgraph
    Taskgraph,
    /// mozilla-taskgraph
    MozillaTaskgraph,
}

impl Package {
    /// All of them.
    pub const ALL: [Package; 2] = [Package::Taskgraph, Package::MozillaTaskgraph];

    /// The name under which it is installed.
    pub fn name(self) -> &'static str {
        match self {
            Package::Taskgraph => "taskcluster-taskgraph",
            Package::MozillaTaskgraph => "mozilla-taskgraph",
        }
    }

    /// The name under which it is imported.
    pub fn module(self) -> &'static str {
        match self {
            Package::Taskgraph => "taskgraph",
            Package::MozillaTaskgraph => "mozilla_taskgraph",
        }
    }

    /// The package of a name, however it is spelled: PEP 503 takes `_`, `.` and `-` for one, and case for none.
    pub fn named(name: &str) -> Option<Package> {
        let parts = name.split(['-', '_', '.']).filter(|part| !part.is_empty());
        let normal = parts.map(str::to_ascii_lowercase).collect::<Vec<_>>().join("-");
        Package::ALL.into_iter().find(|package| package.name() == normal)
    }

    /// The package that a Python object is in: `taskgraph.transforms.task`.
    pub fn of_object(object: &str) -> Option<Package> {
        let module = object.split(['.', ':']).next().unwrap_or_default();
        Package::ALL.into_iter().find(|package| package.module() == module)
    }
}

impl Serialize for Package {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}
