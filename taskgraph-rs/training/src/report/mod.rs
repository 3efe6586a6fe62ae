//! Report of a preview, as data: `docs/preview-json.md` describes it field by field.

pub(crate) mod command;
pub(crate) mod comparison;
pub(crate) mod decision_report;
pub(crate) mod earlier_groups;
pub(crate) mod lookup;
pub(crate) mod models;
pub(crate) mod resources;
pub(crate) mod reused;

use std::collections::BTreeSet;

use serde::Serialize;

use crate::estimate::{Estimate, RowEstimate};
use earlier_groups::EarlierReport;
use lookup::LookUp;
use taskgraph::diagnostics::{Problem, Severity};
use taskgraph::generator::Project;
use taskgraph::known_python::Package;
use taskgraph::python_worker::PythonFacts;
use taskgraph::task::Label;
use taskgraph_compat::value::Str;

/// The version of the schema. It changes when a field changes its meaning or goes; new fields may come at any time.
pub const VERSION: u32 = 3;

/// Everything a preview has to say.
#[derive(Debug, Serialize)]
pub struct Report {
    /// The version of this schema.
    pub version: u32,
    /// Overall result.
    pub outcome: ReportOutcome,
    /// The config.
    pub config: Config,
    /// The tree, once it was read.
    pub tree: Option<TreeFacts>,
    /// Plan of the run; `None` if there are errors.
    pub plan: Option<Plan>,
    /// Problems, errors first, each in the order of the files.
    pub problems: Vec<Problem>,
    /// Facts that are worth knowing and not problems of the config.
    pub notes: Vec<String>,
}

/// Overall result of a preview.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ReportOutcome {
    /// Nothing is wrong.
    Fine,
    /// There are warnings.
    Warnings,
    /// There are errors, and no plan.
    Refused,
}

/// The config that was looked at.
#[derive(Clone, Debug, Serialize)]
pub struct Config {
    /// Its file, or `<stdin>`.
    pub file: String,
    /// Whether it is a whole set of parameters and not a training config alone.
    pub is_parameters: bool,
}

/// The tree.
#[derive(Debug, Serialize)]
pub struct TreeFacts {
    /// Its folder as it was given, or `the embedded kinds`.
    pub name: String,
    /// Whether it is the one inside the program.
    pub embedded: bool,
    /// Number of kinds.
    pub kinds: usize,
    /// The version of Taskgraph that it pins or that is installed for it; nothing if nobody says one.
    pub taskgraph: Option<String>,
    /// Work of its own Python; `None` if all kinds are native.
    pub python: Option<PythonFacts>,
}

impl TreeFacts {
    /// Describes a tree.
    pub fn of(project: &Project) -> Self {
        TreeFacts {
            name: project.tree.name(),
            embedded: project.tree.is_embedded(),
            kinds: project.kinds.len(),
            taskgraph: project.versions.version(Package::Taskgraph).map(ToString::to_string),
            python: None,
        }
    }

    /// Describes it for users: `tree taskcluster (57 kinds)`.
    pub fn words(&self) -> String {
        match (self.embedded, &self.taskgraph) {
            (true, _) => {
                format!("the embedded kinds ({}): no checkout, and digests of their own", self.kinds)
            }
            (false, None) => format!("tree {} ({} kinds)", self.name, self.kinds),
            (false, Some(version)) => {
                format!("tree {} ({} kinds, Taskgraph {version})", self.name, self.kinds)
            }
        }
    }
}

/// Plan of a run.
#[derive(Debug, Serialize)]
pub struct Plan {
    /// Summary of the request.
    pub facts: Facts,
    /// The kinds that can start from a model, and others of which a task does.
    pub models: Vec<KindModels>,
    /// Inputs of the config that earlier runs have made: models, corpora, vocabularies.
    pub reused: Vec<ReusedInput>,
    /// Changes against another run.
    pub comparison: Option<Comparison>,
    /// Result of the index look-up, if there was one.
    pub look_up: Option<LookUp>,
    /// Result of the `train` action with earlier groups, if some are named.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub earlier: Option<EarlierReport>,
    /// Machines of the tasks: with a look-up, of those that would run.
    pub work: MachineReport,
}

/// Summary of the request, and its size.
#[derive(Debug, Serialize)]
pub struct Facts {
    /// The language that is translated from.
    pub src: String,
    /// The language that is translated to.
    pub trg: String,
    /// The name of the experiment.
    pub experiment: String,
    /// The stage whose tasks are asked for.
    pub target_stage: String,
    /// The target method. Another than the training's own does not look at the stage.
    pub target_method: String,
    /// Cause of the graph: `action`, `cron`, `github-push`, …
    pub tasks_for: String,
    /// Number of tasks in the full graph.
    pub tasks: usize,
    /// Number of target tasks.
    pub targets: usize,
    /// Number of target tasks and all their dependencies.
    pub needed: usize,
    /// That number, and the result of a look-up, in the words that are the same everywhere: `147 tasks, nothing looked
    /// up yet`.
    pub summary: String,
}

/// Start of a kind's training.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Variant {
    /// Without a model.
    FromScratch,
    /// Nothing is trained: the model is downloaded and published.
    DownloadOnly,
    /// At the checkpoint of the model.
    Continue,
    /// With the weights of the model.
    Init,
}

/// A training kind and the models that it starts from.
#[derive(Debug, Serialize)]
pub struct KindModels {
    /// The kind.
    pub kind: Str,
    /// Start of its training.
    pub variant: Variant,
    /// The `type` of the config; nothing without a model.
    #[serde(rename = "type")]
    pub model_type: Option<Str>,
    /// Its tasks: one for each member of an ensemble.
    pub members: Vec<Member>,
}

/// A training task.
#[derive(Debug, Serialize)]
pub struct Member {
    /// Its label.
    pub label: Label,
    /// Whether the target stage needs it.
    pub runs: bool,
    /// Url of its model.
    pub url: Option<String>,
    /// Mount point of the model.
    pub directory: Option<Str>,
    /// The files that are mounted.
    pub files: Vec<String>,
    /// Dependencies.
    pub needs: Vec<NamedDependency>,
    /// Names of dependencies that it has no longer, because of the model.
    pub no_longer: Vec<Str>,
    /// The part of its command that shows the model; nothing if nothing is trained.
    pub command: Option<String>,
}

/// A dependency.
#[derive(Debug, Serialize)]
pub struct NamedDependency {
    /// The name that the task has for it.
    pub name: Str,
    /// Its label.
    pub label: Label,
}

/// Something that an earlier run has made: a model, a corpus, a vocabulary.
#[derive(Debug, Serialize)]
pub struct ReusedInput {
    /// The path of its key in the training config.
    pub path: String,
    /// Sort of the input: `model`, `corpus`, `vocabulary`.
    pub what: &'static str,
    /// Urls of its files.
    pub urls: Vec<NamedUrl>,
    /// The tasks that bring it into the graph.
    pub brought_by: Vec<SupplyingTask>,
    /// Use of the input.
    pub usage: Usage,
    /// Kinds that make nothing any more, or less, because of it.
    pub gone: Vec<RemovedKind>,
    /// Dependencies that have moved because of it.
    pub moved: Vec<Dependency>,
}

/// The url of a file or a folder.
#[derive(Debug, Serialize)]
pub struct NamedUrl {
    /// Its key, below that of the whole: `src`, `urls[0]`.
    pub name: String,
    /// The url.
    pub url: String,
}

/// A task that brings something into the graph.
#[derive(Debug, Serialize)]
pub struct SupplyingTask {
    /// Its label.
    pub label: Label,
    /// Whether it runs: what is asked for needs it.
    pub runs: bool,
}

/// Use of an input.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Usage {
    /// The target tasks need it.
    Used,
    /// Tasks need it that are not asked for.
    NotAskedFor,
    /// No task needs it.
    Unused,
}

/// A kind that makes less than it would.
#[derive(Debug, Serialize)]
pub struct RemovedKind {
    /// The kind.
    pub kind: Str,
    /// The stages of its tasks that are not made.
    pub stages: Vec<Str>,
    /// Whether it makes no task at all.
    pub wholly: bool,
    /// Reason.
    pub why: String,
}

/// A dependency that has moved.
#[derive(Debug, Serialize)]
pub struct Dependency {
    /// The former dependency.
    pub from: Str,
    /// The new dependency; `None` if the former one is only removed.
    pub to: Option<Str>,
    /// The tasks whose dependency it is.
    pub tasks: Vec<Label>,
}

/// Changes among the tasks to run, against another run.
#[derive(Debug, Default, Serialize)]
pub struct Comparison {
    /// The config of the other run; nothing if it is the same config without what it reuses.
    pub against: Option<String>,
    /// Sections that the other config lacks, if it is the same: `pretrained models`, `continuation`.
    pub without: Option<&'static str>,
    /// Tasks of the other run only.
    pub gone: Vec<RemovedTask>,
    /// Tasks of this run only.
    pub new: Vec<Label>,
    /// Tasks whose definition or own settings differ.
    pub rewritten: Vec<RewrittenTask>,
    /// Tasks that differ in what they directly depend on.
    pub dependencies: Vec<ChangedEdges>,
    /// Tasks that have a new digest because of something upstream, and no other reason.
    pub downstream: Vec<Label>,
    /// Tasks that are the same.
    pub unchanged: Vec<Label>,
}

/// A task that is not run any more.
#[derive(Debug, Serialize)]
pub struct RemovedTask {
    /// Its label.
    pub label: Label,
    /// Reason.
    pub why: String,
}

/// A task that is another one now.
#[derive(Debug, Serialize)]
pub struct RewrittenTask {
    /// Its label.
    pub label: Label,
    /// Whether a pretrained model is what changed it.
    pub by_model: bool,
}

/// A task with other direct dependencies.
#[derive(Debug, Serialize)]
pub struct ChangedEdges {
    /// Its label.
    pub label: Label,
    /// Dependencies that it lost.
    pub lost: Vec<Label>,
    /// Dependencies that it gained.
    pub gained: Vec<Label>,
}

/// Machines that the tasks run on.
#[derive(Debug, Default, Serialize)]
pub struct MachineReport {
    /// One row for each kind, stage and worker pool, in the order of the pipeline.
    pub rows: Vec<MachineRow>,
    /// Everything together.
    pub totals: Totals,
    /// Estimated duration, from earlier tasks; `None` if no estimate was requested.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub estimate: Option<Estimate>,
}

/// Tasks of one kind and stage on one worker pool.
#[derive(Debug, Serialize)]
pub struct MachineRow {
    /// The kind.
    pub kind: Str,
    /// The stage, if the tasks have one.
    pub stage: Option<Str>,
    /// `provisioner/worker-type`.
    pub pool: String,
    /// GPUs of one machine.
    pub gpus: usize,
    /// `spot` or `standard`; nothing where the pool comes in one sort only.
    pub machines: Option<&'static str>,
    /// Number of tasks.
    pub tasks: usize,
    /// Number of them that only download a model. They need a machine of the pool, but not for long.
    pub download_only: usize,
    /// The longest that one of them may run, in seconds.
    pub longest_seconds: u64,
    /// The sum of the maximum run times, in seconds.
    pub seconds: u64,
    /// That sum, multiplied by the GPUs.
    pub gpu_seconds: u64,
    /// Estimated duration, from earlier tasks; `None` if no estimate was requested.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub estimate: Option<RowEstimate>,
}

/// Everything together.
#[derive(Debug, Default, Serialize)]
pub struct Totals {
    /// Number of tasks.
    pub tasks: usize,
    /// Number of them on a machine with GPUs.
    pub gpu_tasks: usize,
    /// The sum of the maximum run times, in seconds.
    pub seconds: u64,
    /// The sum of the maximum run times, times the GPUs of each.
    pub gpu_seconds: u64,
}

impl Report {
    /// A report without a plan, or with one; the problems decide how it went.
    pub fn new(config: Config, tree: Option<TreeFacts>, problems: Vec<Problem>, plan: Option<Plan>) -> Self {
        let (problems, outcome) = outcome(problems, &config.file);
        let outcome = if plan.is_none() { ReportOutcome::Refused } else { outcome };
        let plan = plan.filter(|_| outcome != ReportOutcome::Refused);
        Report { version: VERSION, outcome, config, tree, plan, problems, notes: Vec::new() }
    }

    /// Errors and warnings.
    pub fn counts(&self) -> (usize, usize) {
        let errors = self.problems.iter().filter(|problem| problem.severity == Severity::Error).count();
        (errors, self.problems.len() - errors)
    }
}

/// Problems in the order of telling, each once, and how it went with them. What stands in the config, whose name is
/// `file`, comes first: what is wrong in other files may be a consequence of it.
pub(crate) fn outcome(mut problems: Vec<Problem>, file: &str) -> (Vec<Problem>, ReportOutcome) {
    let position = |problem: &Problem| {
        problem.place.as_ref().map(|place| (place.source.name.clone(), place.span.line, place.span.column))
    };
    let is_elsewhere =
        |problem: &Problem| problem.place.as_ref().is_some_and(|place| place.source.name != file);
    problems.sort_by_cached_key(|problem| {
        let position = position(problem);
        (problem.severity, is_elsewhere(problem), position.is_none(), position)
    });
    // Each task that needs a missing thing says so, and a key of another layout has no effect besides.
    let mut seen = BTreeSet::new();
    problems.retain(|problem| {
        seen.insert((position(problem), problem.message.clone()))
            && (problem.code != "no-effect" || seen.insert((position(problem), problem.code.into())))
    });
    let outcome = match problems.first().map(|problem| problem.severity) {
        Some(Severity::Error) => ReportOutcome::Refused,
        Some(Severity::Warning) => ReportOutcome::Warnings,
        None => ReportOutcome::Fine,
    };
    (problems, outcome)
}
