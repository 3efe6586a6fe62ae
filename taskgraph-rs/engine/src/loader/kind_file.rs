//! A `kind.yml`: its dependencies, its transforms, and who makes the kind.

use crate::diagnostics::document::load;
use crate::diagnostics::{Problem, Problems, place_of_key, place_of_value};
use crate::error::Result;
use crate::parts::Judge;
use crate::python_worker::{Because, MadeBy};
use crate::registry::Registry;
use crate::transform::TransformSequence;
use crate::transform::kind::Kind;
use crate::tree::Tree;
use std::sync::Arc;
use taskgraph_compat::suggest;
use taskgraph_compat::value::path::KeyPath;
use taskgraph_compat::value::{Map, Str, Value, intern};
use taskgraph_compat::yaml::Document;

/// Makes kinds that no native part can make, wherever their transforms come from.
const BESIDE_CONFIG: &str = "a kind beside config.yml";

/// The former name of `taskgraph.transforms.run`.
const OLD_RUN: &str = "taskgraph.transforms.job";

/// The loaders of Taskgraph.
const LOADERS: [&str; 2] = ["taskgraph.loader.transform:loader", "taskgraph.loader.default:loader"];

/// The transforms that the default loader adds to those of a kind.
const DEFAULT_TRANSFORMS: &[&str] = &["taskgraph.transforms.run", "taskgraph.transforms.task"];

impl Kind {
    pub(super) fn load(tree: &Tree, registry: &Registry, judge: &Judge<'_>, name: &str) -> Result<Self> {
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
            name: intern(name),
            made_by: MadeBy::Native,
        };
        let dependencies = loading.strings("kind-dependencies");
        let mut transforms = loading.strings("transforms");
        let has_own_loader = loading.add_default_transforms(&mut transforms, judge);
        if tree.has_kinds_beside_config() {
            // Only the Taskgraph that is installed knows whether it looks for kinds there.
            let unknown = format!("kind `{name}` lies beside `config.yml`, and not in the folder `kinds`");
            loading.judge(
                judge,
                &intern(BESIDE_CONFIG),
                false,
                (unknown, KeyPath::default()),
                [].into_iter(),
            );
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

/// A kind that is being read.
pub(super) struct Loading<'a> {
    pub(super) tree: &'a Tree,
    pub(super) document: Arc<Document>,
    pub(super) config: Arc<Map>,
    pub(super) problems: Vec<Problem>,
    pub(super) name: Str,
    made_by: MadeBy,
}

impl Loading<'_> {
    pub(super) fn wrong(&mut self, path: KeyPath, message: String, label: String) {
        let place = Some(place_of_value(&self.document, &path));
        self.problems.push(Problem::error("wrong-value", message).at(path, label).in_place(place));
    }

    pub(super) fn strings(&mut self, key: &str) -> Vec<Str> {
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

    /// `taskgraph.loader.default`, or no loader at all, adds the run and the task transforms. Returns whether the loader
    /// is one of the tree.
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
}

/// The name among those that are known that is nearest to another one. All that is known is called `transforms`.
fn nearest<'n>(name: &str, known: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    suggest::nearest(name.strip_suffix(":transforms").unwrap_or(name), known)
}
