//! The tree: the folder of kind definitions, and the files around it that feed digests.
//!
//! Invariant: nothing outside the tree is read through it.

mod digest;
pub mod fingerprint;
pub mod git;
mod listing;
pub mod revision;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Component, Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use anyhow::{Result, anyhow, bail};
use indexmap::IndexMap;

use crate::diagnostics::{Problem, Problems};
use crate::error::{Error, OrMachine as _};
use git::{Repository, top_above};
use taskgraph_compat::source::Source;
use taskgraph_compat::value::Str;
use taskgraph_compat::value::path::KeyPath;

pub use digest::{hex, sha256};
pub use listing::walk;

/// The number of characters that people are shown of a commit's hash.
const SHORT_COMMIT: usize = 12;

/// The folder of kinds, below the root.
const KINDS: &str = "kinds";

/// A folder with `config.yml` and `kinds/`, on disk or inside the program.
pub struct Tree {
    files: Files,
    memos: Mutex<IndexMap<String, Str, foldhash::fast::RandomState>>,
    tracked: OnceLock<Result<Vec<String>, String>>,
    /// Folders that are known to lie inside the repository, whatever links lead to them.
    inside: Mutex<BTreeSet<PathBuf>>,
}

enum Files {
    Disk {
        /// The directory that paths in kinds are relative to: the top of the repository.
        top: PathBuf,
        /// The root as it was given: what people call it in messages.
        given: PathBuf,
        /// The root from the top, with slashes: `taskcluster`. Empty if they are the same.
        root: String,
        repository: Option<Repository>,
        /// The commit that the files are of and what lies around them is not; nothing for files as they lie there.
        commit: Option<String>,
    },
    Embedded(&'static [(&'static str, &'static str)]),
}

impl Tree {
    /// Opens the tree whose `config.yml` lies in `root`. `cwd` decides, as in the reference, which repository
    /// paths are relative to: the one that the current directory is in, if the root is inside it.
    pub fn open(root: &Path, cwd: &Path) -> Result<Self, Error> {
        if !root.join("config.yml").is_file() {
            let message = format!("no tree at `{}`: there is no config.yml in it", root.display());
            let older = root.join("ci");
            let help = match older.join("config.yml").is_file() {
                true => format!(
                    "it is in `{0}`, as Taskgraph had it before: move it to `{1}`, and the kinds to `{1}/kinds`",
                    older.display(),
                    root.display()
                ),
                false => "name the folder that has config.yml and kinds/ with --root".into(),
            };
            return Err(Problems::from(Problem::error("no-tree", message).help(help)).into());
        }
        let full = cwd.join(root).canonicalize().or_machine(|| failed(root, "cannot be opened"))?;
        let parent = full.parent().unwrap_or(&full);
        let around_cwd = cwd.canonicalize().ok().and_then(|cwd| top_above(&cwd));
        let repository = match around_cwd.filter(|top| full.starts_with(top)) {
            Some(top) => Some(top),
            None => top_above(&full).filter(|top| *top == full || *top == parent),
        };
        let top = repository.clone().unwrap_or_else(|| parent.to_owned());
        let root_path = full.strip_prefix(&top).unwrap_or(&full);
        Ok(Tree::new(Files::Disk {
            root: root_path.to_string_lossy().into_owned(),
            given: root.to_owned(),
            repository: repository.map(Repository::at),
            top,
            commit: None,
        }))
    }

    /// The same tree as it was at a commit whose files were written to `top`.
    pub fn at_commit(&self, commit: &str, top: &Path) -> Result<Self, Error> {
        let Files::Disk { root, repository: Some(repository), .. } = &self.files else {
            return Err(Error::refused(format!("`{}` is in no git repository", self.name())));
        };
        let short = commit.get(..SHORT_COMMIT).unwrap_or(commit);
        let given = top.join(root);
        if !given.join("config.yml").is_file() {
            let message = format!("there is no tree at `{root}` in {short}: it has no config.yml");
            return Err(Problems::from(Problem::error("no-tree", message)).into());
        }
        Ok(Tree::new(Files::Disk {
            root: root.clone(),
            given,
            repository: Some(repository.pinned_at(commit)),
            top: top.to_owned(),
            commit: Some(short.to_owned()),
        }))
    }

    /// A tree inside the program: paths from its root, and texts.
    pub fn embedded(files: &'static [(&'static str, &'static str)]) -> Self {
        Tree::new(Files::Embedded(files))
    }

    fn new(files: Files) -> Self {
        Tree { files, memos: Mutex::default(), tracked: OnceLock::new(), inside: Mutex::default() }
    }

    /// The repository that the tree is in.
    pub fn repository(&self) -> Option<&Repository> {
        match &self.files {
            Files::Disk { repository, .. } => repository.as_ref(),
            Files::Embedded(_) => None,
        }
    }

    /// Returns the name of the tree for people: the root as it was given.
    pub fn name(&self) -> String {
        match &self.files {
            Files::Disk { commit: Some(commit), root, .. } => format!("{commit}:{root}"),
            Files::Disk { given, .. } => given.display().to_string(),
            Files::Embedded(_) => "the embedded kinds".into(),
        }
    }

    /// Returns the folder in which Python is to run for this tree, if not the current one, and the name of the root
    /// there; `None` for the embedded tree. The files of a commit become a repository of their own for it.
    pub fn root_for_python(&self) -> Result<Option<(Option<&Path>, PathBuf)>, Error> {
        match &self.files {
            Files::Disk { commit: None, given, .. } => Ok(Some((None, given.clone()))),
            Files::Disk { commit: Some(_), top, root, repository, .. } => {
                let is_new = !top.join(".git").exists();
                if let (Some(repository), true) = (repository, is_new) {
                    repository.write_repository(&repository.head_rev()?, top)?;
                }
                Ok(Some((Some(top), root.into())))
            }
            Files::Embedded(_) => Ok(None),
        }
    }

    /// The top of the repository on disk; nothing for the embedded tree.
    pub fn top_on_disk(&self) -> Option<&Path> {
        match &self.files {
            Files::Disk { top, .. } => Some(top),
            Files::Embedded(_) => None,
        }
    }

    /// Returns the name for people of a file on disk: its path from the top, if it is below that.
    pub fn shown_path(&self, file: &Path) -> String {
        let top = self.top_on_disk();
        let below = top.and_then(|top| file.strip_prefix(top).ok()).unwrap_or(file).display();
        match &self.files {
            Files::Disk { commit: Some(commit), .. } => format!("{commit}:{below}"),
            _ => below.to_string(),
        }
    }

    /// Whether the tree is the one inside the program.
    pub fn is_embedded(&self) -> bool {
        matches!(self.files, Files::Embedded(_))
    }

    /// A path below the root as a path from the top: `kinds/all` becomes `taskcluster/kinds/all`.
    pub fn from_top(&self, path: &str) -> String {
        match &self.files {
            Files::Disk { root, .. } if !root.is_empty() => format!("{root}/{path}"),
            _ => path.to_owned(),
        }
    }

    /// The names of all kinds, sorted.
    pub fn kind_names(&self) -> Result<Vec<String>, Error> {
        let mut names = self.kind_folders()?;
        // What is not a file is refused when it is read.
        names.retain(|name| self.exists(&format!("{}/kind.yml", self.folder_of_kind(name))));
        names.sort();
        Ok(names)
    }

    /// Whether kinds lie beside `config.yml`, as Taskgraph before 7 has them, and not in a folder `kinds`.
    pub fn has_kinds_beside_config(&self) -> bool {
        match &self.files {
            Files::Embedded(_) => false,
            Files::Disk { given, .. } => !given.join(KINDS).is_dir(),
        }
    }

    /// Returns the problem of a tree without a folder `kinds`, for Taskgraph 7 and newer.
    pub fn without_kinds(&self) -> Option<Problem> {
        match &self.files {
            Files::Disk { given, .. } if self.has_kinds_beside_config() => Some(without_kinds(given)),
            _ => None,
        }
    }

    /// The folder of a kind, below the root.
    pub fn folder_of_kind(&self, name: &str) -> String {
        match self.has_kinds_beside_config() {
            true => name.to_owned(),
            false => format!("{KINDS}/{name}"),
        }
    }

    /// The names of the folders that kinds are in, in the order in which the file system has them.
    pub fn kind_folders(&self) -> Result<Vec<String>, Error> {
        let mut names = Vec::new();
        match &self.files {
            Files::Embedded(files) => {
                names.extend(files.iter().filter_map(|(path, _)| kind_of(path)).map(str::to_owned));
            }
            Files::Disk { given, .. } => {
                let kinds = given.join(KINDS);
                let is_beside = self.has_kinds_beside_config();
                let listed = if is_beside { given } else { &kinds };
                let entries = fs::read_dir(listed).or_machine(|| failed(listed, "cannot be listed"))?;
                for entry in entries {
                    let entry = entry.or_machine(|| failed(listed, "cannot be listed"))?;
                    names.push(entry.file_name().to_string_lossy().into_owned());
                }
                if is_beside && !names.iter().any(|name| self.has(&format!("{name}/kind.yml"))) {
                    return Err(Problems::from(without_kinds(given)).into());
                }
            }
        }
        Ok(names)
    }

    /// Whether there is anything at `path` below the root.
    fn exists(&self, path: &str) -> bool {
        match &self.files {
            Files::Embedded(_) => self.has(path),
            Files::Disk { given, .. } => given.join(path).exists(),
        }
    }

    /// Whether there is a file at `path` below the root.
    pub fn has(&self, path: &str) -> bool {
        match &self.files {
            Files::Embedded(files) => files.iter().any(|(name, _)| *name == path),
            Files::Disk { given, .. } => given.join(path).is_file(),
        }
    }

    /// The text of the file at `path` below the root.
    pub fn read(&self, path: &str) -> Result<Arc<Source>> {
        if !stays_inside(path) {
            bail!("`{path}` leaves the tree");
        }
        match &self.files {
            Files::Embedded(files) => match files.iter().find(|(name, _)| *name == path) {
                Some((name, text)) => {
                    Ok(Arc::new(Source { name: format!("<embedded>/{name}"), text: (*text).into() }))
                }
                None => bail!("there is no `{path}` among the embedded kinds"),
            },
            Files::Disk { commit, given, .. } => {
                let on_disk = given.join(path);
                self.check_file(&on_disk)?;
                let name = match commit {
                    Some(commit) => format!("{commit}:{}", self.from_top(path)),
                    None => on_disk.display().to_string(),
                };
                let bytes = fs::read(on_disk).or_machine(|| format!("cannot read `{name}`"))?;
                Ok(Source::decode(name, bytes)?)
            }
        }
    }

    /// Returns the path on disk of the file at `path` below the top; an error for the embedded tree.
    pub fn disk_path(&self, path: &str) -> Result<PathBuf> {
        if !stays_inside(path) {
            bail!("`{path}` leaves the tree");
        }
        match &self.files {
            Files::Disk { top, .. } => Ok(top.join(path)),
            Files::Embedded(_) => bail!("the embedded kinds come without files such as `{path}`"),
        }
    }

    /// Refuses what is not a file (to read a pipe could take forever), and links that lead out of the repository. What is
    /// not there at all passes: whoever reads it says so.
    pub fn check_file(&self, path: &Path) -> Result<()> {
        let Files::Disk { top, .. } = &self.files else { return Ok(()) };
        let Ok(found) = fs::symlink_metadata(path) else { return Ok(()) };
        let outside = || anyhow!("`{}` leads out of the repository by a link", path.display());
        let is_file = if found.is_symlink() {
            let Ok(target) = path.canonicalize() else { return Ok(()) };
            if !target.starts_with(top) {
                return Err(outside());
            }
            target.is_file()
        } else {
            found.is_file()
        };
        if !is_file {
            bail!("`{}` is not a file", path.display());
        }
        let folder = path.parent().unwrap_or(path);
        let known = || self.inside.lock().unwrap_or_else(PoisonError::into_inner);
        if !known().contains(folder) {
            if !folder.canonicalize().is_ok_and(|folder| folder.starts_with(top)) {
                return Err(outside());
            }
            known().insert(folder.to_owned());
        }
        Ok(())
    }
}

fn kind_of(path: &str) -> Option<&str> {
    path.strip_prefix("kinds/")?.strip_suffix("/kind.yml").filter(|name| !name.contains('/'))
}

fn stays_inside(path: &str) -> bool {
    !path.contains('\0')
        && Path::new(path).components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir))
}

fn failed(path: &Path, what: &str) -> String {
    format!("`{}` {what}", path.display())
}

/// A tree without the folder that kinds are in: older ones have them beside config.yml.
fn without_kinds(root: &Path) -> Problem {
    let name = root.display();
    let beside = fs::read_dir(root).into_iter().flatten().flatten();
    let kinds = beside.filter(|entry| entry.path().join("kind.yml").is_file()).count();
    let problem = Problem::error("no-kinds", format!("`{name}` has no folder `kinds`"));
    match kinds {
        0 => problem.help("each kind is a file kinds/NAME/kind.yml"),
        _ => {
            let label = format!(
                "{kinds} of its folders have a kind.yml: Taskgraph had them beside config.yml before"
            );
            problem
                .at(KeyPath::default(), label)
                .help(format!("move each of them: `git mv {name}/NAME {name}/kinds/NAME`"))
        }
    }
}
