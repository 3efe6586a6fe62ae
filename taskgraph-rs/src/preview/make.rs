//! The order of a preview: read, check, make the graph, look at it.

use std::sync::Arc;
use std::time::SystemTime;

use anyhow::Result;
use indexmap::IndexMap;

use super::compare::{Run, compare, size};
use super::config::{self, Configured, problems_of};
use super::look_up::{look_up, really};
use super::models::models;
use super::repair::repaired;
use super::report::{Comparison, Facts, Plan, Report, TreeFacts};
use super::reused::{not_used, reused};
use super::sample::sample;
use super::stage;
use super::work::work;
use crate::effects;
use crate::extension::Training;
use crate::fields::Fields as _;
use crate::keypath::KeyPath;
use crate::lookup::Find;
use crate::optimize::Fate;
use crate::params::{self, Params};
use crate::pipeline::{Loaded, NO_DECISION, OptimizeRequest};
use crate::problem::{Problem, Severity};
use crate::settings::Settings;
use crate::source::Source;
use crate::task::Label;
use crate::task_id::TaskId;
use crate::urls::{Question, Urls};
use crate::value::Value;

/// A config that is to be read.
#[derive(Clone, Debug)]
pub struct Input {
    /// The text.
    pub source: Arc<Source>,
    /// Whether it is JSON and not YAML.
    pub is_json: bool,
}

/// What a run is compared with.
#[derive(Clone, Debug)]
pub enum Against {
    /// The same config without what earlier runs have made.
    Scratch,
    /// Another config.
    Config(Input),
    /// Nothing.
    Nothing,
}

/// What is asked of a preview.
pub struct Request<'r> {
    /// The config.
    pub input: Input,
    /// Another target stage than the one in the config.
    pub target_stage: Option<String>,
    /// What causes the graph, if not what the config says.
    pub tasks_for: Option<String>,
    /// What the run is compared with.
    pub against: Against,
    /// How the program was called.
    pub settings: &'r Settings,
    /// Who asks whether urls are there, if the graph depends on some that nothing is known about. Without anybody,
    /// the graph is made as the plumbing commands make it, with a warning for each.
    pub ask: Option<fn(&[Question]) -> Urls>,
    /// Who looks index paths up, if what the index has is to be shown.
    pub find: Option<&'r Find<'r>>,
    /// The time of the run.
    pub now: SystemTime,
}

/// A preview: what it has to say, and the graphs that it speaks of.
pub struct Preview {
    /// What it has to say.
    pub report: Report,
    /// The graph of the config; nothing if it was refused.
    pub now: Option<Run>,
    /// The graph that it is compared with.
    pub before: Option<Run>,
}

impl From<Report> for Preview {
    fn from(report: Report) -> Self {
        Preview { report, now: None, before: None }
    }
}

/// Previews a config over a tree. Whatever is wrong with either is in the report; an error is the machine's fault.
pub fn preview(loaded: &Loaded, request: &Request<'_>) -> Result<Preview> {
    let mut problems: Vec<Problem> = loaded.equal_keys().into_iter().collect();
    let tree = Some(TreeFacts::of(loaded));
    let Some(training) = loaded.extension.training else {
        problems.push(no_training(loaded));
        return Ok(Report::new(config::unread(&request.input), tree, problems, None).into());
    };
    let Some(configured) = problems_of(config::read(loaded, training, &request.input), &mut problems)? else {
        return Ok(Report::new(config::unread(&request.input), tree, problems, None).into());
    };
    let Configured { config, params, own, defaults, problems: found } = configured;
    problems.extend(found);
    let making = Making { loaded, training, request, is_sample: false };
    let mut made = making.make(params, Some(&own), &mut problems)?;
    let mut notes = made.as_ref().map(|made| notes(training, &made.params)).unwrap_or_default();
    let (mut plan, mut before) = (None, None);
    if let Some(Made { params, run }) = &mut made {
        let warnings = std::mem::take(&mut run.full.warnings);
        let (missing, others): (Vec<_>, Vec<_>) = warnings.into_iter().partition(is_about_the_machine);
        notes.extend(missing.into_iter().map(|warning| warning.message));
        problems.extend(others);
        let scratch = match config::from_scratch(params, training) {
            Some(params) => making.scratch(params, &mut notes)?,
            None => None,
        };
        let other = making.other(&mut problems)?;
        let against = match &request.against {
            Against::Scratch => scratch.as_ref().map(|made| (None, made)),
            _ => other.as_ref().map(|(name, made)| (Some(name.clone()), made)),
        };
        let comparison = against.map(|(name, made)| {
            let without = name.is_none().then_some(training.reuse_name);
            Comparison { without, ..compare(run, &made.run, name) }
        });
        let fates = making.look_up(params, run)?;
        let from_scratch = scratch.as_ref().map(|made| &made.run);
        let made = self::plan(loaded, training, params, run, from_scratch, comparison, fates.as_ref());
        plan = Some(Plan { defaults, ..made });
        before = match &request.against {
            Against::Scratch => scratch.map(|made| made.run),
            _ => other.map(|(_, made)| made.run),
        };
    }
    let mut report = Report::new(config, tree, problems, plan);
    report.notes = notes;
    let now = made.map(|made| made.run).filter(|_| report.plan.is_some());
    Ok(Preview { before: before.filter(|_| now.is_some()), report, now })
}

/// What would run. `fates` are the decisions of the optimizer, if the index was looked up.
pub(super) fn plan(
    loaded: &Loaded,
    training: &Training,
    params: &Params,
    run: &Run,
    scratch: Option<&Run>,
    comparison: Option<Comparison>,
    fates: Option<&IndexMap<Label, Fate>>,
) -> Plan {
    let graph = &run.targets.graph;
    let level = params.text("level");
    Plan {
        facts: facts(training, params, run),
        defaults: None,
        models: models(training, &run.full, graph, scratch.map(|scratch| &scratch.full)),
        reused: reused(&loaded.extension, params, run),
        comparison,
        look_up: fates.map(|fates| look_up(graph, fates)),
        work: match fates {
            None => work(graph, &loaded.config, level),
            Some(fates) => work(&really(graph, fates), &loaded.config, level),
        },
    }
}

/// What the machine lacks changes names and digests, but nothing that a preview shows.
pub(super) fn is_about_the_machine(warning: &Problem) -> bool {
    warning.code == "run-task"
}

fn facts(training: &Training, params: &Params, run: &Run) -> Facts {
    let text = |path: &str| params.find(&path.into()).and_then(Value::as_str).unwrap_or_default().to_owned();
    Facts {
        src: text(training.src),
        trg: text(training.trg),
        experiment: text(training.name),
        target_stage: text(training.stage),
        target_method: params.text("target_tasks_method").to_owned(),
        tasks_for: params.text("tasks_for").to_owned(),
        tasks: size(&run.full.graph),
        targets: size(&run.targets.set),
        to_run: size(&run.targets.graph),
    }
}

/// What is wrong with a tree without a training config.
pub fn no_training(loaded: &Loaded) -> Problem {
    let message = format!("`{}` trains nothing: it has no training config", loaded.tree.name());
    let help =
        "a tree of the translations pipeline has `register: translations_taskgraph:register` in config.yml";
    Problem::error("no-training", message).help(help)
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

/// Making a graph of a config, and looking for all that is wrong with either.
pub struct Making<'m> {
    pub loaded: &'m Loaded,
    pub training: &'m Training,
    pub request: &'m Request<'m>,
    /// Whether a sample of the graph is enough.
    pub is_sample: bool,
}

/// A graph, and the parameters that it was made with.
pub struct Made {
    pub params: Params,
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
    fn scratch(&self, params: Params, notes: &mut Vec<String>) -> Result<Option<Made>> {
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
        let datasets = KeyPath::dotted(training.datasets);
        for with_datasets in [true, false] {
            let Some(params) = repaired(loaded, training, params, with_datasets) else { break };
            if params::check(&params, &loaded.extension, &loaded.kinds).iter().any(Problem::is_error) {
                break;
            }
            let mut refused = Vec::new();
            if problems_of(loaded.full(&params, request.settings), &mut refused)?.is_some() {
                let mut found = effects::without_effect(loaded, training, &params, own);
                let inside = params.path_in_file(&datasets);
                found.retain(|problem| with_datasets || !problem.path.0.starts_with(&inside.0));
                others.extend(found);
                break;
            }
            // What stands in other files may come from the repair.
            let is_own = |problem: &Problem| {
                problem.place.as_ref().is_some_and(|place| place.source == request.input.source)
            };
            others.extend(refused.into_iter().filter(is_own));
        }
        // What is wrong with models was said by their own check.
        let models = params.path_in_file(&KeyPath::dotted(training.models));
        let is_about_models = |path: &KeyPath| {
            path.0.starts_with(&models.0) || !path.0.is_empty() && models.0.starts_with(&path.0)
        };
        others.retain(|problem| !is_about_models(&problem.path));
        Ok(others)
    }

    /// What becomes of each task to run, if somebody looks the index up.
    fn look_up(&self, params: &Params, run: &Run) -> Result<Option<IndexMap<Label, Fate>>> {
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
    fn other(&self, problems: &mut Vec<Problem>) -> Result<Option<(String, Made)>> {
        let Against::Config(input) = &self.request.against else { return Ok(None) };
        let Some(other) = problems_of(config::read(self.loaded, self.training, input), problems)? else {
            return Ok(None);
        };
        let made = self.make(other.params, None, problems)?;
        Ok(made.map(|made| (input.source.name.clone(), made)))
    }
}
