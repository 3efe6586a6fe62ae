//! Checks of configs, many of them over one tree: the preview's own checks without its plan.

use std::time::SystemTime;

use crate::config;
use crate::config::{Config, Input, LoadedConfig, base_parameters, problems_of};
use crate::pipeline::{Training, no_training};
use crate::preview::graphs::{GraphBuilder, notes};
use crate::preview::request::{Baseline, Request};
use crate::remote_files::{Folder, RemoteFile, dataset_files, remotes};
use crate::report::{ReportOutcome, outcome};
use taskgraph::diagnostics::{Problem, Problems};
use taskgraph::error::{Error, Result};
use taskgraph::generator::Project;
use taskgraph::parameters;
use taskgraph::parameters::Params;
use taskgraph::settings::Settings;
use taskgraph_compat::value::{Map, Value};

/// A config that was checked.
#[derive(Debug)]
pub struct CheckedConfig {
    /// The checked config.
    pub config: Config,
    /// The language that is translated from; empty if the config does not say it.
    pub src: String,
    /// The language that is translated to.
    pub trg: String,
    /// Overall result.
    pub outcome: ReportOutcome,
    /// Problems, errors first, each in the order of the file.
    pub problems: Vec<Problem>,
    /// Facts that are worth knowing and not problems of the config.
    pub notes: Vec<String>,
    /// The files that its run would fetch from elsewhere; none if it is refused.
    pub remotes: Vec<RemoteFile>,
    /// Folders with the files that the config names, if they were looked for.
    pub folders: Vec<Folder>,
    /// The parameters, if the config could be read: complete, and not refused unless `outcome` says so.
    pub params: Option<Params>,
}

impl CheckedConfig {
    /// Adds what was found out later.
    pub fn add(&mut self, problems: Vec<Problem>) {
        self.problems.extend(problems);
        (self.problems, self.outcome) = outcome(std::mem::take(&mut self.problems), &self.config.file);
    }
}

/// Checks configs over one tree. What is the same for all of them is found out once.
pub struct Checker<'c> {
    project: &'c Project,
    training: &'c Training,
    settings: Settings,
    known: Map,
    now: SystemTime,
}

impl<'c> Checker<'c> {
    /// A checker. Refused for a tree that trains nothing.
    pub fn new(project: &'c Project, settings: &Settings, now: SystemTime) -> Result<Self> {
        let Some(training) = crate::pipeline::of(&project.extension) else {
            return Err(Problems::from(no_training(project)).into());
        };
        let mut base = Params::default();
        base_parameters::fill(&mut base, &project.tree, training.target_method);
        parameters::fill_base(&mut base, &project.tree, now)?;
        // No digest has a say in what is wrong with a config.
        let settings = Settings { fast: true, ..settings.clone() };
        Ok(Checker { project, training, settings, known: base.values().clone(), now })
    }

    /// Checks a config. Whatever is wrong with it is in the answer; an error is the machine's fault.
    pub fn check(&self, input: &Input) -> Result<CheckedConfig> {
        let mut problems = Vec::new();
        let read = config::read_with(self.project, self.training, input, &self.known);
        let Some(configured) = problems_of(read, &mut problems)? else {
            return Ok(self.messages(config::unread(input), None, problems, Vec::new()));
        };
        let LoadedConfig { config, params, own, problems: found } = configured;
        problems.extend(found);
        let request = Request {
            input: input.clone(),
            target_stage: None,
            tasks_for: None,
            against: Baseline::Nothing,
            settings: &self.settings,
            ask: None,
            find: None,
            groups: None,
            history: None,
            prices: None,
            now: self.now,
        };
        let making = GraphBuilder {
            project: self.project,
            training: self.training,
            request: &request,
            is_sample: true,
        };
        let mut kept = params.clone();
        let made = making.make(params, Some(&own), &mut problems)?;
        let mut files = Vec::new();
        if let Some(made) = made {
            let (extension, graph) = (&self.project.extension, &made.run.targets.graph);
            files = remotes(extension, &made.params, graph);
            // The graph is a sample; what would be fetched is not.
            files.extend(dataset_files(extension, &kept, graph));
            problems.extend(made.run.full.warnings);
        }
        // Nothing was made that a missing run-task would change.
        problems.retain(|problem| problem.code != "run-task");
        let notes = notes(self.training, &kept);
        self.project.complete(&mut kept, self.now)?;
        let checked = self.messages(config, Some(kept), problems, notes);
        Ok(CheckedConfig { remotes: files, ..checked })
    }

    /// A config that could not be read as a text. An error that is not the text's fault passes through.
    pub fn unreadable(&self, file: String, error: Error) -> Result<CheckedConfig> {
        let problems = error.into_problems()?;
        Ok(self.messages(Config { file, is_parameters: false }, None, problems, Vec::new()))
    }

    fn messages(
        &self,
        config: Config,
        params: Option<Params>,
        problems: Vec<Problem>,
        notes: Vec<String>,
    ) -> CheckedConfig {
        let text = |path: &str| {
            let value = params.as_ref().and_then(|params| params.find(&path.into()));
            value.and_then(Value::as_str).unwrap_or_default().to_owned()
        };
        let (src, trg) = (text(self.training.src), text(self.training.trg));
        let (problems, outcome) = outcome(problems, &config.file);
        CheckedConfig {
            config,
            src,
            trg,
            outcome,
            problems,
            notes,
            remotes: Vec::new(),
            folders: Vec::new(),
            params,
        }
    }
}
