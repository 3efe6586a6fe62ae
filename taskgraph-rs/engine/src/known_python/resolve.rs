//! The file that Python takes for a module, by the rules of its `FileFinder`: in each folder a package comes before a
//! module, a compiled module before its source, and a folder without `__init__` last.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use sha2::{Digest as _, Sha256};

use crate::known_python::comparison::Why;
use crate::known_python::table::Digest;
use crate::tree::Tree;

/// No module that was compared is as large as this.
const LARGEST: u64 = 4 << 20;

/// The names of a folder: whether they are folders, and whether they are links.
#[derive(Default)]
pub(super) struct Listing(BTreeMap<String, Entry>);

#[derive(Clone, Copy)]
struct Entry {
    is_folder: bool,
    is_link: bool,
}

impl Listing {
    fn read(folder: &Path) -> Listing {
        let mut names = BTreeMap::new();
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let Ok(kind) = entry.file_type() else { continue };
            // A link that leads nowhere is not there for Python.
            let is_folder = match kind.is_symlink() {
                false => kind.is_dir(),
                true => match fs::metadata(entry.path()) {
                    Ok(target) => target.is_dir(),
                    Err(_) => continue,
                },
            };
            let name = entry.file_name().to_string_lossy().into_owned();
            names.insert(name, Entry { is_folder, is_link: kind.is_symlink() });
        }
        Listing(names)
    }

    /// The names of folders and modules: what an import may name.
    pub(super) fn modules(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter_map(|(name, entry)| match entry.is_folder {
            true => Some(name.as_str()),
            false => name.split_once('.').map(|(stem, _)| stem),
        })
    }

    pub(super) fn has_folder(&self, name: &str) -> bool {
        self.0.get(name).is_some_and(|entry| entry.is_folder)
    }

    /// The file that is taken for a module called `stem`, unless it is a package.
    pub(super) fn module(&self, stem: &str) -> Option<&str> {
        let from = format!("{stem}.");
        let names = self.0.range(from.clone()..).take_while(|(name, _)| name.starts_with(&from));
        let files: Vec<&str> =
            names.filter(|(_, entry)| !entry.is_folder).map(|(name, _)| name.as_str()).collect();
        let is_compiled = |name: &&&str| name.ends_with(".so") || name.ends_with(".pyd");
        let is = |extension: &str| files.iter().find(|name| name.strip_prefix(&from) == Some(extension));
        files.iter().find(is_compiled).or_else(|| is("py")).or_else(|| is("pyc")).copied()
    }
}

/// The files below the root of a tree, each read once.
pub(super) struct Finder<'a> {
    tree: &'a Tree,
    listings: Mutex<BTreeMap<String, Arc<Listing>>>,
    digests: Mutex<BTreeMap<String, Result<Option<Digest>, Why>>>,
}

impl<'a> Finder<'a> {
    pub(super) fn new(tree: &'a Tree) -> Self {
        Finder { tree, listings: Mutex::default(), digests: Mutex::default() }
    }

    /// Returns the content of a folder, from the root. Empty if there is no such folder.
    pub(super) fn listing(&self, folder: &str) -> Arc<Listing> {
        let mut listings = self.listings.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = listings.get(folder) {
            return known.clone();
        }
        let path = self.tree.disk_path(&self.tree.from_top(folder));
        let listing = Arc::new(path.map(|path| Listing::read(&path)).unwrap_or_default());
        listings.insert(folder.to_owned(), listing.clone());
        listing
    }

    /// The digest of the file of a module, from the root: `a/b.py`, or `a/__init__.py`, for which nothing stands if the
    /// folder has none.
    pub(super) fn digest(&self, file: &str) -> Result<Option<Digest>, Why> {
        let known = || self.digests.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = known().get(file) {
            return known.clone();
        }
        let found = self.find(file);
        known().insert(file.to_owned(), found.clone());
        found
    }

    fn find(&self, file: &str) -> Result<Option<Digest>, Why> {
        let (folder, name) = file.rsplit_once('/').unwrap_or(("", file));
        self.reach(folder)?;
        let (inside, stem) = (self.listing(folder), name.strip_suffix(".py").unwrap_or(name));
        let taken = match (inside.module(stem), stem == "__init__") {
            (Some(taken), true) => Some(beside(folder, taken)),
            (None, true) => {
                let (above, package) = folder.rsplit_once('/').unwrap_or(("", folder));
                self.listing(above).module(package).map(|taken| beside(above, taken))
            }
            (taken, false) => {
                let package = beside(folder, stem);
                let init = inside.has_folder(stem).then(|| self.listing(&package));
                let init = init.as_ref().and_then(|listing| listing.module("__init__"));
                match (init, taken) {
                    (Some(init), _) => Some(beside(&package, init)),
                    (None, Some(taken)) => Some(beside(folder, taken)),
                    (None, None) => return Err(Why::Missing),
                }
            }
        };
        match taken {
            Some(taken) if taken == file => self.hash(file).map(Some),
            Some(taken) => Err(Why::Instead(self.tree.from_top(&taken))),
            None => Ok(None),
        }
    }

    /// Whether there is a way to a folder that does not lead through links.
    fn reach(&self, folder: &str) -> Result<(), Why> {
        let mut above = String::new();
        for part in folder.split('/').filter(|part| !part.is_empty()) {
            match self.listing(&above).0.get(part) {
                Some(Entry { is_folder: true, is_link: false }) => above = beside(&above, part),
                Some(Entry { is_folder: true, is_link: true }) => return Err(Why::Linked),
                _ => return Err(Why::Missing),
            }
        }
        Ok(())
    }

    fn hash(&self, file: &str) -> Result<Digest, Why> {
        let unreadable = |error: anyhow::Error| Why::Unreadable(format!("{error:#}"));
        let path = self.tree.disk_path(&self.tree.from_top(file)).map_err(unreadable)?;
        if fs::metadata(path).is_ok_and(|found| found.is_file() && found.len() > LARGEST) {
            return Err(Why::Changed { known_in: None });
        }
        let source = self.tree.read(file).map_err(unreadable)?;
        let mut digest = Digest::default();
        digest.copy_from_slice(&Sha256::digest(&source.text)[..size_of::<Digest>()]);
        Ok(digest)
    }
}

/// A name in a folder.
fn beside(folder: &str, name: &str) -> String {
    if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") }
}
