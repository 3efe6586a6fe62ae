//! Report of a preview, as data: `docs/preview-json.md` describes it field by field.

pub(crate) mod command;
pub(crate) mod comparison;
pub(crate) mod earlier_groups;
pub(crate) mod lookup;
pub(crate) mod models;
pub(crate) mod reused;
pub(crate) mod run;

use std::collections::BTreeSet;

use serde::Serialize;

use crate::config::Config;
use crate::estimate::machines::MachineReport;
use comparison::Comparison;
use earlier_groups::EarlierReport;
use lookup::LookUp;
use models::KindModels;
use reused::ReusedInput;
use taskgraph::diagnostics::{Problem, Severity};
use taskgraph::generator::Project;
use taskgraph::known_python::Package;
use taskgraph::python_worker::PythonFacts;

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

/// Returns the problems in the order of a report, each once, and the outcome. Problems in the config, whose name is
/// `file`, come first: problems in other files may be consequences of them.
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
