//! The order of the rooms: config, kinds, parameters, full graph, targets, optimize, morph. Nothing else knows it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use anyhow::Result;
use indexmap::IndexMap;

use crate::config::GraphConfig;
use crate::decision::{DockerContext, Dropped};
use crate::document::{self, load};
use crate::extension::Extension;
use crate::generate::{Generated, generate};
use crate::graph::TaskGraph;
use crate::kind::{Kind, load_kinds};
use crate::lookup::Found;
use crate::morph::{self, Morphed};
use crate::optimize::{self, Optimized, Strategies, do_not_optimize};
use crate::params::{self, Params};
use crate::payload::Payloads;
use crate::problem::{Problem, Problems, place_of_value};
use crate::settings::Settings;
use crate::target::{Targets, target};
use crate::task::Label;
use crate::task_id::TaskId;
use crate::trace::Trace;
use crate::transform::Registry;
use crate::tree::Tree;
use crate::urls::{Question, Urls};
use crate::value::{Str, Value};
use crate::verify::verify;
use crate::words;
use crate::yaml::Document;

/// A tree that was read: one load serves any number of graphs.
pub struct Loaded {
    /// The files.
    pub tree: Tree,
    /// config.yml.
    pub config: GraphConfig,
    /// What the register string of the tree stands for.
    pub extension: Extension,
    /// The kinds, in the order of their making.
    pub kinds: IndexMap<Str, Kind>,
    /// The worker implementations.
    pub payloads: Payloads,
    /// The optimization strategies.
    pub strategies: Strategies,
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
    /// What transforms warn of.
    pub warnings: Vec<Problem>,
    /// How the tasks came about, by label; empty unless the settings ask for it.
    pub traces: IndexMap<Str, Trace>,
    /// The contexts of docker images, if the settings say to keep them.
    pub contexts: Vec<DockerContext>,
}

/// What the optimize phase has to know besides the target graph.
pub struct OptimizeRequest<'a> {
    /// How the program was called.
    pub settings: &'a Settings,
    /// The task that decides; [`NO_DECISION`] where none does.
    pub decision_task_id: &'a str,
    /// What the index has, of all that [`Loaded::index_paths`] names.
    pub found: &'a Found,
    /// The point in time from which deadlines count.
    pub now: SystemTime,
}

/// Stands for the id of the decision task in graphs that are only shown.
pub const NO_DECISION: &str = "DECISION-TASK";

impl Loaded {
    /// Reads the config and the kinds of a tree: all of them, or `target_kinds` and what they need.
    pub fn load(tree: Tree, registry: &Registry, target_kinds: &BTreeSet<String>) -> Result<Self> {
        let config = GraphConfig::load(&tree)?;
        let extension = extension(&tree, &config, registry)?;
        let (kinds, ()) = rayon::join(|| load_kinds(&tree, registry, target_kinds), || tree.list_tracked());
        let (payloads, strategies) = (registry.payloads().clone(), registry.known_strategies().clone());
        Ok(Loaded {
            kinds: kinds?,
            tree,
            config,
            extension,
            payloads,
            strategies,
            defaults: Mutex::default(),
        })
    }

    /// What a file with default parameters says. It is read once, however many configs are completed from it.
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
        let mut told = Problem::warning("equal-keys-in-tree", message)
            .at(first.path.clone(), format!("`{key}`: this one wins"))
            .in_place(first.place.clone());
        for related in found.iter().flat_map(|one| &one.related) {
            told = told.with(Some(related.place.clone()), related.label.clone());
        }
        for other in &found[1..] {
            told = told.with(other.place.clone(), other.label.clone());
        }
        Some(told)
    }

    /// Fills what is missing in the parameters, and checks all of them.
    pub fn complete(&self, params: &mut Params, now: SystemTime) -> Result<Vec<Problem>> {
        params::fill(params, &self.tree, &self.extension, now)?;
        params::move_models(params, &self.extension);
        Ok(params::check(params, &self.extension, &self.kinds))
    }

    /// The urls that have to be asked before a graph is made: the answers go into the settings.
    pub fn questions(&self, params: &Params) -> Vec<Question> {
        self.extension.questions.map(|questions| questions(params)).unwrap_or_default()
    }

    /// What is known about the urls that a graph depends on. `ask` is asked only if there are some, and the settings
    /// say nothing.
    pub fn urls(&self, params: &Params, settings: &Settings, ask: &dyn Fn(&[Question]) -> Urls) -> Urls {
        match (&settings.urls, self.questions(params)) {
            (Urls::Unasked, questions) if !questions.is_empty() => ask(&questions),
            (known, _) => known.clone(),
        }
    }

    fn generate(&self, params: &Params, settings: &Settings) -> Result<Generated> {
        generate(&self.tree, &self.config, &self.kinds, &self.payloads, &self.strategies, params, settings)
    }

    /// The set of all tasks, without looking at what they depend on.
    pub fn tasks(&self, params: &Params, settings: &Settings) -> Result<TaskGraph> {
        let made = self.generate(params, settings)?;
        Ok(TaskGraph::set(made.tasks))
    }

    /// The full graph, verified unless the settings say not to.
    pub fn full(&self, params: &Params, settings: &Settings) -> Result<Full> {
        let mut made = self.generate(params, settings)?;
        let graph = TaskGraph::linked(std::mem::take(&mut made.tasks))?;
        if settings.verify {
            let mut problems = verify(&graph, &self.config);
            problems.extend(self.extension.verify.map(|verify| verify(&graph)).unwrap_or_default());
            Problems(problems).check()?;
        }
        let Generated { dropped, warnings, contexts, traces, .. } = made;
        Ok(Full { graph, dropped, warnings, contexts, traces })
    }

    /// The targets of a full graph, and what they need.
    pub fn target(&self, full: &Full, params: &Params) -> Result<Targets> {
        target(&full.graph, params, &self.config, &self.extension)
    }

    /// The index paths that have to be looked up before a target graph is optimized: the answers go into the request.
    pub fn index_paths(&self, targets: &Targets, params: &Params, settings: &Settings) -> Result<Vec<Str>> {
        let strategies = optimize::strategies(&self.strategies, params, settings)?;
        Ok(optimize::index_paths(
            &targets.graph,
            &do_not_optimize(params, &targets.set, &targets.graph, settings),
            &strategies,
        ))
    }

    /// What is left of a target graph, once what need not run is removed or replaced.
    pub fn optimize(
        &self,
        targets: &Targets,
        params: &Params,
        request: &OptimizeRequest<'_>,
        new_id: &mut dyn FnMut(&Label) -> TaskId,
    ) -> Result<Optimized> {
        let request = optimize::Request {
            graph: &targets.graph,
            requested: &targets.requested,
            do_not_optimize: &do_not_optimize(params, &targets.set, &targets.graph, request.settings),
            existing_tasks: &optimize::existing_tasks(params)?,
            params,
            strategies: &optimize::strategies(&self.strategies, params, request.settings)?,
            settings: request.settings,
            decision_task_id: request.decision_task_id,
            found: request.found,
            now: request.now,
        };
        optimize::optimize(&request, new_id)
    }

    /// The graph as it is created.
    pub fn morph(
        &self,
        optimized: Optimized,
        params: &Params,
        new_id: &mut dyn FnMut(&Label) -> TaskId,
    ) -> Result<Morphed> {
        morph::morph(optimized, params, &self.config, new_id)
    }
}

fn extension(tree: &Tree, config: &GraphConfig, registry: &Registry) -> Result<Extension> {
    let Some(name) = config.taskgraph("register").and_then(|name| name.as_str()) else {
        return Ok(Extension::default());
    };
    match registry.find_extension(name) {
        Some(extension) => Ok(extension(tree)),
        None => {
            let path = "taskgraph.register".into();
            let place = Some(place_of_value(&config.document, &path));
            let label = match words::nearest(name, registry.extension_names()) {
                Some(nearest) => format!("did you mean `{nearest}`?"),
                None => "the program has nothing under this name".into(),
            };
            let message = format!("unknown extension `{name}`");
            Err(Problems::from(Problem::error("unknown-extension", message).at(path, label).in_place(place))
                .into())
        }
    }
}
