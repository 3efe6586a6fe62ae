//! The graphs of a preview: checks of a config, its graph, and what in it is not as it looks.

use anyhow::Result;
use indexmap::IndexMap;

use crate::checks::{Examination, Purpose, layout, unused_keys};
use crate::config;
use crate::config::problems_of;
use crate::pipeline::Training;
use crate::preview::{Against, Request};
use crate::report::comparison::Run;
use taskgraph::diagnostics::{Problem, Severity};
use taskgraph::generator::{NO_DECISION, OptimizeRequest, Project};
use taskgraph::optimize::index::Found;
use taskgraph::optimize::{Fate, existing_warnings};
use taskgraph::parameters::Params;
use taskgraph::schema::fields::Fields as _;
use taskgraph::settings::Settings;
use taskgraph::task::Label;
use taskgraph::task::id::TaskId;
use taskgraph_compat::value::Value;

/// What every graph of a preview is made with.
pub struct Making<'m> {
    /// The tree.
    pub project: &'m Project,
    /// Where things stand in its training config.
    pub training: &'m Training,
    /// What is asked.
    pub request: &'m Request<'m>,
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
        let Request { settings, ask, .. } = self.request;
        match ask {
            None => (*settings).clone(),
            Some(ask) => Settings { urls: self.project.urls(params, settings, ask), ..(*settings).clone() },
        }
    }

    /// Checks parameters and makes their graph; nothing if they are refused. `own` is the training config as it was
    /// written, if its keys are to be looked at.
    pub fn make(
        &self,
        mut params: Params,
        own: Option<&Value>,
        problems: &mut Vec<Problem>,
    ) -> Result<Option<Made>> {
        let Making { project, training, request } = self;
        if let Some(stage) = &request.target_stage {
            config::set_stage(&mut params, training, stage);
        }
        if let Some(tasks_for) = &request.tasks_for {
            params.values_mut().put("tasks_for", tasks_for.as_str());
        }
        let mut found =
            problems_of(project.complete(&mut params, request.now), problems)?.unwrap_or_default();
        let examination = self.examination();
        match own {
            Some(_) => found = examination.params(&params, found),
            // The same keys were told of before, if it is the same config.
            None => {
                found.retain(Problem::is_error);
                found = layout::of_another(project, training, &params).map_or(found, |problem| vec![problem]);
            }
        }
        let is_refused = found.iter().any(Problem::is_error);
        problems.extend(found);
        if is_refused {
            if let Some(own) = own {
                problems.extend(examination.others(&params, own, problems)?);
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
            problems.extend(examination.causes(&params, refused, has_cause));
            if let Some(own) = own {
                problems.extend(examination.of_repaired(&params, own)?);
            }
            return Ok(None);
        };
        let Some(targets) = problems_of(project.target(&full, &params), problems)? else { return Ok(None) };
        let run = Run { full, targets };
        if let Some(own) = own {
            problems.extend(examination.run(&params, own, &run, problems));
        }
        Ok(Some(Made { params, run }))
    }

    fn examination(&self) -> Examination<'_> {
        Examination {
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
    pub fn scratch(&self, params: Params, notes: &mut Vec<String>) -> Result<Option<Made>> {
        let mut problems = Vec::new();
        let made = self.make(params, None, &mut problems)?;
        if made.is_none() {
            notes.extend(config::no_scratch(self.training, &problems));
        }
        Ok(made)
    }

    /// What becomes of each task to run, and what was found, if somebody looks the index up. Existing tasks that a decision would refuse, or not
    /// take, are warned of.
    pub fn look_up(
        &self,
        params: &Params,
        run: &Run,
        problems: &mut Vec<Problem>,
    ) -> Result<Option<(IndexMap<Label, Fate>, Found)>> {
        let Making { project, request, .. } = self;
        let Some(find) = request.find else { return Ok(None) };
        let index = find(&project.wanted(&run.targets, params, request.settings)?)?;
        let asked = OptimizeRequest {
            settings: request.settings,
            decision_task_id: NO_DECISION,
            found: &index,
            now: request.now,
        };
        // No task is created, so that any ids will do.
        let optimized = project.optimize(&run.targets, params, &asked, &mut |_| TaskId::random())?;
        problems.extend(existing_warnings(params, &optimized.existing));
        Ok(Some((optimized.fates, index)))
    }

    /// The graph of the other config, if the run is compared with one, and its name.
    pub fn other(&self, problems: &mut Vec<Problem>) -> Result<Option<(String, Made)>> {
        let Against::Config(input) = &self.request.against else { return Ok(None) };
        let Some(other) = problems_of(config::read(self.project, self.training, input), problems)? else {
            return Ok(None);
        };
        let made = self.make(other.params, None, problems)?;
        Ok(made.map(|made| (input.source.name.clone(), made)))
    }
}

/// What is worth knowing of a config.
pub fn notes(training: &Training, params: &Params) -> Vec<String> {
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

/// What is odd in files of the tree: whoever writes a config cannot mend it, so that it is no warning about the config.
pub fn of_the_tree(project: &Project) -> Option<String> {
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
