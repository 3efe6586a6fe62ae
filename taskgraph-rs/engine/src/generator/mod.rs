//! The order of the phases of a graph: parameters, full graph, targets, optimize, morph. No other file knows it.

pub(crate) mod batches;
pub(crate) mod dedup;
pub mod in_python;
#[cfg(test)]
pub(crate) mod in_python_tests;
pub(crate) mod into_task;
mod kinds_in_python;
mod project;
mod python_phases;
pub mod schedule;
pub mod target_tasks;
pub mod verify;
mod verify_in_python;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::SystemTime;

use indexmap::IndexMap;

use crate::diagnostics::{Problem, Problems};
use crate::error::Result;
use crate::graph::TaskGraph;
use crate::known_urls::{Question, Urls};
use crate::morph::MorphedGraph;
use crate::optimize::index::{LookupAnswers, LookupRequest};
use crate::optimize::{OptimizedGraph, Strategies, do_not_optimize};
use crate::parameters::Params;
use crate::python_worker::{Because, PythonFacts, Session};
use crate::settings::Settings;
use crate::task::Label;
use crate::task::id::TaskId;
use crate::transform::notes::{DockerContext, DroppedTask};
use crate::transform::trace::Trace;
use crate::{morph, optimize, parameters};
use in_python::Generation;
use schedule::GeneratedTasks;
use target_tasks::{Targets, target};
use taskgraph_compat::value::Str;
use verify::verify;

pub use project::Project;

/// Every task of every kind, with its edges.
pub struct Full {
    /// The graph.
    pub graph: TaskGraph,
    /// Stubs that a transform did not let through.
    pub dropped: Vec<DroppedTask>,
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
    /// The answers of the index to all that [`Project::lookup_request`] names.
    pub found: &'a LookupAnswers,
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
            let reported: BTreeSet<_> = problems.iter().map(|problem| problem.path.clone()).collect();
            // A key that violates its schema is reported once; a second opinion about it only confuses.
            let is_an_opinion = |problem: &Problem| problem.is_error() || problem.is_about_the_end();
            let found = check(params, &self.kinds).into_iter();
            problems
                .extend(found.filter(|problem| !is_an_opinion(problem) || !reported.contains(&problem.path)));
        }
        problems
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
        let Generation { mut generated, in_python, session } = in_python::generate(self, params, settings)?;
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
            verify_in_python::verify_full(self, session.as_deref(), &graph)?;
        }
        let GeneratedTasks { dropped, warnings, contexts, traces, .. } = generated;
        Ok(Full { graph, dropped, warnings, contexts, traces, in_python, session })
    }

    /// The targets of a full graph, and what they need.
    pub fn target(&self, full: &Full, params: &Params) -> Result<Targets> {
        let mut targets = match in_python::picks_targets(self, params)? {
            true => in_python::target(self, full, params)?,
            false => target(&full.graph, params, &self.config, &self.extension)?,
        };
        targets.session = full.session.clone();
        verify_in_python::verify_targets(self, &targets)?;
        Ok(targets)
    }

    /// Returns the look-ups that a target graph needs before it is optimized: the answers go into the request.
    pub fn lookup_request(
        &self,
        targets: &Targets,
        params: &Params,
        settings: &Settings,
    ) -> Result<LookupRequest> {
        let pinned = do_not_optimize(params, &targets.set, &targets.graph, settings);
        let existing = optimize::existing_tasks(params)?;
        if in_python::optimizes(self, targets, params, settings)? {
            let none = Strategies::default();
            let LookupRequest { tasks, .. } =
                optimize::lookup_request(&targets.graph, &pinned, &existing, &none);
            let index_paths = in_python::index_paths(self, targets, params, settings, &pinned)?;
            return Ok(LookupRequest { index_paths, tasks });
        }
        let strategies = optimize::strategies(&self.strategies, params, settings)?;
        Ok(optimize::lookup_request(&targets.graph, &pinned, &existing, &strategies))
    }

    /// Optimizes a target graph: removes or replaces the tasks that need not run.
    pub fn optimize(
        &self,
        targets: &Targets,
        params: &Params,
        request: &OptimizeRequest<'_>,
        new_id: &mut dyn FnMut(&Label) -> TaskId,
    ) -> Result<OptimizedGraph> {
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
        verify_in_python::verify_optimized(self, &optimized, request.settings)?;
        Ok(optimized)
    }

    /// The graph as it is created.
    pub fn morph(
        &self,
        optimized: OptimizedGraph,
        params: &Params,
        new_id: &mut dyn FnMut(&Label) -> TaskId,
    ) -> Result<MorphedGraph> {
        let session = optimized.session.clone();
        let morphed = match self.parts.core.is_python() {
            true => morph::unchanged(optimized),
            false => morph::morph(optimized, params, &self.config, new_id)?,
        };
        in_python::morph(self, session.as_deref(), morphed, new_id)
    }
}
