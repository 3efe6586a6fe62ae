//! Kinds: `kinds/NAME/kind.yml`, in the order in which they have to be made.

use std::collections::BTreeSet;
use std::sync::Arc;

use indexmap::IndexMap;
use rayon::prelude::*;

use crate::diagnostics::document::load;
use crate::diagnostics::origin::{Location, Origin};
use crate::diagnostics::{Problem, Problems, place_of_key, place_of_value};
use crate::error::{Error, Result};
use crate::graph::traverse::{Cycle, postorder};
use crate::known_python::Pins;
use crate::parts::{Judge, versions};
use crate::python_worker::{Because, MadeBy};
use crate::registry::Registry;
use crate::schema::fields::Fields;
use crate::transform::kind::Kind;
use crate::transform::substitute::merge;
use crate::transform::{TaskDescription, TransformSequence};
use crate::tree::Tree;
use crate::type_map::TypeMap;
use taskgraph_compat::suggest;
use taskgraph_compat::value::path::KeyPath;
use taskgraph_compat::value::{Map, Str, Value, key};
use taskgraph_compat::yaml::Document;

/// Makes kinds that no native part can make, wherever their transforms come from.
const BESIDE_CONFIG: &str = "a kind beside config.yml";

/// The kind that every kind may depend on without saying so.
const DOCKER_IMAGE: &str = "docker-image";

/// The former name of `taskgraph.transforms.run`.
const OLD_RUN: &str = "taskgraph.transforms.job";

/// The loaders of Taskgraph.
const LOADERS: [&str; 2] = ["taskgraph.loader.transform:loader", "taskgraph.loader.default:loader"];

/// The transforms that the default loader adds to those of a kind.
const DEFAULT_TRANSFORMS: &[&str] = &["taskgraph.transforms.run", "taskgraph.transforms.task"];

/// Loads kinds for who makes nothing of them: what a tree registers, and what its transforms are, makes no difference to
/// their order.
pub fn look_at_kinds(tree: &Tree, targets: &BTreeSet<String>) -> Result<IndexMap<Str, Kind>> {
    let registry = Registry::of_anything();
    let versions = versions(&Pins::of(tree), &registry);
    load_kinds(tree, &registry, &Judge::of_looks(tree, &registry, &versions), targets)
}

/// The name among those that are known that is nearest to another one. All that is known is called `transforms`.
fn nearest<'n>(name: &str, known: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    suggest::nearest(name.strip_suffix(":transforms").unwrap_or(name), known)
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
            .map_err(|cycle| circle_problem(&cycle, &kinds))?
    };
    Ok(order.into_iter().filter_map(|name| kinds.shift_remove_entry(&name)).collect())
}

fn circle_problem(cycle: &Cycle<&Str>, kinds: &IndexMap<Str, Kind>) -> Problems {
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

impl Kind {
    fn load(tree: &Tree, registry: &Registry, judge: &Judge<'_>, name: &str) -> Result<Self> {
        let folder = tree.folder_of_kind(name);
        let (document, value) = load(tree.read(&format!("{folder}/kind.yml"))?)?;
        let Value::Map(config) = value else {
            let place = Some(place_of_key(&document, &KeyPath::default()));
            return Err(Problems::from(
                Problem::error("wrong-value", "a kind must be a map").in_place(place),
            )
            .into());
        };
        let mut loading = Loading {
            tree,
            document,
            config,
            problems: Vec::new(),
            name: key(name),
            made_by: MadeBy::Native,
        };
        let dependencies = loading.strings("kind-dependencies");
        let mut transforms = loading.strings("transforms");
        let has_own_loader = loading.add_default_transforms(&mut transforms, judge);
        if tree.has_kinds_beside_config() {
            // Whether the Taskgraph that is installed looks for kinds there, only that one can tell.
            let unknown = format!("kind `{name}` lies beside `config.yml`, and not in the folder `kinds`");
            loading.judge(judge, &key(BESIDE_CONFIG), false, (unknown, KeyPath::default()), [].into_iter());
        }
        let transforms = loading.find(registry, judge, transforms);
        // What a loader of the tree makes of the file, only that loader knows.
        let before = loading.problems.len();
        let descriptions = if has_own_loader { Vec::new() } else { loading.descriptions(&folder)? };
        if loading.made_by.is_python() {
            loading.problems.truncate(before);
        }
        Problems(loading.problems).check()?;
        Ok(Kind {
            name: loading.name,
            path: tree.from_top(&folder),
            dependencies,
            transforms,
            document: loading.document,
            descriptions,
            made_by: loading.made_by,
            has_own_loader,
        })
    }
}

struct Loading<'a> {
    tree: &'a Tree,
    document: Arc<Document>,
    config: Arc<Map>,
    problems: Vec<Problem>,
    name: Str,
    made_by: MadeBy,
}

impl Loading<'_> {
    fn wrong(&mut self, path: KeyPath, message: String, label: String) {
        let place = Some(place_of_value(&self.document, &path));
        self.problems.push(Problem::error("wrong-value", message).at(path, label).in_place(place));
    }

    fn strings(&mut self, key: &str) -> Vec<Str> {
        let config = self.config.clone();
        let Some(value) = config.get(key) else { return Vec::new() };
        // Python: an empty map or text is walked over like an empty list, and nothing can be put behind it.
        let is_empty = value.as_map().is_some_and(Map::is_empty) || value.as_str() == Some("");
        if is_empty && key != "transforms" {
            return Vec::new();
        }
        let Some(items) = value.as_list() else {
            let found = format!("found {}", value.sort());
            self.wrong(key.into(), format!("`{key}` must be a list of strings"), found);
            return Vec::new();
        };
        let mut strings = Vec::new();
        for (index, item) in items.iter().enumerate() {
            match item {
                Value::Str(text) => strings.push(text.clone()),
                other => {
                    let message = format!("`{key}` must be a list of strings");
                    self.wrong(KeyPath::dotted(key).join(index), message, format!("found {}", other.sort()));
                }
            }
        }
        strings
    }

    /// `taskgraph.loader.default`, or no loader at all, adds the run and the task transforms. Tells whether the loader is
    /// one of the tree.
    fn add_default_transforms(&mut self, transforms: &mut Vec<Str>, judge: &Judge<'_>) -> bool {
        let config = self.config.clone();
        let loader = match config.get("loader") {
            None => Str::from(LOADERS[1]),
            Some(Value::Str(loader)) => loader.clone(),
            Some(other) => {
                let found = format!("found {}", other.sort());
                self.wrong("loader".into(), "`loader` must be a string".into(), found);
                return false;
            }
        };
        let is_known = LOADERS.contains(&&*loader);
        let unknown = (format!("unknown loader `{loader}`"), "loader".into());
        self.judge(judge, &loader, is_known, unknown, LOADERS.into_iter());
        if *loader == *LOADERS[1] {
            self.append_defaults(transforms);
        }
        !is_known
    }

    /// Decides who makes what `name` stands for. The first part that is Python's makes the whole kind Python's.
    fn judge<'n>(
        &mut self,
        judge: &Judge<'_>,
        name: &Str,
        is_registered: bool,
        (unknown, path): (String, KeyPath),
        known: impl Iterator<Item = &'n str>,
    ) {
        let made_by = judge.made_by(name, is_registered);
        if let (Some(because), Some(refusal)) = (made_by.because(), judge.refusal()) {
            let problem = match because {
                Because::NoNative(_) => match (refusal.file_of(name), nearest(name, known)) {
                    (Some(file), _) => {
                        refusal.problem(because).at(path.clone(), format!("it is in `{file}`"))
                    }
                    (None, Some(nearest)) => {
                        let label = format!("did you mean `{nearest}`?");
                        Problem::error("wrong-value", unknown).at(path.clone(), label)
                    }
                    (None, None) => {
                        let label = "neither the program nor the tree has it";
                        let help = refusal.problem(because).help.unwrap_or_default();
                        Problem::error("wrong-value", unknown).at(path.clone(), label).help(help)
                    }
                },
                _ => refusal.problem(because).at(path.clone(), "this part of the tree is another one"),
            };
            self.problems.push(problem.in_place(Some(place_of_value(&self.document, &path))));
        }
        if !self.made_by.is_python() {
            self.made_by = made_by;
        }
    }

    fn append_defaults(&mut self, transforms: &mut Vec<Str>) {
        for default in DEFAULT_TRANSFORMS {
            let full = format!("{default}:transforms");
            if let Some(index) = transforms.iter().position(|name| **name == full) {
                let message = format!("the default loader already adds `{full}`");
                self.wrong(KeyPath::dotted("transforms").join(index), message, "leave it out".into());
            }
        }
        transforms.extend(DEFAULT_TRANSFORMS.iter().map(|name| Str::from(*name)));
    }

    fn find(
        &mut self,
        registry: &Registry,
        judge: &Judge<'_>,
        names: Vec<Str>,
    ) -> Vec<(Str, TransformSequence)> {
        let mut found = Vec::new();
        for (index, name) in names.into_iter().enumerate() {
            let known = registry.find(&name);
            // No native part has it. A tree with Python of its own may pin a Taskgraph that does.
            let is_native_alone = judge.refusal().is_some() || judge.is_copied();
            let is_old = name.strip_suffix(":transforms").unwrap_or(&name) == OLD_RUN;
            if known.is_none() && is_old && is_native_alone {
                let today =
                    format!("it is called `{}` today, and its key `job` is `run`", DEFAULT_TRANSFORMS[0]);
                self.wrong(
                    KeyPath::dotted("transforms").join(index),
                    format!("unknown transform `{name}`"),
                    today,
                );
                continue;
            }
            let unknown = (format!("unknown transform `{name}`"), KeyPath::dotted("transforms").join(index));
            self.judge(judge, &name, known.is_some(), unknown, registry.names());
            // A kind that names a transform that only Python has is made by Python as a whole.
            found.push((name, known.unwrap_or_default()));
        }
        found
    }

    /// Python: `taskgraph.loader.transform.loader`.
    fn descriptions(&mut self, folder: &str) -> Result<Vec<TaskDescription>> {
        let config = self.config.clone();
        let own = self.document.clone();
        let defaults = self.defaults(&own, config.get("task-defaults"));
        let defaults = defaults.as_ref();
        let default_spot = Location { document: self.document.clone(), path: "task-defaults".into() };
        let mut out = Vec::new();
        if let Some(tasks) = config.get("tasks") {
            let document = self.document.clone();
            let locations = Vec::from_iter(defaults.map(|_| default_spot.clone()));
            self.add_stubs(&document, "tasks".into(), tasks, defaults, &locations, "kind.yml", &mut out);
        }
        for (index, file) in self.strings("tasks-from").into_iter().enumerate() {
            if !self.tree.has(&format!("{folder}/{file}")) {
                let message = format!("there is no `{file}` in `{}`", self.tree.from_top(folder));
                self.wrong(KeyPath::dotted("tasks-from").join(index), message, "no such file".into());
                continue;
            }
            let read = self.tree.read(&format!("{folder}/{file}")).map_err(Error::from);
            let (document, value) = match read.and_then(load) {
                Ok(project) => project,
                Err(error) => {
                    self.problems.extend(error.into_problems()?);
                    continue;
                }
            };
            let Value::Map(mut tasks) = value else {
                let place = Some(place_of_key(&document, &KeyPath::default()));
                let message = format!("`{file}` must be a map of tasks");
                self.problems.push(Problem::error("wrong-value", message).in_place(place));
                continue;
            };
            let own = Arc::make_mut(&mut tasks).take("task-defaults");
            let own = self.defaults(&document, own.as_ref());
            let mut locations = Vec::new();
            if own.is_some() {
                locations.push(Location { document: document.clone(), path: "task-defaults".into() });
            }
            let merged = match (defaults, own) {
                (Some(defaults), Some(own)) => Some(merge(defaults, &own)),
                (Some(defaults), None) => Some(defaults.clone()),
                (None, own) => own,
            };
            locations.extend(defaults.map(|_| default_spot.clone()));
            let tasks = Value::Map(tasks);
            self.add_stubs(
                &document,
                KeyPath::default(),
                &tasks,
                merged.as_ref(),
                &locations,
                &file,
                &mut out,
            );
        }
        Ok(out)
    }

    /// The defaults of a file, which have to be a map. Python: what is empty counts as absent, whatever it is.
    fn defaults(&mut self, document: &Arc<Document>, written: Option<&Value>) -> Option<Value> {
        let defaults = written.filter(|defaults| defaults.truthy())?;
        if defaults.as_map().is_none() {
            let path = KeyPath::dotted("task-defaults");
            let place = Some(place_of_value(document, &path));
            let problem = Problem::error("wrong-value", "`task-defaults` must be a map");
            self.problems.push(problem.at(path, format!("found {}", defaults.sort())).in_place(place));
            return None;
        }
        Some(defaults.clone())
    }

    #[expect(clippy::too_many_arguments, reason = "the two callers differ in each of them")]
    fn add_stubs(
        &mut self,
        document: &Arc<Document>,
        path: KeyPath,
        tasks: &Value,
        defaults: Option<&Value>,
        default_spots: &[Location],
        file: &str,
        out: &mut Vec<TaskDescription>,
    ) {
        let wrong = |path: KeyPath, message: String, found: &Value| {
            let place = Some(place_of_value(document, &path));
            Problem::error("wrong-value", message).at(path, format!("found {}", found.sort())).in_place(place)
        };
        let Some(tasks) = tasks.as_map() else {
            self.problems.push(wrong(path, "`tasks` must be a map".into(), tasks));
            return;
        };
        for (name, task) in tasks {
            let path = path.join(name);
            if task.as_map().is_none() {
                self.problems.push(wrong(path, format!("task `{name}` must be a map"), task));
                continue;
            }
            let task = defaults.map_or_else(|| task.clone(), |defaults| merge(defaults, task));
            let mut fields = task.as_map().cloned().unwrap_or_default();
            fields.put("task-from", file);
            fields.put("name", name);
            let own = Location { document: document.clone(), path };
            let locations = std::iter::once(own).chain(default_spots.iter().cloned()).collect();
            let origin = Arc::new(Origin { kind: self.name.clone(), name: name.clone(), locations });
            out.push(TaskDescription { fields, origin, extensions: TypeMap::default(), trail: None });
        }
    }
}
