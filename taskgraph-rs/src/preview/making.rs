//! The graphs of a preview: checks of a config, its graph, and what in it is not as it looks.

use anyhow::Result;
use indexmap::IndexMap;

use super::compare::Run;
use super::config::{self, problems_of};
use super::make::{Against, Request};
use super::repair::{Datasets, repaired};
use super::reused::not_used;
use super::sample::sample;
use super::stage;
use crate::effects;
use crate::extension::Training;
use crate::fields::Fields as _;
use crate::keypath::KeyPath;
use crate::optimize::Fate;
use crate::params::{self, Params};
use crate::pipeline::{Loaded, NO_DECISION, OptimizeRequest};
use crate::problem::{Problem, Severity};
use crate::settings::Settings;
use crate::task::Label;
use crate::task_id::TaskId;
use crate::urls::Urls;
use crate::value::Value;

/// What every graph of a preview is made with.
pub struct Making<'m> {
    /// The tree.
    pub loaded: &'m Loaded,
    /// Where things stand in its training config.
    pub training: &'m Training,
    /// What is asked.
    pub request: &'m Request<'m>,
    /// Whether a sample of the graph is enough.
    pub is_sample: bool,
}

/// A graph, and the parameters that it was made with.
pub struct Made {
    /// The parameters.
    pub params: Params,
    /// The graph, and what is asked of it.
    pub run: Run,
}

impl Making<'_> {
    /// The settings of the call, with answers about urls if somebody can be asked.
    fn settings(&self, params: &Params) -> Settings {
        let mut settings = self.request.settings.clone();
        if let (Urls::Unasked, Some(ask)) = (&settings.urls, self.request.ask) {
            let questions = self.loaded.questions(params);
            if !questions.is_empty() {
                settings.urls = ask(&questions);
            }
        }
        settings
    }

    /// Checks parameters and makes their graph; nothing if they are refused. `own` is the training config as it was
    /// written, if its keys are to be looked at.
    pub fn make(
        &self,
        mut params: Params,
        own: Option<&Value>,
        problems: &mut Vec<Problem>,
    ) -> Result<Option<Made>> {
        let Making { loaded, training, request, is_sample } = self;
        if let Some(stage) = &request.target_stage {
            config::set_stage(&mut params, training, stage);
        }
        if let Some(tasks_for) = &request.tasks_for {
            params.values_mut().put("tasks_for", tasks_for.as_str());
        }
        let has_stage_flag = request.target_stage.is_some();
        let mut found = problems_of(loaded.complete(&mut params, request.now), problems)?.unwrap_or_default();
        if own.is_some() {
            // A model that nothing takes, a task that cannot end well: no small matters before a run of weeks.
            for problem in found.iter_mut().filter(|problem| problem.is_grave()) {
                problem.severity = Severity::Error;
            }
            if self.asks_for_a_stage(&params) {
                found.extend(stage::check(loaded, training, &params, has_stage_flag));
            }
            found.extend(effects::other_layouts(training, &params));
            found.extend(effects::unknown_providers(loaded, training, &params));
        } else {
            // The same keys were told of before.
            found.retain(Problem::is_error);
        }
        let is_refused = found.iter().any(Problem::is_error);
        let can_be_made = found.iter().all(|problem| !problem.is_error() || problem.is_grave());
        problems.extend(found);
        if *is_sample {
            params = sample(&params, training);
        }
        if is_refused {
            let others = match own {
                // What has no effect is as good as absent: the graph tells what else is not as it looks.
                Some(own) if can_be_made => self.looked_at(&params, own, problems)?,
                Some(own) => self.others(&params, own)?,
                None => Vec::new(),
            };
            problems.extend(others);
            return Ok(None);
        }
        let settings = self.settings(&params);
        let Some(full) = problems_of(loaded.full(&params, &settings), problems)? else {
            // Then what they are missed for is the consequence, and this the cause.
            problems
                .iter_mut()
                .filter(|it| it.code == "no-provider")
                .for_each(|it| it.severity = Severity::Error);
            if let Some(own) = own {
                problems.extend(self.others(&params, own)?);
            }
            return Ok(None);
        };
        let Some(targets) = problems_of(loaded.target(&full, &params), problems)? else { return Ok(None) };
        let run = Run { full, targets };
        if let Some(own) = own {
            let found = self.look_at(&params, own, &run, problems);
            problems.extend(found);
        }
        Ok(Some(Made { params, run }))
    }

    /// What is not as it looks in a graph that was made: keys without effect, a stage that selects nothing, things
    /// that are handed in and not used. `told` is what was said of the parameters.
    fn look_at(&self, params: &Params, own: &Value, run: &Run, told: &[Problem]) -> Vec<Problem> {
        let Making { loaded, training, request, .. } = self;
        let mut found = effects::without_effect(loaded, training, params, own);
        let asks_for_a_stage = self.asks_for_a_stage(params);
        if asks_for_a_stage {
            let given = request.target_stage.is_some();
            let has_no_effect = |path: &KeyPath| {
                let path = params.path_in_file(path);
                told.iter().any(|problem| problem.code == "no-effect" && problem.path == path)
            };
            found.extend(stage::selects_nothing(training, params, run, given));
            found.extend(stage::selects_nothing_elsewhere(training, params, run, given, has_no_effect));
        }
        if !run.targets.set.tasks.is_empty() {
            let stage = params.find(&KeyPath::dotted(training.stage)).and_then(Value::as_str);
            found.extend(not_used(&loaded.extension, params, run, stage.filter(|_| asks_for_a_stage)));
        }
        found
    }

    /// The same for a config that is refused only because something in it has no effect. Nobody is asked for urls.
    fn looked_at(&self, params: &Params, own: &Value, told: &[Problem]) -> Result<Vec<Problem>> {
        let Making { loaded, request, .. } = self;
        let mut found = Vec::new();
        let Some(full) = problems_of(loaded.full(params, request.settings), &mut found)? else {
            return Ok(found);
        };
        if let Some(targets) = problems_of(loaded.target(&full, params), &mut found)? {
            found.extend(self.look_at(params, own, &Run { full, targets }, told));
        }
        Ok(found)
    }

    /// Makes the graph of the same config without what earlier runs have made. A config that reuses something may lack
    /// what it would take to make that, so this may be refused, and the config is still as good as it was.
    pub fn scratch(&self, params: Params, notes: &mut Vec<String>) -> Result<Option<Made>> {
        let mut problems = Vec::new();
        let made = self.make(params, None, &mut problems)?;
        if made.is_none() {
            notes.extend(config::no_scratch(self.training, &problems));
        }
        Ok(made)
    }

    /// Whether the target stage is what the target method goes by.
    fn asks_for_a_stage(&self, params: &Params) -> bool {
        params.text("target_tasks_method") == self.training.target_method
    }

    /// What else is wrong with a config that is refused already: what its graph would be refused for, and keys without
    /// effect.
    fn others(&self, params: &Params, own: &Value) -> Result<Vec<Problem>> {
        let Making { loaded, training, request, .. } = self;
        let mut others = Vec::new();
        let path = KeyPath::dotted(training.datasets);
        for datasets in [Datasets::Kept, Datasets::Completed, Datasets::Replaced] {
            let Some(params) = repaired(loaded, training, params, datasets) else { break };
            if params::check(&params, &loaded.extension, &loaded.kinds).iter().any(Problem::is_error) {
                break;
            }
            let mut refused = Vec::new();
            if problems_of(loaded.full(&params, request.settings), &mut refused)?.is_some() {
                let mut found = effects::without_effect(loaded, training, &params, own);
                let inside = params.path_in_file(&path);
                found.retain(|it| datasets != Datasets::Replaced || !it.path.0.starts_with(&inside.0));
                others.extend(found);
                break;
            }
            // What stands in other files may come from the repair.
            let is_own = |problem: &Problem| {
                problem.place.as_ref().is_some_and(|place| place.source == request.input.source)
            };
            let refused: Vec<Problem> = refused
                .into_iter()
                .filter(is_own)
                .filter(|it| {
                    !others
                        .iter()
                        .any(|told: &Problem| (&told.path, &told.message) == (&it.path, &it.message))
                })
                .collect();
            others.extend(refused);
        }
        // What is wrong with what is reused was said by its own check.
        let reused = training.reuse.iter().map(|path| params.path_in_file(&KeyPath::dotted(path)));
        let reused: Vec<KeyPath> = reused.collect();
        let is_reused = |path: &KeyPath| {
            reused.iter().any(|reused| {
                path.0.starts_with(&reused.0) || !path.0.is_empty() && reused.0.starts_with(&path.0)
            })
        };
        others.retain(|problem| !is_reused(&problem.path));
        Ok(others)
    }

    /// What becomes of each task to run, if somebody looks the index up.
    pub fn look_up(&self, params: &Params, run: &Run) -> Result<Option<IndexMap<Label, Fate>>> {
        let Making { loaded, request, .. } = self;
        let Some(find) = request.find else { return Ok(None) };
        let index = find(&loaded.index_paths(&run.targets, params, request.settings)?)?;
        let asked = OptimizeRequest {
            settings: request.settings,
            decision_task_id: NO_DECISION,
            found: &index,
            now: request.now,
        };
        // No task is created, so that any ids will do.
        let optimized = loaded.optimize(&run.targets, params, &asked, &mut |_| TaskId::random())?;
        Ok(Some(optimized.fates))
    }

    /// The graph of the other config, if the run is compared with one, and its name.
    pub fn other(&self, problems: &mut Vec<Problem>) -> Result<Option<(String, Made)>> {
        let Against::Config(input) = &self.request.against else { return Ok(None) };
        let Some(other) = problems_of(config::read(self.loaded, self.training, input), problems)? else {
            return Ok(None);
        };
        let made = self.make(other.params, None, problems)?;
        Ok(made.map(|made| (input.source.name.clone(), made)))
    }
}

/// What is worth knowing of a config.
pub fn notes(training: &Training, params: &Params) -> Vec<String> {
    let keys = effects::for_the_action(training, params);
    if keys.is_empty() {
        return Vec::new();
    }
    let verb = if keys.len() == 1 { "is" } else { "are" };
    let keys: Vec<_> = keys.iter().map(|key| format!("`{key}`")).collect();
    vec![format!(
        "{} {verb} for the `train` action, which takes over what earlier runs made; this is the plan without them",
        keys.join(", ")
    )]
}
