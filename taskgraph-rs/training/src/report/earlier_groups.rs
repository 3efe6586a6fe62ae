//! The plan of the action `train` on top of earlier task groups: tasks that are used again, tasks that run, and
//! their differences from this config. The package that knows the action provides the plan.

use anyhow::Result;
use indexmap::IndexMap;
use serde::Serialize;

use crate::estimate::history::History;
use crate::pipeline::Training;
use crate::preview::Input;
use crate::report::comparison::Run;
use taskgraph::diagnostics::Problem;
use taskgraph::generator::Project;
use taskgraph::graph::diff::FieldChange;
use taskgraph::optimize::Fate;
use taskgraph::optimize::index::Found;
use taskgraph::parameters::Params;
use taskgraph::settings::Settings;
use taskgraph::task::Label;
use taskgraph::task::id::TaskId;
use taskgraph_compat::value::Str;

/// Groups to go on from. See [`EarlierPlan`].
pub trait EarlierGroups {
    /// Plans the action for this config and these groups, and gives the parameters that it would decide with; nothing if
    /// it would refuse them, which is told in `problems` then.
    fn plan<'p>(
        &'p self,
        project: &Project,
        training: &Training,
        config: (&Input, &Params),
        how: (&Settings, std::time::SystemTime),
        problems: &mut Vec<Problem>,
    ) -> Result<Option<(Box<dyn EarlierPlan + 'p>, Params)>>;
}

/// What the action makes of groups.
pub trait EarlierPlan {
    /// What the action tells people.
    fn notes(&self) -> &[String];

    /// Adds how long the tasks of the groups took.
    fn add_times(&self, history: &mut History) -> Result<()>;

    /// What becomes of each task, as the decision of the action would have it. What that would refuse or warn of is told
    /// in `problems`.
    fn look(
        &self,
        project: &Project,
        params: &mut Params,
        run: &Run,
        how: (&Settings, std::time::SystemTime),
        problems: &mut Vec<Problem>,
    ) -> Result<(IndexMap<Label, Fate>, Earlier, Found)>;
}

/// What becomes of a task that goes on from earlier groups.
#[derive(Debug, Serialize)]
pub struct Earlier {
    /// The groups.
    pub groups: Vec<TaskId>,
    /// How many tasks there are of each sort.
    pub counts: IndexMap<Becomes, usize>,
    /// Each task to run, by label.
    pub tasks: IndexMap<Label, EarlierTask>,
}

/// What becomes of a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Becomes {
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
    /// What becomes of it.
    pub becomes: Becomes,
    /// Why, in words.
    pub why: String,
    /// The task of an earlier group.
    pub task_id: Option<TaskId>,
    /// The state of that task.
    pub state: Option<Str>,
    /// What differs between that task and the one of this config: `digest`, `dependencies`, `payload.…`.
    pub changes: Vec<FieldChange>,
}
