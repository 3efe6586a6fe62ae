//! The result of comparing a tree's Python with the table of known Python.

use std::fmt;
use std::sync::Arc;

use serde::Serialize;

use crate::known_python::package::Package;
use crate::known_python::version::Version;
use taskgraph_compat::suggest;

/// Whether a native part may stand in for an object of the tree's Python.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// It equals the object: they were compared.
    Known,
    /// The tree has no such Python: somebody copied kinds without it. Nothing can differ.
    NoPython,
    /// Nobody compared it with what the tree has.
    Unknown(Arc<UnknownObject>),
}

impl Verdict {
    /// The difference, if there is one.
    pub fn unknown(&self) -> Option<&UnknownObject> {
        match self {
            Verdict::Unknown(unknown) => Some(unknown),
            _ => None,
        }
    }
}

/// The difference to every version that a native part is known to equal.
#[derive(Clone, Debug, Serialize)]
pub struct UnknownObject {
    /// The Python object: `translations_taskgraph.transforms.marian_args`.
    pub object: String,
    /// The differences to the nearest known version. Never empty.
    pub differences: Vec<Difference>,
    /// The nearest version that is known; none for a package, which is known by its version, and for an object of which
    /// no version was held equal.
    pub nearest: Option<Origin>,
}

/// A file, or a package, that is not as it is known.
#[derive(Clone, Debug, Serialize)]
pub struct Difference {
    /// The Python module: `translations_taskgraph.util.dict_helpers`.
    pub module: String,
    /// The file, from the top of the repository. None for what is installed.
    pub file: Option<String>,
    /// The line, where one says it.
    pub line: Option<u32>,
    /// The kind of difference.
    pub why: Why,
}

/// The difference of a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Why {
    /// Its text is another one.
    Changed {
        /// The origin of a known text. It was compared there beside other modules than those of this tree.
        known_in: Option<Origin>,
    },
    /// It is not there.
    Missing,
    /// It cannot be read: this is why.
    Unreadable(String),
    /// A folder on the way to it is a symbolic link, so that `..` leads elsewhere.
    Linked,
    /// Python takes another file for the module.
    Instead(String),
    /// It is of another version.
    Version {
        /// The package.
        package: Package,
        /// The version that is asked for or installed.
        found: String,
        /// The versions that native parts equal, sorted.
        known: Vec<Version>,
    },
}

/// A commit of a public repository whose graphs were compared.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Origin {
    /// `mozilla/translations`
    pub repository: String,
    /// The start of its hash.
    pub commit: String,
    /// Its date: `2026-07-22`.
    pub date: String,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at {} ({})", self.repository, self.commit, self.date)
    }
}

/// Returns the difference as a clause without a full stop: `… is not that of mozilla/translations at 4732dc94
/// (2026-07-22)`.
impl fmt::Display for UnknownObject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(first) = self.differences.first() else { return f.write_str(&self.object) };
        let file = first.file.as_deref().unwrap_or(&first.module);
        let of = |f: &mut fmt::Formatter<'_>| match &self.nearest {
            Some(origin) => write!(f, "is not that of {origin}"),
            None => f.write_str("is in no version that was compared"),
        };
        match &first.why {
            Why::Changed { known_in: None } => {
                write!(f, "`{file}` ")?;
                of(f)?;
            }
            Why::Changed { known_in: Some(origin) } => {
                write!(f, "`{file}` ")?;
                of(f)?;
                write!(f, ", but that of {origin}")?;
            }
            Why::Missing => write!(f, "there is no `{file}`")?,
            Why::Unreadable(why) => write!(f, "`{file}` cannot be read: {why}")?,
            Why::Linked => write!(f, "`{file}` lies behind a symbolic link")?,
            Why::Instead(other) => write!(f, "Python takes `{other}` for `{}`", first.module)?,
            Why::Version { package, found, known } => {
                match (&first.file, first.line) {
                    (Some(file), Some(line)) => {
                        write!(f, "`{file}:{line}` asks for {} {found}", package.name())?
                    }
                    _ => write!(f, "{} {found} is installed", package.name())?,
                }
                let known: Vec<String> = known.iter().map(ToString::to_string).collect();
                match known.is_empty() {
                    true => f.write_str(", and no version of it was compared")?,
                    false => write!(
                        f,
                        ", and native parts equal {}",
                        suggest::list(known.iter().map(String::as_str))
                    )?,
                }
            }
        }
        match self.differences.len() {
            1 => Ok(()),
            2 => f.write_str(", and one more file differs"),
            several => write!(f, ", and {} more files differ", several - 1),
        }
    }
}
