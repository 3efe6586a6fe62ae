//! The order of the phases: config, kinds, parameters, full graph, targets, optimize, morph. No other file knows it.

pub(crate) mod batches;
pub(crate) mod dedup;
pub mod in_python;
#[cfg(test)]
pub(crate) mod in_python_tests;
pub(crate) mod into_task;
mod python_phases;
pub mod schedule;
pub mod target_tasks;
pub mod verify;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use anyhow::Context as _;
use indexmap::IndexMap;

use crate::diagnostics::document::load;
use crate::diagnostics::{Problem, Problems, document};
use crate::error::{Error, Result};
use crate::extension::Extension;
use crate::graph::TaskGraph;
use crate::graph_config::GraphConfig;
use crate::known_python::{Pins, Versions, conflict};
use crate::known_urls::{Question, Urls};
use crate::loader::load_kinds;
use crate::morph::Morphed;
use crate::mozilla_taskgraph_version::MozillaVersion;
use crate::optimize::index::{Found, Wanted};
use crate::optimize::{Optimized, Strategies, do_not_optimize};
use crate::parameters::Params;
use crate::parts::{Judge, Parts, versions};
use crate::python_worker::{Because, NO_TASKGRAPH, Python, PythonFacts, Session, Worker};
use crate::registry::Registry;
use crate::settings::Settings;
use crate::task::Label;
use crate::task::id::TaskId;
use crate::taskgraph_version::TaskgraphVersion;
use crate::transform::kind::Kind;
use crate::transform::notes::{DockerContext, Dropped};
use crate::transform::payload::Payloads;
use crate::transform::trace::Trace;
use crate::tree::Tree;
use crate::{morph, optimize, parameters};
use in_python::Made;
use schedule::Generated;
use target_tasks::{Targets, target};
use taskgraph_compat::value::{Str, Value};
use taskgraph_compat::yaml::Document;
use verify::verify;

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

/// Every task of every kind, with its edges.
pub struct Full {
    /// The graph.
    pub graph: TaskGraph,
    /// Stubs that a transform did not let through.
    pub dropped: Vec<Dropped>,
    /// Warnings of transforms.
    pub warnings: Vec<Problem>,
    /// The traces of tasks, by label; empty unless the settings ask for them.
    pub traces: IndexMap<Str, Trace>,
    /// The contexts of docker images, if the settings say to keep them.
    pub contexts: Vec<DockerContext>,
    /// Kinds that Python has made, and why.
    pub in_python: IndexMap<Str, Because>,
    /// The Python session of this graph.
    pub session: Option<Arc<Session>>,
}

/// Input of the optimize phase besides the target graph.
pub struct OptimizeRequest<'a> {
    /// The settings of the call.
    pub settings: &'a Settings,
    /// The task that decides; [`NO_DECISION`] where none does.
    pub decision_task_id: &'a str,
    /// The answers of the index to all that [`Project::wanted`] names.
    pub found: &'a Found,
    /// The point in time from which deadlines count.
    pub now: SystemTime,
}

/// Stands for the id of the decision task in graphs that are only shown.
pub const NO_DECISION: &str = "DECISION-TASK";

impl Full {
    /// The kinds that the Python of the tree has made; `None` if there are none.
    pub fn python(&self, project: &Project) -> Option<PythonFacts> {
        if self.in_python.is_empty() {
            return None;
        }
        let worker = project.worker().ok()?;
        PythonFacts::of(&worker.opened.taskgraph, self.in_python.iter(), project.kinds.len())
    }
}

impl Project {
    /// Reads the config and the kinds of a tree: all of them, or `target_kinds` and what they need.
    pub fn load(tree: Tree, registry: &Registry, target_kinds: &BTreeSet<String>) -> Result<Self> {
        Project::load_as(tree, registry, target_kinds, true)
    }

    /// Reads a tree to tell who would make what of it. That nothing can be made by Python is no error.
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
        let (kinds, ()) =
            rayon::join(|| load_kinds(&tree, registry, &judge, target_kinds), || tree.list_tracked());
        let kinds = match kinds {
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

    /// Kinds that only what the Python of the tree has registered makes Python's, and why. The Python runs for that.
    pub fn forced(&self) -> Result<IndexMap<Str, Because>> {
        Ok(in_python::forced(self, &*self.worker()?))
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

    /// Fills what is missing in the parameters, and checks all of them.
    pub fn complete(&self, params: &mut Params, now: SystemTime) -> Result<Vec<Problem>> {
        parameters::fill(params, &self.tree, &self.extension.defaults, now)?;
        self.extension.normalize(params);
        let mut problems = self.check_parameters(params);
        if self.parts.parameters.is_python() {
            problems.extend(in_python::complete(self, params, false)?);
        }
        Ok(problems)
    }

    /// Returns the problems of parameters: with their schemas, then those that the tree's own check finds.
    pub fn check_parameters(&self, params: &Params) -> Vec<Problem> {
        let mut problems = parameters::check(params, self.extension.parameters, self.config.version);
        if let Some(check) = self.extension.check {
            let reported: Vec<_> = problems.iter().map(|problem| problem.path.clone()).collect();
            // A key that violates its schema is reported once; a second opinion about it only confuses.
            let is_an_opinion = |problem: &Problem| problem.is_error() || problem.is_about_the_end();
            let found = check(params, &self.kinds).into_iter();
            problems
                .extend(found.filter(|problem| !is_an_opinion(problem) || !reported.contains(&problem.path)));
        }
        problems
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

    /// The urls that have to be asked before a graph is made: the answers go into the settings.
    pub fn questions(&self, params: &Params) -> Vec<Question> {
        self.extension.questions.map(|questions| questions(params)).unwrap_or_default()
    }

    /// Returns the known answers about the urls that a graph depends on. `ask` is called only if there are some, and the settings
    /// say nothing.
    pub fn urls(&self, params: &Params, settings: &Settings, ask: &dyn Fn(&[Question]) -> Urls) -> Urls {
        match (&settings.urls, self.questions(params)) {
            (Urls::Unasked, questions) if !questions.is_empty() => ask(&questions),
            (known, _) => known.clone(),
        }
    }

    /// The set of all tasks, without looking at what they depend on.
    pub fn tasks(&self, params: &Params, settings: &Settings) -> Result<TaskGraph> {
        let made = in_python::generate(self, params, settings)?;
        let writes_all = self.config.version.writes_dependencies_of_tasks();
        Ok(TaskGraph::set(made.generated.tasks).writing_all_dependencies(writes_all))
    }

    /// The full graph, verified unless the settings say not to.
    pub fn full(&self, params: &Params, settings: &Settings) -> Result<Full> {
        let Made { mut generated, in_python, session } = in_python::generate(self, params, settings)?;
        let writes_all = self.config.version.writes_dependencies_of_tasks();
        let graph =
            TaskGraph::linked(std::mem::take(&mut generated.tasks))?.writing_all_dependencies(writes_all);
        if settings.verify {
            let mut problems = match self.parts.core.is_python() {
                true => Vec::new(),
                false => verify(&graph, &self.config),
            };
            problems.extend(self.extension.verify.map(|verify| verify(&graph)).unwrap_or_default());
            Problems(problems).check()?;
            in_python::verify_full(self, session.as_deref(), &graph)?;
        }
        let Generated { dropped, warnings, contexts, traces, .. } = generated;
        Ok(Full { graph, dropped, warnings, contexts, traces, in_python, session })
    }

    /// The targets of a full graph, and what they need.
    pub fn target(&self, full: &Full, params: &Params) -> Result<Targets> {
        let mut targets = match in_python::picks_targets(self, params)? {
            true => in_python::target(self, full, params)?,
            false => target(&full.graph, params, &self.config, &self.extension)?,
        };
        targets.session = full.session.clone();
        in_python::verify_targets(self, &targets)?;
        Ok(targets)
    }

    /// Returns the look-ups that a target graph needs before it is optimized: the answers go into the request.
    pub fn wanted(&self, targets: &Targets, params: &Params, settings: &Settings) -> Result<Wanted> {
        let pinned = do_not_optimize(params, &targets.set, &targets.graph, settings);
        let existing = optimize::existing_tasks(params)?;
        if in_python::optimizes(self, targets, params, settings)? {
            let none = Strategies::default();
            let Wanted { tasks, .. } = optimize::wanted(&targets.graph, &pinned, &existing, &none);
            let index_paths = in_python::index_paths(self, targets, params, settings, &pinned)?;
            return Ok(Wanted { index_paths, tasks });
        }
        let strategies = optimize::strategies(&self.strategies, params, settings)?;
        Ok(optimize::wanted(&targets.graph, &pinned, &existing, &strategies))
    }

    /// Optimizes a target graph: removes or replaces the tasks that need not run.
    pub fn optimize(
        &self,
        targets: &Targets,
        params: &Params,
        request: &OptimizeRequest<'_>,
        new_id: &mut dyn FnMut(&Label) -> TaskId,
    ) -> Result<Optimized> {
        let pinned = do_not_optimize(params, &targets.set, &targets.graph, request.settings);
        if in_python::optimizes(self, targets, params, request.settings)? {
            return in_python::optimize(self, targets, params, request, &pinned, new_id);
        }
        let asked = optimize::Request {
            graph: &targets.graph,
            requested: &targets.requested,
            do_not_optimize: &pinned,
            existing_tasks: &optimize::existing_tasks(params)?,
            params,
            strategies: &optimize::strategies(&self.strategies, params, request.settings)?,
            settings: request.settings,
            decision_task_id: request.decision_task_id,
            found: request.found,
            now: request.now,
        };
        let mut optimized = optimize::optimize(&asked, new_id)?;
        optimized.session = targets.session.clone();
        in_python::verify_optimized(self, &optimized, request.settings)?;
        Ok(optimized)
    }

    /// The graph as it is created.
    pub fn morph(
        &self,
        optimized: Optimized,
        params: &Params,
        new_id: &mut dyn FnMut(&Label) -> TaskId,
    ) -> Result<Morphed> {
        let session = optimized.session.clone();
        let morphed = match self.parts.core.is_python() {
            true => morph::unchanged(optimized),
            false => morph::morph(optimized, params, &self.config, new_id)?,
        };
        in_python::morph(self, session.as_deref(), morphed, new_id)
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
