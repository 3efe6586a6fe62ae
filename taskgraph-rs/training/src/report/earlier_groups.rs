//! Result of the `train` action with earlier task groups: which of their tasks are used again, which run, and the
//! difference between a task of theirs and the one of this config. The caller supplies the plan of the action.

use indexmap::IndexMap;
use serde::Serialize;

use crate::config::Input;
use crate::estimate::history::History;
use crate::pipeline::Training;
use crate::report::run::Run;
use taskgraph::diagnostics::Problem;
use taskgraph::error::Result;
use taskgraph::generator::Project;
use taskgraph::graph::diff::FieldChange;
use taskgraph::optimize::TaskOutcome;
use taskgraph::optimize::index::LookupAnswers;
use taskgraph::parameters::Params;
use taskgraph::settings::Settings;
use taskgraph::task::Label;
use taskgraph::task::id::TaskId;
use taskgraph_compat::value::Str;

/// Groups to go on from. See [`EarlierPlan`].
pub trait EarlierGroups {
    /// Plans the action for this config and these groups, and gives the parameters that it would decide with; nothing if
    /// it would refuse them; `problems` then has the reasons.
    fn plan<'p>(
        &'p self,
        project: &Project,
        training: &Training,
        config: (&Input, &Params),
        how: (&Settings, std::time::SystemTime),
        problems: &mut Vec<Problem>,
    ) -> Result<Option<(Box<dyn EarlierPlan + 'p>, Params)>>;
}

/// Plan of the action for the groups.
pub trait EarlierPlan {
    /// Returns the notes of the action for users.
    fn notes(&self) -> &[String];

    /// Adds how long the tasks of the groups took.
    fn add_times(&self, history: &mut History) -> Result<()>;

    /// Returns the outcome of each task, as the decision of the action would have it. The errors and warnings of that
    /// decision are added to `problems`.
    fn look(
        &self,
        project: &Project,
        params: &mut Params,
        run: &Run,
        how: (&Settings, std::time::SystemTime),
        problems: &mut Vec<Problem>,
    ) -> Result<(IndexMap<Label, TaskOutcome>, EarlierReport, LookupAnswers)>;
}

/// Report on the tasks that continue from earlier groups.
#[derive(Debug, Serialize)]
pub struct EarlierReport {
    /// The groups.
    pub groups: Vec<TaskId>,
    /// Number of tasks with each outcome.
    pub counts: IndexMap<ContinuationOutcome, usize>,
    /// Each task to run, by label.
    pub tasks: IndexMap<Label, EarlierTask>,
}

/// Outcome of a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ContinuationOutcome {
    /// A task of an earlier group, or one that the input names, stands in for it.
    UsedAgain,
    /// A task of the index stands in for it.
    Cached,
    /// It runs: it is at or after the start.
    StartsAnew,
    /// It runs: its task of an earlier group cannot be used.
    Unusable,
    /// It runs: something that it depends on does.
    Upstream,
    /// It runs: no earlier group has a task for it.
    New,
    /// It need not run.
    NotNeeded,
}

/// A task, and the one of an earlier group.
#[derive(Debug, Serialize)]
pub struct EarlierTask {
    /// Outcome of the task.
    pub becomes: ContinuationOutcome,
    /// Reason, in words.
    pub why: String,
    /// The task of an earlier group.
    pub task_id: Option<TaskId>,
    /// The state of that task.
    pub state: Option<Str>,
    /// Differences between that task and the one of this config: `digest`, `dependencies`, `payload.…`.
    pub changes: Vec<FieldChange>,
}
