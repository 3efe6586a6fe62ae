//! The table of what native parts were compared with. `tests/known/make.py` makes it.

use std::collections::BTreeSet;
use std::sync::Arc;

use anyhow::{Context as _, Result, ensure};
use indexmap::IndexMap;
use serde::Deserialize;

use crate::known_python::comparison::Origin;
use crate::known_python::package::Package;
use crate::known_python::version::Version;

/// The start of the SHA-256 of a file.
pub(super) type Digest = [u8; 8];

/// The text that stands for a missing `__init__.py`: the folder is a package all the same.
const ABSENT: &str = "-";

/// The table of the Python that native parts are known to equal. Copies share it.
#[derive(Clone, Default)]
pub struct Table(Arc<Inner>);

#[derive(Default)]
struct Inner {
    origins: Vec<Origin>,
    packages: [Vec<Version>; Package::ALL.len()],
    imported: Vec<String>,
    texts: Vec<Text>,
    objects: IndexMap<String, Vec<Closure>>,
}

/// The role of a module that is imported for a tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// It extends the schema of the parameters, and says what their defaults are.
    Parameters,
    /// It registers target methods.
    TargetMethods,
    /// It registers verifications.
    Verifications,
    /// It registers worker implementations.
    Payloads,
    /// It registers actions.
    Actions,
}

/// Texts of one file that mean the same: their syntax trees are equal but for docstrings.
pub(super) struct Text {
    /// The file, from the root of a tree.
    pub(super) file: String,
    /// The youngest commit that has one of them.
    pub(super) origin: usize,
    /// Nothing stands for a file that is not there.
    pub(super) digests: Vec<Option<Digest>>,
}

/// The modules beside which a native part was held equal: its own and all that it imports from the tree.
pub(super) struct Closure {
    /// The numbers of the texts.
    pub(super) texts: Vec<usize>,
    /// The youngest commit that has them.
    pub(super) origin: usize,
    /// The versions of each package with which it was held equal, sorted; none if it does not matter.
    pub(super) versions: [Vec<Version>; Package::ALL.len()],
    /// The modules that a register function imports, with their roles.
    pub(super) pieces: Vec<(Role, String)>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    repositories: Vec<String>,
    /// The repository, the hash, the date; the youngest first.
    commits: Vec<(usize, String, String)>,
    packages: IndexMap<String, Vec<String>>,
    imported: Vec<String>,
    texts: Vec<(String, usize, Vec<String>)>,
    objects: IndexMap<String, Vec<FileClosure>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FileClosure {
    texts: Vec<usize>,
    commit: usize,
    versions: IndexMap<String, Vec<String>>,
    #[serde(default)]
    pieces: Vec<(Role, String)>,
}

impl Table {
    /// Reads a table. An error says what is wrong with it.
    pub fn parse(text: &str) -> Result<Table> {
        let file: File = serde_json::from_str(text).context("the table of known modules cannot be read")?;
        let origins: Vec<Origin> = file
            .commits
            .into_iter()
            .map(|(repository, commit, date)| {
                let repository = file.repositories.get(repository).context("a repository is not there")?;
                Ok(Origin { repository: repository.clone(), commit, date })
            })
            .collect::<Result<_>>()?;
        let texts: Vec<Text> = file
            .texts
            .into_iter()
            .map(|(file, origin, digests)| {
                let digests = digests.iter().map(|digest| read_digest(digest)).collect::<Result<_>>()?;
                ensure!(origin < origins.len(), "a commit is not there");
                Ok(Text { file, origin, digests })
            })
            .collect::<Result<_>>()?;
        let closure = |closure: FileClosure| -> Result<Closure> {
            ensure!(closure.commit < origins.len(), "a commit is not there");
            ensure!(closure.texts.iter().all(|text| *text < texts.len()), "a text is not there");
            let versions = versions(&closure.versions)?;
            let FileClosure { texts, commit: origin, pieces, .. } = closure;
            Ok(Closure { texts, origin, versions, pieces })
        };
        let objects = file.objects.into_iter().map(|(object, closures)| {
            Ok((object, closures.into_iter().map(closure).collect::<Result<_>>()?))
        });
        let objects = objects.collect::<Result<_>>()?;
        let packages = versions(&file.packages)?;
        Ok(Table(Arc::new(Inner { origins, packages, imported: file.imported, texts, objects })))
    }

    /// The Python objects that the table names, sorted: transforms as kind.yml has them, register functions, modules that
    /// register something.
    pub fn objects(&self) -> impl Iterator<Item = &str> {
        self.0.objects.keys().map(String::as_str)
    }

    /// Whether the table names an object. If it does not, whoever registered the native part vouches for it.
    pub fn has(&self, object: &str) -> bool {
        self.closures(object).is_some()
    }

    /// The versions of a package whose own objects native parts equal, sorted.
    pub fn versions(&self, package: Package) -> &[Version] {
        &self.0.packages[package as usize]
    }

    /// Returns the modules that a register function imports, in all known versions of it, with their roles; each module
    /// is named like an object. Empty if the table does not know the function.
    /// [`Modules::pieces`](crate::known_python::Modules::pieces) has those of a tree.
    pub fn pieces(&self, register: &str) -> BTreeSet<(Role, String)> {
        let closures = self.closures(register).unwrap_or_default();
        closures.iter().flat_map(|closure| closure.pieces.iter().cloned()).collect()
    }

    /// Returns the number of texts of modules, of sets of them, and of commits that these are from.
    pub fn counts(&self) -> (usize, usize, usize) {
        let digests = self.0.texts.iter().map(|text| text.digests.len()).sum();
        (digests, self.0.objects.values().map(Vec::len).sum(), self.0.origins.len())
    }

    pub(super) fn closures(&self, object: &str) -> Option<&[Closure]> {
        let object = object.strip_suffix(":transforms").unwrap_or(object);
        self.0.objects.get(object).map(|closures| &closures[..])
    }

    pub(super) fn text(&self, index: usize) -> &Text {
        &self.0.texts[index]
    }

    pub(super) fn origin(&self, index: usize) -> &Origin {
        &self.0.origins[index]
    }

    /// The youngest commit that has a file with this digest.
    pub(super) fn origin_of(&self, file: &str, digest: Option<Digest>) -> Option<&Origin> {
        let texts = self.0.texts.iter().filter(|text| text.file == file);
        let known = texts.filter(|text| text.digests.contains(&digest));
        known.map(|text| text.origin).min().map(|origin| self.origin(origin))
    }

    /// The top-level modules that are imported from outside of the tree while a graph is made, sorted.
    pub(super) fn is_imported(&self, module: &str) -> bool {
        self.0.imported.binary_search_by(|known| known.as_str().cmp(module)).is_ok()
    }
}

fn read_digest(text: &str) -> Result<Option<Digest>> {
    if text == ABSENT {
        return Ok(None);
    }
    ensure!(text.len() == 16 && text.is_ascii(), "`{text}` is not a digest");
    let mut digest = Digest::default();
    for (byte, start) in digest.iter_mut().zip((0..).step_by(2)) {
        *byte = u8::from_str_radix(&text[start..start + 2], 16)
            .with_context(|| format!("`{text}` is not a digest"))?;
    }
    Ok(Some(digest))
}

fn versions(written: &IndexMap<String, Vec<String>>) -> Result<[Vec<Version>; Package::ALL.len()]> {
    let mut versions: [Vec<Version>; Package::ALL.len()] = Default::default();
    for (name, texts) in written {
        let package = Package::named(name).with_context(|| format!("`{name}` is not a package"))?;
        for text in texts {
            let version = text.parse().ok().with_context(|| format!("`{text}` is not a version"))?;
            versions[package as usize].push(version);
        }
        versions[package as usize].sort();
    }
    Ok(versions)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::known_python::testing::{TABLE, table};

    #[test]
    fn objects_are_found_with_or_without_their_usual_name() {
        let table = table();
        assert!(table.has("own.transforms.one") && table.has("own.transforms.one:transforms"));
        assert!(table.has("own.transforms.two:special") && !table.has("own.transforms.two"));
        let pieces = table.pieces("own:register");
        assert_eq!(pieces.into_iter().collect::<Vec<_>>(), [(Role::Parameters, "own.parameters".into())]);
        assert!(table.pieces("other:register").is_empty());
        assert_eq!(table.versions(Package::Taskgraph).len(), 2);
        assert!(!Table::default().has("own.transforms.one"));
    }

    #[test]
    fn a_table_that_is_damaged_is_refused() {
        for (from, to) in [
            ("\"texts\": [0, ", "\"texts\": [99, "),
            ("\"commit\": 1", "\"commit\": 9"),
            ("own/__init__.py\", 0", "own/__init__.py\", 7"),
            ("\"15.1.3\"", "\"x\""),
            ("\"taskcluster-taskgraph\"", "\"taskcluster\""),
            ("\"-\"", "\"0\""),
            ("\"imported\"", "\"import\""),
        ] {
            assert!(TABLE.contains(from), "{from}");
            assert!(Table::parse(&TABLE.replacen(from, to, 1)).is_err(), "{from} -> {to}");
        }
    }
}
