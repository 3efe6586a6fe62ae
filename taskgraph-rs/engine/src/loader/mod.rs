//! Kinds: `kinds/NAME/kind.yml`, in the order in which they have to be made.

mod descriptions;
mod kind_file;

use std::collections::BTreeSet;

use indexmap::IndexMap;
use rayon::prelude::*;

use crate::diagnostics::{Problem, Problems, place_of_value};
use crate::error::Result;
use crate::graph::traverse::{Cycle, postorder};
use crate::known_python::Pins;
use crate::parts::{Judge, versions};
use crate::registry::Registry;
use crate::transform::kind::Kind;
use crate::tree::Tree;
use taskgraph_compat::suggest;
use taskgraph_compat::value::Str;
use taskgraph_compat::value::path::KeyPath;

/// The kind that every kind may depend on without saying so.
const DOCKER_IMAGE: &str = "docker-image";

/// Loads kinds for who makes nothing of them: what a tree registers, and what its transforms are, makes no difference to
/// their order.
pub fn look_at_kinds(tree: &Tree, targets: &BTreeSet<String>) -> Result<IndexMap<Str, Kind>> {
    let registry = Registry::of_anything();
    let versions = versions(&Pins::of(tree), &registry);
    load_kinds(tree, &registry, &Judge::of_looks(tree, &registry, &versions), targets)
}

/// Loads the kinds of a tree in the order of their making: all, or `targets` and what they need.
pub fn load_kinds(
    tree: &Tree,
    registry: &Registry,
    judge: &Judge<'_>,
    targets: &BTreeSet<String>,
) -> Result<IndexMap<Str, Kind>> {
    let names = tree.kind_names()?;
    let mut problems = Vec::new();
    // All files are read side by side; what is wrong with a kind that nobody asked for is not reported.
    let mut project: IndexMap<&String, Result<Kind>> = names
        .par_iter()
        .map(|name| (name, Kind::load(tree, registry, judge, name)))
        .collect::<Vec<_>>()
        .into_iter()
        .collect();
    let mut kinds: IndexMap<Str, Kind> = IndexMap::new();
    let mut wanted: Vec<String> = match targets.is_empty() {
        true => names.clone(),
        false => {
            problems.extend(
                targets.iter().filter(|target| !names.contains(target)).map(|target| unknown(target, &names)),
            );
            let implicit = names.iter().filter(|name| *name == DOCKER_IMAGE);
            targets.iter().filter(|target| names.contains(target)).chain(implicit).cloned().collect()
        }
    };
    while let Some(name) = wanted.pop() {
        if kinds.contains_key(&*name) {
            continue;
        }
        match project.shift_remove(&name) {
            None => {}
            Some(Ok(kind)) => {
                for (index, dependency) in kind.dependencies.iter().enumerate() {
                    match names.iter().any(|name| **name == **dependency) {
                        true => wanted.push(dependency.to_string()),
                        false => {
                            let path = KeyPath::dotted("kind-dependencies").join(index);
                            let place = place_of_value(&kind.document, &path);
                            problems.push(unknown(dependency, &names).at(path, "").in_place(Some(place)));
                        }
                    }
                }
                kinds.insert(kind.name.clone(), kind);
            }
            Some(Err(error)) => problems.extend(error.into_problems()?),
        }
    }
    Problems(problems).check()?;
    in_order(kinds)
}

fn in_order(mut kinds: IndexMap<Str, Kind>) -> Result<IndexMap<Str, Kind>> {
    kinds.sort_keys();
    let order = {
        let links = |name: &Str| kinds[name].dependencies.iter().collect::<BTreeSet<_>>();
        postorder(kinds.keys(), links)
            .map(|order| order.into_iter().cloned().collect::<Vec<_>>())
            .map_err(|cycle| cycle_problem(&cycle, &kinds))?
    };
    Ok(order.into_iter().filter_map(|name| kinds.shift_remove_entry(&name)).collect())
}

fn cycle_problem(cycle: &Cycle<&Str>, kinds: &IndexMap<Str, Kind>) -> Problems {
    let way: Vec<_> = cycle.0.iter().map(|name| format!("`{name}`")).collect();
    let mut problem =
        Problem::error("cycle", format!("kinds depend on each other in a cycle: {}", way.join(" → ")));
    for (from, to) in cycle.0.iter().zip(cycle.0.iter().skip(1)) {
        let kind = &kinds[*from];
        let Some(index) = kind.dependencies.iter().position(|name| name == *to) else { continue };
        let path = KeyPath::dotted("kind-dependencies").join(index);
        let place = Some(place_of_value(&kind.document, &path));
        problem = match problem.place {
            None => problem.at(path, format!("`{from}` depends on `{to}`")).in_place(place),
            Some(_) => problem.with(place, format!("`{from}` depends on `{to}`")),
        };
    }
    problem.into()
}

fn unknown(name: &str, names: &[String]) -> Problem {
    let problem = Problem::error("unknown-kind", format!("unknown kind `{name}`"));
    match suggest::nearest(name, names.iter().map(String::as_str)) {
        Some(nearest) => problem.help(format!("did you mean `{nearest}`?")),
        None => problem.help(format!("the kinds are {}", suggest::list(names.iter().map(String::as_str)))),
    }
}
