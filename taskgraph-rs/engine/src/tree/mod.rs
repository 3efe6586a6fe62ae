//! The tree: the folder of kind definitions, and the files around it that feed digests.
//!
//! Invariant: nothing outside the tree is read through it.

pub mod fingerprint;
pub mod git;
pub mod revision;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Component, Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use anyhow::{Context as _, Result, anyhow, bail};
use indexmap::IndexMap;
use sha2::{Digest, Sha256};

use crate::diagnostics::{Problem, Problems};
use crate::error::{Error, OrMachine as _};
use fingerprint::Stamp;
use git::{Repository, top_above};
use taskgraph_compat::python;
use taskgraph_compat::source::Source;
use taskgraph_compat::value::Str;
use taskgraph_compat::value::path::KeyPath;

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
        names.retain(|name| self.has(&format!("{}/kind.yml", self.folder_of_kind(name))));
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

    /// The Python modules below the root, sorted: their paths from there. Folders that no import reaches are passed over, and
    /// so is whatever cannot be listed. None of the embedded tree.
    pub fn python_files(&self) -> Vec<String> {
        let Files::Disk { given, .. } = &self.files else { return Vec::new() };
        let mut files = Vec::new();
        python_files(given, "", &mut files);
        files.sort();
        files
    }

    /// The files of the embedded tree in `folder` below the root: their paths from there, and their texts. None of a tree on disk.
    pub fn embedded_files(&self, folder: &str) -> Vec<(&'static str, &'static str)> {
        let Files::Embedded(files) = &self.files else { return Vec::new() };
        let below = |path: &'static str| path.strip_prefix(folder)?.strip_prefix('/');
        files.iter().filter_map(|(path, text)| Some((below(path)?, *text))).collect()
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

    /// Refuses what is no file (to read a pipe could take forever), and what a link leads out of the repository to. What
    /// is not there at all passes: whoever reads it says so.
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

    /// The SHA-256 of the file at `path` below the top, in hex. Each file is hashed once.
    pub fn hash(&self, path: &str) -> Result<Str> {
        self.memo(path, || {
            let on_disk = self.disk_path(path)?;
            self.check_file(&on_disk)?;
            let content = fs::read(on_disk);
            Ok(hex(&Sha256::digest(
                content.with_context(|| format!("`{path}` cannot be read for the digest"))?,
            )))
        })
    }

    /// Returns the result of `make` on files of the tree; computed once for each `name`, as files do not change
    /// meanwhile.
    pub fn memo(&self, name: &str, make: impl FnOnce() -> Result<String>) -> Result<Str> {
        if let Some(known) = self.memos.lock().unwrap_or_else(PoisonError::into_inner).get(name) {
            return Ok(known.clone());
        }
        let made: Str = make()?.into();
        self.memos.lock().unwrap_or_else(PoisonError::into_inner).insert(name.into(), made.clone());
        Ok(made)
    }

    /// A stamp of all that a graph can be made of: files of the tree, files that the repository tracks, and what says
    /// which these are. `own` is a file that is looked after elsewhere, unless a digest is made of it. Nothing if there is
    /// no telling, because the tree is in no repository of its own.
    pub fn stamp(&self, own: &Path) -> Option<Stamp> {
        let Files::Disk { top, given, repository, commit, .. } = &self.files else {
            return Some(Stamp::of([]));
        };
        let git = repository.as_ref().filter(|_| commit.is_none())?.stamped_files()?;
        let mut inside = Vec::new();
        walk(given, "", &mut inside).ok()?;
        let tracked = self.tracked().ok()?.iter().map(|file| top.join(file));
        let own = own.canonicalize().ok()?;
        let is_hashed =
            own.strip_prefix(top).ok().and_then(Path::to_str).is_some_and(|own| {
                self.memos.lock().unwrap_or_else(PoisonError::into_inner).contains_key(own)
            });
        let files = inside.iter().map(|file| given.join(file)).chain(tracked);
        let is_looked_after = |file: &PathBuf| {
            is_hashed
                || !file.ends_with(own.file_name().unwrap_or_default())
                || file.canonicalize().ok().as_ref() != Some(&own)
        };
        Some(Stamp::of(files.filter(is_looked_after).chain(git)))
    }

    /// One digest for all tracked files that match the patterns. Python: `taskgraph.util.hash.hash_paths`.
    pub fn hash_matching(&self, patterns: &[String]) -> Result<String> {
        let tracked = self.tracked()?;
        let mut found = Vec::new();
        for pattern in patterns {
            let before = found.len();
            match pattern.contains('*') {
                // Most patterns are plain paths: no need to try each file against an expression.
                false => {
                    let inside = format!("{}/", pattern.trim_end_matches('/'));
                    found.extend(tracked.iter().filter(|file| *file == pattern || file.starts_with(&inside)));
                }
                true => {
                    let glob = python::glob::Glob::new(pattern)?;
                    for file in tracked {
                        if glob.matches(file)? {
                            found.push(file);
                        }
                    }
                }
            }
            if found.len() == before {
                bail!("no tracked file matches `{pattern}`");
            }
        }
        found.sort();
        found.dedup();
        let mut digest = Sha256::new();
        for file in found {
            digest.update(format!("{} {file}\n", self.hash(file)?));
        }
        Ok(hex(&digest.finalize()))
    }

    /// Lists the files that the repository tracks, so that nobody has to wait for git later.
    pub fn list_tracked(&self) {
        // Without a repository there is no telling how much lies around the tree: that is listed only if it is needed.
        // What goes wrong is reported then, too.
        if self.repository().is_some() {
            let _ = self.tracked();
        }
    }

    /// All files that the repository tracks, from the top; without a repository, all files there are.
    fn tracked(&self) -> Result<&[String]> {
        let listed = self.tracked.get_or_init(|| match &self.files {
            Files::Embedded(_) => Ok(Vec::new()),
            Files::Disk { repository: Some(repository), commit: None, .. } => {
                repository.tracked_files().map_err(|error| format!("{error:#}"))
            }
            Files::Disk { top, .. } => {
                let mut files = Vec::new();
                walk(top, "", &mut files).map_err(|error| format!("{error:#}"))?;
                Ok(files)
            }
        });
        Ok(listed.as_deref().map_err(|error| Error::machine(error.as_str()))?)
    }
}

/// All files below `directory`, with slashes, from there.
pub fn walk(directory: &Path, prefix: &str, files: &mut Vec<String>) -> Result<(), Error> {
    let entries = fs::read_dir(directory).or_machine(|| failed(directory, "cannot be listed"))?;
    for entry in entries {
        let entry = entry.or_machine(|| failed(directory, "cannot be listed"))?;
        let name = entry.file_name();
        let path = format!("{prefix}{}", name.to_string_lossy());
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            walk(&entry.path(), &format!("{path}/"), files)?;
        } else {
            files.push(path);
        }
    }
    Ok(())
}

fn python_files(directory: &Path, prefix: &str, files: &mut Vec<String>) {
    for entry in fs::read_dir(directory).into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let Ok(kind) = entry.file_type() else { continue };
        match kind.is_dir() {
            // `.venv`, `node_modules`: what is installed there is not the tree's.
            true if name.starts_with('.') || name == "node_modules" => {}
            true => python_files(&entry.path(), &format!("{prefix}{name}/"), files),
            false if name.ends_with(".py") => files.push(format!("{prefix}{name}")),
            false => {}
        }
    }
}

/// Bytes in hex.
pub fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    bytes
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .map(|nibble| DIGITS[usize::from(nibble)] as char)
        .collect()
}

/// The SHA-256 of a text, in hex.
pub fn sha256(text: &str) -> String {
    hex(&Sha256::digest(text))
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
