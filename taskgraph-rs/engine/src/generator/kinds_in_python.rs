//! Kinds that Python has to make: because of names in them, and because of what Python did meanwhile.

use std::collections::BTreeSet;

use indexmap::IndexMap;

use crate::error::Result;
use crate::generator::Project;
use crate::python_worker::{Because, Registrations, SideEffects, Worker};
use taskgraph_compat::value::{Str, Value};

impl Project {
    /// Returns the kinds that Python has to make besides those that have a reason themselves, with the reasons. The
    /// Python of the tree runs for that.
    pub fn forced(&self) -> Result<IndexMap<Str, Because>> {
        let worker = self.worker()?;
        Ok(forced_by(self, &worker, &foreign(self, &worker)))
    }
}

/// Objects that are registered in Python and have no native part.
pub(super) fn foreign(project: &Project, worker: &Worker) -> Registrations {
    let mut registered = worker.opened.registered.clone();
    if !project.parts.payloads.is_python() {
        registered.payloads.retain(|name| !project.payloads.contains_key(&**name));
    }
    if !project.parts.core.is_python() {
        registered.strategies.retain(|name| project.strategies.get(name).is_none());
    }
    registered
}

pub(super) fn forced_by(
    project: &Project,
    worker: &Worker,
    registered: &Registrations,
) -> IndexMap<Str, Because> {
    let kinds = project.kinds.values().filter(|kind| !kind.made_by.is_python());
    if let Some(replaced) = worker.opened.replaced.first() {
        return kinds.map(|kind| (kind.name.clone(), Because::Replaced(replaced.clone()))).collect();
    }
    let names = names(project, registered);
    let reason =
        |name: &str| names.iter().find(|(known, ..)| *known == name).map(|(_, what, is)| (*what, *is));
    let set: BTreeSet<&str> = names.iter().map(|(name, ..)| *name).collect();
    kinds
        .filter_map(|kind| {
            let (what, name) = reason(kind.mentions(&set)?)?;
            Some((kind.name.clone(), Because::Registered { what, name: name.into() }))
        })
        .collect()
}

/// A name in a kind that only Python can resolve: as it is written, its role, and its own name.
fn names<'a>(project: &'a Project, registered: &'a Registrations) -> Vec<(&'a str, &'static str, &'a str)> {
    let mut names = Vec::new();
    for (what, set) in [
        ("`run.using`", &registered.run_using),
        ("worker implementation", &registered.payloads),
        ("`from-deps` function", &registered.from_deps),
        ("index type", &registered.index_types),
        ("strategy", &registered.strategies),
    ] {
        names.extend(set.iter().map(|name| (&**name, what, &**name)));
    }
    let workers = project.config.get("workers").and_then(|workers| workers.get("aliases"));
    for (alias, worker) in workers.and_then(Value::as_map).into_iter().flatten() {
        let implementation = worker.get("implementation").and_then(Value::as_str).unwrap_or_default();
        if let Some(name) = registered.payloads.get(implementation) {
            names.push((&**alias, "worker implementation", &**name));
        }
    }
    names
}

/// Native kinds that Python has to make because of what others in Python did meanwhile.
pub(super) fn affected(
    project: &Project,
    in_python: &IndexMap<Str, Because>,
    effects: &SideEffects,
) -> IndexMap<Str, Because> {
    let is_native = |name: &Str, python: bool| !python && !in_python.contains_key(name);
    let native = || {
        let kinds = project.kinds.values();
        kinds.filter(|kind| is_native(&kind.name, kind.made_by.is_python()))
    };
    if let Some(replaced) = effects.replaced.first() {
        return native().map(|kind| (kind.name.clone(), Because::Replaced(replaced.clone()))).collect();
    }
    let changed: BTreeSet<&str> =
        effects.changed.iter().filter_map(|task| task.get("kind").and_then(Value::as_str)).collect();
    native()
        .filter_map(|kind| {
            let changed = kind.dependencies.iter().find(|name| changed.contains(&***name))?;
            Some((kind.name.clone(), Because::Changed(changed.clone())))
        })
        .collect()
}
