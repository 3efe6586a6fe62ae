//! Checks of the parameters of a training: errors, and settings that do not have the effect they seem to have. The
//! preview, decisions and the `train` action share them, so that none of them accepts what another refuses.

pub(crate) mod layout;
pub(crate) mod missing_keys;
pub(crate) mod parameters;
pub(crate) mod repaired_parameters;
pub(crate) mod run_task;
pub(crate) mod sample;
pub(crate) mod target_stage;
pub mod unused_keys;

use std::sync::Arc;

use crate::config::problems_of;
use crate::pipeline::Training;
use crate::report::reused::not_used;
use crate::report::run::Run;
use repaired_parameters::{Datasets, repaired};
use taskgraph::diagnostics::{Problem, Severity};
use taskgraph::error::Result;
use taskgraph::generator::Project;
use taskgraph::parameters::Params;
use taskgraph::settings::Settings;
use taskgraph_compat::source::Source;
use taskgraph_compat::value::Value;
use taskgraph_compat::value::path::KeyPath;

/// Purpose of the checks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Somebody is about to train: a task that cannot end well is not a small matter before a run of weeks.
    Training,
    /// A decision has to make the graph that it is asked for, as the reference would; it warns of such a task.
    Decision,
}

/// Checks of the parameters over one tree.
pub struct ConfigChecks<'e> {
    /// The tree.
    pub project: &'e Project,
    /// Keys of its training config.
    pub training: &'e Training,
    /// Settings for the graphs that reveal further problems. Urls are not probed.
    pub settings: &'e Settings,
    /// Purpose of the checks.
    pub purpose: Purpose,
    /// Whether the target stage came from a flag, and so has no place in the config.
    pub stage_is_given: bool,
    /// The file that a person wrote; without it, all that the parameters were read from.
    pub source: Option<Arc<Source>>,
}

impl ConfigChecks<'_> {
    /// Returns the problems that the parameters show. `found` are those of their schema check; serious warnings among
    /// them become errors, such as a model that no task takes.
    pub fn params(&self, params: &Params, mut found: Vec<Problem>) -> Vec<Problem> {
        let ConfigChecks { project, training, .. } = self;
        if let Some(problem) = layout::of_another(project, training, params) {
            return vec![problem];
        }
        let is_error = |problem: &Problem| match self.purpose {
            Purpose::Training => problem.is_grave(),
            Purpose::Decision => problem.is_grave() && !problem.is_about_the_end(),
        };
        for problem in found.iter_mut().filter(|problem| is_error(problem)) {
            problem.severity = Severity::Error;
        }
        if self.asks_for_a_stage(params) {
            found.extend(target_stage::check(project, training, params, self.stage_is_given));
        }
        found.extend(unused_keys::other_keys(training, params));
        found.extend(unused_keys::unknown_providers(project, training, params));
        found
    }

    /// Returns the problems that a graph of the parameters shows: keys without effect, a stage that selects nothing,
    /// inputs that are not used. `own` is the training config as it was written, `known` the problems of the
    /// parameters.
    pub fn run(&self, params: &Params, own: &Value, run: &Run, known: &[Problem]) -> Vec<Problem> {
        let ConfigChecks { project, training, stage_is_given, .. } = self;
        let mut found = unused_keys::without_effect(project, training, params, own);
        let asks_for_a_stage = self.asks_for_a_stage(params);
        if asks_for_a_stage {
            let has_no_effect = |path: &KeyPath| {
                let path = params.path_in_file(path);
                known.iter().any(|problem| problem.code == "no-effect" && problem.path == path)
            };
            found.extend(target_stage::selects_nothing(training, params, run, *stage_is_given));
            found.extend(target_stage::selects_nothing_elsewhere(
                training,
                params,
                run,
                *stage_is_given,
                has_no_effect,
            ));
        }
        if !run.targets.set.tasks.is_empty() {
            let stage = params.find(&KeyPath::dotted(training.stage)).and_then(Value::as_str);
            found.extend(not_used(&project.extension, params, run, stage.filter(|_| asks_for_a_stage)));
        }
        found
    }

    /// Returns further problems of parameters that are refused because of the `known` ones, so that the user sees
    /// everything at once.
    pub fn others(&self, params: &Params, own: &Value, known: &[Problem]) -> Result<Vec<Problem>> {
        if known.iter().any(|problem| problem.code == layout::CODE) {
            return Ok(Vec::new());
        }
        match known.iter().all(|problem| !problem.is_error() || problem.is_grave()) {
            // What has no effect is as good as absent: the graph shows what else is not as it looks.
            true => self.of_same(params, own, known),
            false => self.of_repaired(params, own),
        }
    }

    fn of_same(&self, params: &Params, own: &Value, known: &[Problem]) -> Result<Vec<Problem>> {
        let ConfigChecks { project, settings, .. } = self;
        let mut found = Vec::new();
        match problems_of(Run::make(project, params, settings), &mut found)? {
            Some(run) => found.extend(self.run(params, own, &run, known)),
            None => found = self.causes(params, found, known.iter().any(Problem::is_error)),
        }
        Ok(found)
    }

    /// Returns the reasons for which the graph is refused, without the consequences: if something in the config is
    /// wrong, the errors that it causes in files of the tree are left out. `has_cause` means that such a problem was
    /// reported before.
    pub fn causes(&self, params: &Params, refused: Vec<Problem>, has_cause: bool) -> Vec<Problem> {
        let is_own = |problem: &Problem| self.is_own(params, problem);
        let has_cause = has_cause || refused.iter().any(is_own);
        refused.into_iter().filter(|problem| !has_cause || is_own(problem)).collect()
    }

    /// Returns the problems that the graph would have if all known errors were repaired, and keys without effect.
    pub fn of_repaired(&self, params: &Params, own: &Value) -> Result<Vec<Problem>> {
        let ConfigChecks { project, training, settings, .. } = self;
        let mut others = Vec::new();
        let path = KeyPath::dotted(training.datasets);
        for datasets in [Datasets::Kept, Datasets::Completed, Datasets::Replaced] {
            let Some(params) = repaired(project, training, params, datasets) else { break };
            if project.check_parameters(&params).iter().any(Problem::is_error) {
                break;
            }
            let mut refused = Vec::new();
            if problems_of(project.full(&params, settings), &mut refused)?.is_some() {
                let mut found = unused_keys::without_effect(project, training, &params, own);
                let inside = params.path_in_file(&path);
                found.retain(|it| datasets != Datasets::Replaced || !it.path.0.starts_with(&inside.0));
                others.extend(found);
                break;
            }
            // What stands in other files may come from the repair, and what was not repaired is found again.
            refused.retain(|problem| self.is_own(&params, problem) && !others.iter().any(is_same(problem)));
            others.extend(refused);
        }
        // What is wrong with models was said by their own check.
        let models = params.path_in_file(&KeyPath::dotted(training.models));
        let is_about_models = |path: &KeyPath| {
            path.0.starts_with(&models.0) || !path.0.is_empty() && models.0.starts_with(&path.0)
        };
        others.retain(|problem| !is_about_models(&problem.path));
        others.extend(self.models_apart(params)?);
        Ok(others)
    }

    /// Returns the reasons for which the graph is refused with one model only: if several are wrong, the kinds behind
    /// the first refused one are not made.
    fn models_apart(&self, params: &Params) -> Result<Vec<Problem>> {
        let path = KeyPath::dotted(self.training.models);
        let mut refused = Vec::new();
        let Some(models) = params.find(&path).and_then(Value::as_map).filter(|models| models.len() > 1)
        else {
            return Ok(refused);
        };
        // Only a kind looks for a model under its own name: whatever else stands there costs no graph.
        for kind in models.keys().filter(|name| self.project.kinds.contains_key(*name)) {
            let mut apart = params.clone();
            if let Some(models) = apart.find_mut(&path).and_then(Value::as_map_mut) {
                models.retain(|name, _| name == kind);
            }
            let mut found = Vec::new();
            problems_of(self.project.full(&apart, self.settings), &mut found)?;
            let inside = params.path_in_file(&path.join(kind));
            found.retain(|problem| problem.code == "no-mounts" && problem.path.0.starts_with(&inside.0));
            refused.extend(found);
        }
        Ok(refused)
    }

    /// Whether a problem stands in what a person wrote.
    fn is_own(&self, params: &Params, problem: &Problem) -> bool {
        problem.place.as_ref().is_some_and(|place| match &self.source {
            Some(source) => place.source == *source,
            None => params.was_read_from(&place.source),
        })
    }

    /// Whether the target stage is what the target method goes by.
    fn asks_for_a_stage(&self, params: &Params) -> bool {
        params.text("target_tasks_method") == self.training.target_method
    }
}

fn is_same(problem: &Problem) -> impl Fn(&Problem) -> bool {
    |other| (&other.path, &other.message) == (&problem.path, &problem.message)
}
