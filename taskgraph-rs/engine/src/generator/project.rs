//! A tree that was read: its config, its kinds, and who makes them.

use crate::diagnostics::document::load;
use crate::diagnostics::{Problem, Problems, document};
use crate::error::{Error, Result};
use crate::extension::Extension;
use crate::graph_config::GraphConfig;
use crate::known_python::{Pins, Versions, conflict};
use crate::loader::load_kinds;
use crate::mozilla_taskgraph_version::MozillaVersion;
use crate::optimize::Strategies;
use crate::parts::{Judge, Parts, versions};
use crate::python_worker::{NO_TASKGRAPH, Python, Worker};
use crate::registry::Registry;
use crate::settings::Settings;
use crate::taskgraph_version::TaskgraphVersion;
use crate::transform::kind::Kind;
use crate::transform::payload::Payloads;
use crate::tree::Tree;
use anyhow::Context as _;
use indexmap::IndexMap;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};
use taskgraph_compat::value::{Str, Value};
use taskgraph_compat::yaml::Document;

/// A tree that was read: one load serves any number of graphs.
pub struct Project {
    /// The files.
    pub tree: Tree,
    /// config.yml.
    pub config: GraphConfig,
    /// The extension that the register string of the tree stands for.
    pub extension: Extension,
    /// The kinds, in the order of their making.
    pub kinds: IndexMap<Str, Kind>,
    /// The worker implementations.
    pub payloads: Payloads,
    /// The optimization strategies.
    pub strategies: Strategies,
    /// The parts of the tree that its own Python makes.
    pub parts: Parts,
    /// Whether native parts stand in for Python that the tree does not have.
    pub has_no_python: bool,
    /// The versions that the tree pins, and those that are installed.
    pub versions: Versions,
    /// Contradictions between the pins of the tree.
    pin_conflicts: Vec<Problem>,
    python: Option<Arc<dyn Python>>,
    worker: Mutex<Option<Arc<Worker>>>,
    defaults: DefaultFiles,
}

/// Files with default parameters that were read, by their paths.
type DefaultFiles = Mutex<BTreeMap<String, (Arc<Document>, Value)>>;

impl Project {
    /// Reads the config and the kinds of a tree: all of them, or `target_kinds` and what they need.
    pub fn load(tree: Tree, registry: &Registry, target_kinds: &BTreeSet<String>) -> Result<Self> {
        Project::load_as(tree, registry, target_kinds, true)
    }

    /// Reads a tree for a survey of its parts. It is not an error that Python cannot make any.
    pub fn survey(tree: Tree, registry: &Registry) -> Result<Self> {
        Project::load_as(tree, registry, &BTreeSet::new(), false)
    }

    fn load_as(
        tree: Tree,
        registry: &Registry,
        target_kinds: &BTreeSet<String>,
        refuses: bool,
    ) -> Result<Self> {
        let pins = Pins::of(&tree);
        let versions = versions(&pins, registry);
        let mut config = GraphConfig::load(&tree, TaskgraphVersion::of(&versions))?;
        config.mozilla = MozillaVersion::of(&versions);
        let register = config.taskgraph("register").and_then(Value::as_str);
        let judge = Judge::new(&tree, registry, &versions).of_register(register);
        let judge = if refuses { judge } else { judge.that_refuses_nothing() };
        let mut extension = match register.and_then(|name| registry.find_extension(name)) {
            Some(extension) => extension(&tree),
            None => Extension::default(),
        };
        let parts = Parts::of(&config, &mut extension, registry, &judge);
        let mut problems: Vec<Problem> = parts.refused(&config, registry, &judge).into_iter().collect();
        problems.extend(extension.config_problems(&config));
        // An older Taskgraph, which takes such a tree, is not made natively.
        let layout = tree.without_kinds().filter(|_| parts.in_python().next().is_none());
        Problems(layout.into_iter().collect()).check()?;
        let kinds = match tree.while_listed(|| load_kinds(&tree, registry, &judge, target_kinds)) {
            Ok(kinds) => kinds,
            Err(error) => {
                problems.extend(error.into_problems()?);
                return Err(Problems(problems).into());
            }
        };
        Problems(problems).check()?;
        let has_no_python = judge.has_no_python();
        let (payloads, strategies) = (registry.payloads().clone(), registry.known_strategies().clone());
        Ok(Project {
            kinds,
            tree,
            config,
            extension,
            payloads,
            strategies,
            parts,
            has_no_python,
            versions,
            pin_conflicts: conflict::of_pins(&pins),
            python: registry.python().cloned(),
            worker: Mutex::default(),
            defaults: Mutex::default(),
        })
    }

    /// Returns the contradictions about the version of Taskgraph between pins, and between pins and the run-task that
    /// tasks get.
    pub fn version_conflicts(&self, settings: &Settings) -> Vec<Problem> {
        let run_task = settings.run_task.as_ref();
        let scripts = run_task.and_then(|run_task| conflict::of_run_task_and(&self.versions, run_task));
        self.pin_conflicts.iter().cloned().chain(scripts).collect()
    }

    /// Returns the values of a file with default parameters. It is read once, however many configs are completed from
    /// it.
    pub fn default_file(&self, file: &str) -> Result<(Arc<Document>, Value)> {
        let mut read = self.defaults.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = read.get(file) {
            return Ok(known.clone());
        }
        let new = load(self.tree.read(file)?)?;
        read.insert(file.to_owned(), new.clone());
        Ok(new)
    }

    /// Returns warnings about misspelled keys of kinds.
    pub fn misspelled_keys(&self) -> Vec<Problem> {
        self.kinds.values().flat_map(Kind::misspelled_keys).collect()
    }

    /// Equal keys in the files of the tree: a warning each, at the one that wins.
    pub fn each_equal_key(&self) -> Vec<Problem> {
        let documents = self.kinds.values().map(|kind| &kind.document).chain([&self.config.document]);
        documents.flat_map(document::equal_keys).collect()
    }

    /// Equal keys in the files of the tree, as one warning: whoever writes a training config cannot mend them.
    pub fn equal_keys(&self) -> Option<Problem> {
        let found = self.each_equal_key();
        let first = found.first()?;
        let files: Vec<String> =
            found.iter().filter_map(|one| Some(one.place.as_ref()?.to_string())).collect();
        let message = match &files[..] {
            [_] => "a key stands twice in a file of the tree".to_owned(),
            _ => format!("{} keys stand twice in files of the tree", files.len()),
        };
        let key = first.path.last_key().unwrap_or_default();
        let mut reported = Problem::warning("equal-keys-in-tree", message)
            .at(first.path.clone(), format!("`{key}`: this one wins"))
            .in_place(first.place.clone());
        for related in found.iter().flat_map(|one| &one.related) {
            reported = reported.with(Some(related.place.clone()), related.label.clone());
        }
        for other in &found[1..] {
            reported = reported.with(other.place.clone(), other.label.clone());
        }
        Some(reported)
    }

    /// Whether anything of the tree is made by its own Python.
    pub fn uses_python(&self) -> bool {
        self.parts.in_python().next().is_some() || self.kinds.values().any(|kind| kind.made_by.is_python())
    }

    /// Returns the warning about a tree whose Python is missing: nobody can say whether the native parts equal it.
    pub fn without_python(&self) -> Option<Problem> {
        let name = self.tree.name();
        let message =
            format!("`{name}` has no Python of its own: native parts stand in for what its kinds name");
        let help = "whether they equal it cannot be told; in a whole checkout it can";
        self.has_no_python.then(|| Problem::warning("no-python-in-tree", message).help(help))
    }

    /// The worker that answers for the Python of the tree. It is started when it is needed first.
    pub fn worker(&self) -> Result<Arc<Worker>> {
        let mut worker = self.worker.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(worker) = &*worker {
            return Ok(worker.clone());
        }
        let python = self.python.as_ref().context("this program runs no Python")?;
        let opened = Worker::open(&**python, &self.tree).map_err(|error| self.with_need_of_python(error));
        let new = Arc::new(opened?);
        *worker = Some(new.clone());
        Ok(new)
    }

    /// Says of an interpreter without Taskgraph which kind needs one: a name that is misspelt in a kind does, too.
    fn with_need_of_python(&self, error: Error) -> Error {
        let needs = |kind: &&Kind| kind.made_by.is_python();
        let Some(kind) = self.kinds.values().find(needs) else { return error };
        let Some(because) = kind.made_by.because() else { return error };
        match error {
            Error::Input(Problems(mut problems)) => {
                let is_bare =
                    |problem: &&mut Problem| problem.code == NO_TASKGRAPH && problem.place.is_none();
                for problem in problems.iter_mut().filter(is_bare) {
                    problem.label = format!("kind `{}` needs it: {because}", kind.name);
                    problem.place = kind.place_of_reason();
                }
                Problems(problems).into()
            }
            error => error,
        }
    }
}
