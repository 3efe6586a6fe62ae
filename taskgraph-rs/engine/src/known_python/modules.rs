//! Compares the Python of a tree with what is known.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use crate::known_python::comparison::{Difference, UnknownObject, Verdict, Why};
use crate::known_python::package::Package;
use crate::known_python::resolve::Finder;
use crate::known_python::table::{Closure, Role, Table};
use crate::known_python::versions::Versions;
use crate::tree::Tree;

/// The Python modules of a tree. Each file is read once, and only if a verdict needs it.
pub struct Modules<'a> {
    tree: &'a Tree,
    table: &'a Table,
    versions: &'a Versions,
    finder: Finder<'a>,
    verdicts: Mutex<BTreeMap<String, Verdict>>,
    shadowed: OnceLock<Option<Difference>>,
}

impl<'a> Modules<'a> {
    /// The modules below the root of a tree that is to get the graph of certain versions.
    pub fn new(tree: &'a Tree, table: &'a Table, versions: &'a Versions) -> Self {
        Modules {
            tree,
            table,
            versions,
            finder: Finder::new(tree),
            verdicts: Mutex::default(),
            shadowed: OnceLock::new(),
        }
    }

    /// Whether the native part for a Python object may stand in for the one that the tree has. `object` is what stands in
    /// the tree's files: a transform, a loader, a register function; or a module that such a function imports
    /// ([`Table::pieces`]).
    pub fn verdict(&self, object: &str) -> Verdict {
        let object = object.strip_suffix(":transforms").unwrap_or(object);
        let known = || self.verdicts.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(verdict) = known().get(object) {
            return verdict.clone();
        }
        let verdict = self.compare(object);
        known().insert(object.to_owned(), verdict.clone());
        verdict
    }

    /// Returns the modules that a register function of the tree imports, with their roles, if the function is known;
    /// each module has a verdict of its own. A known function says no more than that these are all that it imports.
    pub fn pieces(&self, register: &str) -> Vec<(Role, String)> {
        let closures = self.table.closures(register).unwrap_or_default();
        let known = closures.iter().find(|closure| self.differences(closure).is_empty());
        match known {
            Some(closure) => closure.pieces.clone(),
            // Nothing can be said of this tree; all that any has is asked for then.
            None => self.table.pieces(register).into_iter().collect(),
        }
    }

    fn compare(&self, object: &str) -> Verdict {
        // What is inside the program was written for it.
        if self.tree.is_embedded() {
            return Verdict::Known;
        }
        let unknown = |differences, nearest| {
            Verdict::Unknown(Arc::new(UnknownObject { object: object.to_owned(), differences, nearest }))
        };
        if let Some(package) = Package::of_object(object) {
            let held = self.table.versions(package);
            let version = || self.versions.check(package, held).filter(|_| !held.is_empty());
            return match self.shadowed().or_else(version) {
                None => Verdict::Known,
                Some(difference) => unknown(vec![difference], None),
            };
        }
        let Some(closures) = self.table.closures(object) else { return Verdict::Known };
        let module = object.split(':').next().unwrap_or(object);
        let package = module.split('.').next().unwrap_or(module);
        let root = self.finder.listing("");
        if !root.has_folder(package) && root.module(package).is_none() {
            return Verdict::NoPython;
        }
        if let Some(difference) = self.shadowed() {
            return unknown(vec![difference], None);
        }
        // The first of those that differ least: the youngest stand first.
        let mut nearest: Option<(Vec<Difference>, &Closure)> = None;
        for closure in closures {
            let differences = self.differences(closure);
            if differences.is_empty() {
                return Verdict::Known;
            }
            if nearest.as_ref().is_none_or(|(fewest, _)| differences.len() < fewest.len()) {
                nearest = Some((differences, closure));
            }
        }
        match nearest {
            Some((differences, closure)) => {
                unknown(differences, Some(self.table.origin(closure.origin).clone()))
            }
            None => {
                let file = format!("{}.py", module.replace('.', "/"));
                let (module, file) = (module.to_owned(), Some(self.tree.from_top(&file)));
                let why = Why::Changed { known_in: None };
                unknown(vec![Difference { module, file, line: None, why }], None)
            }
        }
    }

    /// Returns the differences to the Python that a native part was held equal to.
    fn differences(&self, closure: &Closure) -> Vec<Difference> {
        let mut differences = Vec::new();
        for index in &closure.texts {
            let text = self.table.text(*index);
            let why = match self.finder.digest(&text.file) {
                Ok(digest) if text.digests.contains(&digest) => continue,
                Ok(None) => Why::Missing,
                Ok(digest) => Why::Changed { known_in: self.table.origin_of(&text.file, digest).cloned() },
                Err(why) => why,
            };
            let module = text.file.strip_suffix(".py").unwrap_or(&text.file);
            let module = module.strip_suffix("/__init__").unwrap_or(module).replace('/', ".");
            let file = Some(self.tree.from_top(&text.file));
            differences.push(Difference { module, file, line: None, why });
        }
        for package in Package::ALL {
            let held = &closure.versions[package as usize];
            if !held.is_empty() {
                differences.extend(self.versions.check(package, held));
            }
        }
        differences
    }

    /// A module of the tree's root that Python may take for one from outside: the root stands first in its path.
    fn shadowed(&self) -> Option<Difference> {
        let find = || {
            let root = self.finder.listing("");
            let mut names = root.modules().filter(|name| self.table.is_imported(name));
            names.find_map(|name| {
                let folder = self.finder.listing(name);
                let init = root.has_folder(name).then(|| folder.module("__init__")).flatten();
                let file = match (init, root.module(name)) {
                    (Some(init), _) => format!("{name}/{init}"),
                    (None, Some(module)) => module.to_owned(),
                    (None, None) => return None,
                };
                let file = self.tree.from_top(&file);
                let why = Why::Instead(file.clone());
                Some(Difference { module: name.to_owned(), file: Some(file), line: None, why })
            })
        };
        self.shadowed.get_or_init(find).clone()
    }
}

#[cfg(test)]
#[path = "modules_tests.rs"]
mod tests;
