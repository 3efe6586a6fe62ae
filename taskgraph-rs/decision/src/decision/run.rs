//! The order of the steps of a decision.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use indexmap::IndexMap;
use tempfile::TempDir;

use crate::actions;
use crate::decision::artifact_dir::Folder;
use crate::decision::checks::{check, check_run};
use crate::decision::create::{Creation, Creator};
use crate::decision::earlier_run::EarlierRuns;
use crate::decision::new_tasks::{Summary, new_tasks};
use crate::decision::queue::Queue;
use crate::decision::{artifacts, queue_rules};
use crate::error::DecisionError;
use taskgraph::diagnostics::{Problem, Problems};
use taskgraph::error::{Error, OrMachine as _, Result};
use taskgraph::generator::{OptimizeRequest, Project};
use taskgraph::known_urls::{Question, Urls};
use taskgraph::optimize::index::{Find, LookupAnswers};
use taskgraph::optimize::{OptimizedGraph, TaskOutcome, existing_check, settle_existing};
use taskgraph::parameters::Params;
use taskgraph::python_worker::PythonFacts;
use taskgraph::settings::Settings;
use taskgraph::task::Label;
use taskgraph::task::id::TaskId;
use taskgraph_training;
use taskgraph_training::{Report, Run};

/// Whether urls are there.
pub type Probe<'d> = dyn Fn(&[Question]) -> Urls + 'd;

/// Input of a decision besides its parameters.
pub struct Decision<'d> {
    /// The task that decides. Its id is that of the task group.
    pub task_id: TaskId,
    /// Settings of this run of the program.
    pub settings: &'d Settings,
    /// Whether the parameters were checked before: an action takes more than an event gives.
    pub is_checked: bool,
    /// Labels whose existing task was found in earlier groups and not named by anybody: where it cannot be used, they run
    /// anew. Any other existing task that cannot be used is refused.
    pub found_tasks: &'d BTreeSet<Label>,
    /// Asks urls, if a graph depends on some that nothing is known about.
    pub probe: &'d Probe<'d>,
    /// Looks up what ran before.
    pub find: &'d Find<'d>,
    /// Queue that creates the tasks; without it everything is written and nothing is created.
    pub queue: Option<&'d dyn Queue>,
    /// Makes the ids of tasks.
    pub new_id: &'d dyn Fn(&Label) -> TaskId,
    /// The folder for artifacts.
    pub artifacts: &'d Path,
    /// The folder for the contexts of docker images.
    pub contexts: &'d Path,
    /// Renders a preview.
    pub render: &'d dyn Fn(&Report) -> Result<RenderedPreview>,
    /// Receives the progress.
    pub notify: &'d dyn Fn(&Step<'_>),
    /// The time of the decision.
    pub now: SystemTime,
}

/// A preview as it is read.
pub struct RenderedPreview {
    /// `preview.json`.
    pub json: String,
    /// `preview.txt`.
    pub text: String,
}

/// Progress of a decision.
pub enum Step<'s> {
    /// Something is odd.
    Warnings(&'s [Problem]),
    /// The graph is made: so many tasks in all, and so many that are asked for.
    Made {
        /// In the full graph.
        tasks: usize,
        /// In the target graph.
        targets: usize,
    },
    /// The Python of the tree has made some of it.
    Python(&'s PythonFacts),
    /// So many index paths and existing tasks are looked up.
    LooksUp(usize, usize),
    /// Outcome of each task of the target graph.
    Optimized(&'s IndexMap<Label, TaskOutcome>),
    /// The artifacts are there, and these tasks are next.
    Creates(&'s Summary),
}

/// Result of a decision.
pub struct DecisionResult {
    /// Outcome of each task of the target graph.
    pub outcomes: IndexMap<Label, TaskOutcome>,
    /// The ids of all tasks that have one.
    pub label_to_taskid: IndexMap<Label, TaskId>,
    /// Number of tasks that are created, or would be.
    pub summary: Summary,
    /// The tasks that were created and those that were there, if they were to be created.
    pub creation: Option<Creation>,
}

/// Runs a decision: checks, generates the graph, writes the artifacts and creates the tasks, in this order. Problems of the input are reported before anything is written. If tasks cannot be created, the
/// error lists the existing ones.
pub fn run(
    project: &Project,
    mut params: Params,
    decision: &Decision<'_>,
) -> Result<DecisionResult, DecisionError> {
    let notify = decision.notify;
    Problems(project.version_conflicts(decision.settings)).check()?;
    let artifacts = Folder::open(decision.artifacts)?;
    let contexts = Folder::open(decision.contexts)?;
    let mut warnings =
        if decision.is_checked { Vec::new() } else { check(project, &mut params, decision.settings)? };
    notify(&Step::Warnings(&warnings));
    let in_python =
        TempDir::with_prefix("taskgraph-artifacts-").or_machine(|| "no temporary folder can be made")?;
    let settings = Settings {
        python_artifacts: Some(in_python.path().to_owned()),
        ..settings(project, &params, decision)
    };
    let run = Run::make(project, &params, &settings)?;
    let mut found = check_run(project, &params, &settings, &run, &warnings)?;
    found.extend(run.full.warnings.iter().cloned());
    notify(&Step::Warnings(&found));
    warnings.extend(found);
    notify(&Step::Made { tasks: run.full.graph.tasks.len(), targets: run.targets.graph.tasks.len() });
    if let Some(python) = run.full.python(project) {
        notify(&Step::Python(&python));
    }
    let offered = actions::render(project, &params, decision.task_id.as_str())?;
    if decision.queue.is_some() {
        needs_run_task(&run)?;
    }

    let found = look_up(project, &params, &settings, &run, decision)?;
    let creator = Creator { task_id: decision.task_id.clone(), run_id: settings.run_id };
    let mut earlier = match decision.queue {
        Some(queue) => creator.earlier(queue, &decision.task_id, decision.now)?,
        None => EarlierRuns::default(),
    };
    let mut run_anew = Vec::new();
    let scheduler = project.config.scheduler_id(params.text("level"));
    let (not_taken, morphed, tasks) = loop {
        let mut new_id = |label: &Label| earlier.id(label, decision.new_id);
        let (optimized, anew) = settle_existing(&mut params, decision.found_tasks, |params| {
            earlier.begin();
            optimized(project, params, &settings, &run, decision, &found, &mut new_id)
        })?;
        run_anew.extend(anew);
        let not_taken = existing_check(&params, &optimized.existing)?;
        let morphed = project.morph(optimized, &params, &mut new_id)?;
        let tasks = new_tasks(&morphed.graph, &decision.task_id, &scheduler, &mut new_id);
        if !earlier.reject(&tasks, decision.now)? {
            break (not_taken, morphed, tasks);
        }
    };
    let not_taken: Vec<Problem> = run_anew.into_iter().chain(not_taken).collect();
    notify(&Step::Warnings(&not_taken));
    warnings.extend(not_taken);
    notify(&Step::Optimized(&morphed.outcomes));
    let created = decision.now.duration_since(UNIX_EPOCH).unwrap_or_default().as_millis();
    let created = i64::try_from(created).unwrap_or(i64::MAX);
    Problems(queue_rules::check(&morphed.graph, &project.config, &params, created)).check()?;
    let report =
        taskgraph_training::of_decision(project, &params, &settings, &run, &morphed.outcomes, warnings)?;
    let rendered = report.as_ref().map(decision.render).transpose()?;

    let mut staged = artifacts.stage()?;
    artifacts::copy_all(&mut staged, &in_python.path().join("artifacts"))?;
    artifacts::write_graph(&mut staged, &params, &run)?;
    artifacts::write_morphed(&mut staged, &morphed)?;
    artifacts::write_json(&mut staged, "actions.json", &offered)?;
    artifacts::copy_scripts(&mut staged, &settings)?;
    if let Some(RenderedPreview { json, text }) = &rendered {
        staged.add("preview.json", |out| Ok(out.write_all(json.as_bytes())?))?;
        staged.add("preview.txt", |out| Ok(out.write_all(text.as_bytes())?))?;
    }
    let mut packed = contexts.stage()?;
    artifacts::copy_all(&mut packed, &in_python.path().join("contexts"))?;
    artifacts::write_contexts(&mut packed, &run.full.contexts)?;
    packed.place()?;
    staged.place()?;

    let summary = Summary::of(&morphed.graph);
    notify(&Step::Creates(&summary));
    let used = morphed.label_to_taskid.values().cloned();
    let create = |queue| creator.create(queue, &decision.task_id, &earlier, tasks, used);
    let creation = decision.queue.map(create).transpose()?;
    Ok(DecisionResult {
        outcomes: morphed.outcomes,
        label_to_taskid: morphed.label_to_taskid,
        summary,
        creation,
    })
}

/// The settings of the call, as a decision needs them: with its id, with contexts, and with answers about urls.
fn settings(project: &Project, params: &Params, decision: &Decision<'_>) -> Settings {
    Settings {
        task_id: Some(decision.task_id.to_string()),
        keep_contexts: true,
        urls: project.urls(params, decision.settings, decision.probe),
        ..decision.settings.clone()
    }
}

/// Looks up index paths and tasks.
fn look_up(
    project: &Project,
    params: &Params,
    settings: &Settings,
    run: &Run,
    decision: &Decision<'_>,
) -> Result<LookupAnswers> {
    let wanted = project.lookup_request(&run.targets, params, settings)?;
    (decision.notify)(&Step::LooksUp(wanted.index_paths.len(), wanted.tasks.len()));
    (decision.find)(&wanted)
}

/// Optimizes the target graph.
fn optimized(
    project: &Project,
    params: &Params,
    settings: &Settings,
    run: &Run,
    decision: &Decision<'_>,
    found: &LookupAnswers,
    new_id: &mut dyn FnMut(&Label) -> TaskId,
) -> Result<OptimizedGraph> {
    let decision_task_id = decision.task_id.as_str();
    let request = OptimizeRequest { settings, decision_task_id, found, now: decision.now };
    project.optimize(&run.targets, params, &request, new_id)
}

/// Without run-task, digests are not those of anybody else, and all that is cached would be made again.
fn needs_run_task(run: &Run) -> Result<()> {
    match run.full.warnings.iter().find(|warning| warning.code == "run-task") {
        None => Ok(()),
        Some(warning) => {
            let why = warning.help.clone().unwrap_or_default();
            Err(Error::machine(why).context(format!("{}; nothing was created", warning.message)))
        }
    }
}
