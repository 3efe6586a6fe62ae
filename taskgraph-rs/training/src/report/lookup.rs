//! Result of looking up the tasks to run in the index: the optimizer's decisions, sorted for users.

use indexmap::IndexMap;
use serde::Serialize;

use taskgraph::graph::TaskGraph;
use taskgraph::optimize::{ReplacedBy, Replacement, TaskOutcome};
use taskgraph::task::Label;
use taskgraph::task::id::TaskId;
use taskgraph_compat::natural_order::natural;
use taskgraph_compat::value::Str;

/// Result of looking up the tasks to run.
#[derive(Debug, Serialize)]
pub struct LookUp {
    /// Number of tasks with each outcome.
    pub counts: Counts,
    /// The same for each kind.
    pub kinds: IndexMap<Str, KindCounts>,
    /// Each task to run, by label.
    pub tasks: IndexMap<Label, TaskLookUp>,
}

/// Number of tasks with each outcome.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Tasks that would run.
    pub would_run: usize,
    /// Tasks of earlier runs that are used again: they stand in the index, or the parameters name them.
    pub used_again: usize,
    /// Tasks that need not run, and need nobody to stand in for them.
    pub not_needed: usize,
}

/// Result for one kind.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct KindCounts {
    /// Number of tasks with each outcome.
    #[serde(flatten)]
    pub counts: Counts,
    /// Earliest expiry of the replacing tasks.
    pub expires: Option<Str>,
    /// The last deadline of what depends on them.
    pub needed_until: Option<Str>,
}

/// Outcome of a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum LookUpOutcome {
    /// It would run.
    WouldRun,
    /// A task of an earlier run stands in for it.
    UsedAgain,
    /// It need not run.
    NotNeeded,
}

/// Outcome of one task, and its reason.
#[derive(Debug, Serialize)]
pub struct TaskLookUp {
    /// Outcome of the task.
    pub outcome: LookUpOutcome,
    /// The task that stands in for it.
    pub task_id: Option<TaskId>,
    /// Whether the parameter `existing_tasks` names that task, and not the index.
    pub existing: bool,
    /// The index path that led to that task.
    pub index_path: Option<Str>,
    /// Expiry of that task.
    pub expires: Option<Str>,
    /// The last deadline of what depends on it.
    pub needed_until: Option<Str>,
    /// Reason, in words.
    pub why: String,
}

impl Counts {
    /// Describes the result in the words that are the same everywhere: `135 would run, 12 used again`.
    pub fn words(&self) -> String {
        let Counts { would_run, used_again, not_needed } = self;
        let more = if *not_needed > 0 { format!(", {not_needed} not needed") } else { String::new() };
        format!("{would_run} would run, {used_again} used again{more}")
    }

    fn add(&mut self, outcome: LookUpOutcome) {
        *match outcome {
            LookUpOutcome::WouldRun => &mut self.would_run,
            LookUpOutcome::UsedAgain => &mut self.used_again,
            LookUpOutcome::NotNeeded => &mut self.not_needed,
        } += 1;
    }
}

impl KindCounts {
    fn add(&mut self, looked: &TaskLookUp) {
        self.counts.add(looked.outcome);
        // Points in time of the queue are of one length, so that their text sorts as they do.
        if let Some(expires) = &looked.expires
            && self.expires.as_ref().is_none_or(|first| expires < first)
        {
            self.expires = Some(expires.clone());
        }
        self.needed_until = self.needed_until.take().max(looked.needed_until.clone());
    }
}

/// Sorts what the optimizer decided about a target graph.
pub(crate) fn look_up(graph: &TaskGraph, outcomes: &IndexMap<Label, TaskOutcome>) -> LookUp {
    let mut found = LookUp {
        counts: Counts::default(),
        kinds: IndexMap::new(),
        tasks: IndexMap::with_capacity(outcomes.len()),
    };
    for task in graph.tasks.values() {
        let Some(outcome) = outcomes.get(&task.label) else { continue };
        let looked = looked(outcome);
        found.counts.add(looked.outcome);
        found.kinds.entry(task.kind.clone()).or_default().add(&looked);
        found.tasks.insert(task.label.clone(), looked);
    }
    found.tasks.sort_by(|a, _, b, _| natural(a.as_str(), b.as_str()));
    found
}

fn looked(outcome: &TaskOutcome) -> TaskLookUp {
    let mut looked = TaskLookUp {
        outcome: LookUpOutcome::WouldRun,
        task_id: None,
        existing: false,
        index_path: None,
        expires: None,
        needed_until: None,
        why: String::new(),
    };
    match outcome {
        TaskOutcome::Kept(why) => looked.why = why.to_string(),
        TaskOutcome::Removed(why) => {
            looked.outcome = LookUpOutcome::NotNeeded;
            looked.why = why.to_string();
        }
        TaskOutcome::Replaced(task_id, replaced @ Replacement { by, .. }) => {
            looked.task_id = Some(task_id.clone());
            looked.why = replaced.to_string();
            looked.outcome = LookUpOutcome::UsedAgain;
            match by {
                ReplacedBy::ExistingTasks => looked.existing = true,
                ReplacedBy::Strategy { path, state, needed, .. } => {
                    looked.index_path = path.clone();
                    looked.expires = state.as_ref().map(|state| state.expires.clone());
                    looked.needed_until = needed.as_ref().map(|(until, _)| until.clone());
                }
            }
        }
    }
    looked
}

/// The tasks that would really run.
pub(crate) fn really(graph: &TaskGraph, outcomes: &IndexMap<Label, TaskOutcome>) -> TaskGraph {
    graph.excerpt(|task| matches!(outcomes.get(&task.label), Some(TaskOutcome::Kept(_))))
}
