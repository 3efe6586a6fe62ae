//! Generates the graphs of a preview, after the checks of the config.

use indexmap::IndexMap;

use crate::checks::sample::sample;
use crate::checks::{ConfigChecks, Purpose, layout, unused_keys};
use crate::config;
use crate::config::problems_of;
use crate::pipeline::Training;
use crate::preview::request::{Baseline, Request};
use crate::report::run::Run;
use taskgraph::diagnostics::{Problem, Severity};
use taskgraph::error::Result;
use taskgraph::generator::{NO_DECISION, OptimizeRequest, Project};
use taskgraph::optimize::index::LookupAnswers;
use taskgraph::optimize::{TaskOutcome, existing_warnings};
use taskgraph::parameters::Params;
use taskgraph::schema::fields::Fields as _;
use taskgraph::settings::Settings;
use taskgraph::task::Label;
use taskgraph::task::id::TaskId;
use taskgraph_compat::value::Value;

/// Input of every graph of a preview.
pub(crate) struct GraphBuilder<'m> {
    /// The tree.
    pub project: &'m Project,
    /// Keys of its training config.
    pub training: &'m Training,
    /// Request of the preview.
    pub request: &'m Request<'m>,
    /// Whether a sample of the graph is enough.
    pub is_sample: bool,
}

/// A graph, and the parameters that it was made with.
pub(crate) struct ConfigGraph {
    /// The parameters.
    pub params: Params,
    /// The graph, and what is asked of it.
    pub run: Run,
}

impl GraphBuilder<'_> {
    /// The settings of the call, with answers about urls if somebody can be asked.
    fn settings(&self, params: &Params) -> Settings {
        let Request { settings, ask, .. } = self.request;
        match ask {
            None => (*settings).clone(),
            Some(ask) => Settings { urls: self.project.urls(params, settings, ask), ..(*settings).clone() },
        }
    }

    /// Checks parameters and makes their graph; nothing if they are refused. `own` is the training config as it was
    /// written, if its keys are to be looked at.
    pub(crate) fn make(
        &self,
        mut params: Params,
        own: Option<&Value>,
        problems: &mut Vec<Problem>,
    ) -> Result<Option<ConfigGraph>> {
        let GraphBuilder { project, training, request, is_sample } = self;
        if let Some(stage) = &request.target_stage {
            config::set_stage(&mut params, training, stage);
        }
        if let Some(tasks_for) = &request.tasks_for {
            params.values_mut().put("tasks_for", tasks_for.as_str());
        }
        let mut found =
            problems_of(project.complete(&mut params, request.now), problems)?.unwrap_or_default();
        let checks_of = self.checks_of();
        match own {
            Some(_) => found = checks_of.params(&params, found),
            // The same keys were reported before, if it is the same config.
            None => {
                found.retain(Problem::is_error);
                found = layout::of_another(project, training, &params).map_or(found, |problem| vec![problem]);
            }
        }
        let is_refused = found.iter().any(Problem::is_error);
        problems.extend(found);
        if *is_sample {
            params = sample(&params, training);
        }
        if is_refused {
            if let Some(own) = own {
                problems.extend(checks_of.others(&params, own, problems)?);
            }
            return Ok(None);
        }
        let settings = self.settings(&params);
        let mut refused = Vec::new();
        let Some(full) = problems_of(project.full(&params, &settings), &mut refused)? else {
            // Then what they are missed for is the consequence, and this the cause.
            problems
                .iter_mut()
                .filter(|it| it.code == "no-provider")
                .for_each(|it| it.severity = Severity::Error);
            let has_cause = problems.iter().any(Problem::is_error);
            problems.extend(checks_of.causes(&params, refused, has_cause));
            if let Some(own) = own {
                problems.extend(checks_of.of_repaired(&params, own)?);
            }
            return Ok(None);
        };
        let Some(targets) = problems_of(project.target(&full, &params), problems)? else { return Ok(None) };
        let run = Run { full, targets };
        if let Some(own) = own {
            problems.extend(checks_of.run(&params, own, &run, problems));
        }
        Ok(Some(ConfigGraph { params, run }))
    }

    fn checks_of(&self) -> ConfigChecks<'_> {
        ConfigChecks {
            project: self.project,
            training: self.training,
            settings: self.request.settings,
            purpose: Purpose::Training,
            stage_is_given: self.request.target_stage.is_some(),
            source: Some(self.request.input.source.clone()),
        }
    }

    /// Makes the graph of the same config without what earlier runs have made. A config that reuses something may lack
    /// what it would take to make that, so this may be refused, and the config is still as good as it was.
    pub(crate) fn scratch(&self, params: Params, notes: &mut Vec<String>) -> Result<Option<ConfigGraph>> {
        let mut problems = Vec::new();
        let made = self.make(params, None, &mut problems)?;
        if made.is_none() {
            notes.extend(config::no_scratch(self.training, &problems));
        }
        Ok(made)
    }

    /// Looks the index up, if requested, and returns the outcome of each task to run with the answers. Warns of
    /// existing tasks that a decision would refuse or not take.
    pub(crate) fn look_up(
        &self,
        params: &Params,
        run: &Run,
        problems: &mut Vec<Problem>,
    ) -> Result<Option<(IndexMap<Label, TaskOutcome>, LookupAnswers)>> {
        let GraphBuilder { project, request, .. } = self;
        let Some(find) = request.find else { return Ok(None) };
        let index = find(&project.lookup_request(&run.targets, params, request.settings)?)?;
        let asked = OptimizeRequest {
            settings: request.settings,
            decision_task_id: NO_DECISION,
            found: &index,
            now: request.now,
        };
        // No task is created, so that any ids will do.
        let optimized = project.optimize(&run.targets, params, &asked, &mut |_| TaskId::random())?;
        problems.extend(existing_warnings(params, &optimized.existing));
        Ok(Some((optimized.outcomes, index)))
    }

    /// The graph of the other config, if the run is compared with one, and its name.
    pub(crate) fn other(&self, problems: &mut Vec<Problem>) -> Result<Option<(String, ConfigGraph)>> {
        let Baseline::Config(input) = &self.request.against else { return Ok(None) };
        let Some(other) = problems_of(config::read(self.project, self.training, input), problems)? else {
            return Ok(None);
        };
        let made = self.make(other.params, None, problems)?;
        Ok(made.map(|made| (input.source.name.clone(), made)))
    }
}

/// Returns facts that are worth knowing of a config.
pub(crate) fn notes(training: &Training, params: &Params) -> Vec<String> {
    let keys = unused_keys::for_the_action(training, params);
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

/// Returns a note about oddities in files of the tree. The author of a config cannot repair them, so it is not a
/// warning about the config.
pub(crate) fn of_the_tree(project: &Project) -> Option<String> {
    let found = project.each_equal_key();
    let places: Vec<String> =
        found.iter().filter_map(|it| it.place.as_ref()).map(ToString::to_string).collect();
    match &places[..] {
        [] => None,
        [place] => Some(format!("a key stands twice in a file of the tree; the last one wins: {place}")),
        all => Some(format!(
            "{} keys stand twice in files of the tree; the last one of each wins: {}",
            all.len(),
            all.join(", ")
        )),
    }
}
