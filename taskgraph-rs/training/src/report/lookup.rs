//! The optimizer's decisions after a look-up, grouped for the report.

use indexmap::IndexMap;
use serde::Serialize;

use taskgraph::graph::TaskGraph;
use taskgraph::optimize::{Fate, Replaced, ReplacedBy};
use taskgraph::task::Label;
use taskgraph::task::id::TaskId;
use taskgraph_compat::natural_order::natural;
use taskgraph_compat::value::Str;

/// What the index has of what is to run.
#[derive(Debug, Serialize)]
pub struct LookUp {
    /// How many tasks there are of each outcome.
    pub counts: Counts,
    /// The same for each kind.
    pub kinds: IndexMap<Str, KindCounts>,
    /// Each task to run, by label.
    pub tasks: IndexMap<Label, Looked>,
}

/// How many tasks there are of each outcome.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Tasks that would run.
    pub would_run: usize,
    /// Tasks of earlier runs that are used again: they stand in the index, or the parameters name them.
    pub used_again: usize,
    /// Tasks that need not run, and need nobody to stand in for them.
    pub not_needed: usize,
}

/// What the index has of one kind.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct KindCounts {
    /// How many tasks there are of each outcome.
    #[serde(flatten)]
    pub counts: Counts,
    /// When the first of the tasks that stand in is gone.
    pub expires: Option<Str>,
    /// The last deadline of what depends on them.
    pub needed_until: Option<Str>,
}

/// What becomes of a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// It would run.
    WouldRun,
    /// A task of an earlier run stands in for it.
    UsedAgain,
    /// It need not run.
    NotNeeded,
}

/// What becomes of one task, and why.
#[derive(Debug, Serialize)]
pub struct Looked {
    /// What becomes of it.
    pub outcome: Outcome,
    /// The task that stands in for it.
    pub task_id: Option<TaskId>,
    /// Whether the parameter `existing_tasks` names that task, and not the index.
    pub existing: bool,
    /// The index path that led to that task.
    pub index_path: Option<Str>,
    /// When that task is gone.
    pub expires: Option<Str>,
    /// The last deadline of what depends on it.
    pub needed_until: Option<Str>,
    /// Why, in words.
    pub why: String,
}

impl Counts {
    /// What became of the look-up, in the words that are the same everywhere: `135 would run, 12 used again`.
    pub fn words(&self) -> String {
        let Counts { would_run, used_again, not_needed } = self;
        let more = if *not_needed > 0 { format!(", {not_needed} not needed") } else { String::new() };
        format!("{would_run} would run, {used_again} used again{more}")
    }

    fn add(&mut self, outcome: Outcome) {
        *match outcome {
            Outcome::WouldRun => &mut self.would_run,
            Outcome::UsedAgain => &mut self.used_again,
            Outcome::NotNeeded => &mut self.not_needed,
        } += 1;
    }
}

impl KindCounts {
    fn add(&mut self, looked: &Looked) {
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
pub fn look_up(graph: &TaskGraph, fates: &IndexMap<Label, Fate>) -> LookUp {
    let mut found = LookUp {
        counts: Counts::default(),
        kinds: IndexMap::new(),
        tasks: IndexMap::with_capacity(fates.len()),
    };
    for task in graph.tasks.values() {
        let Some(fate) = fates.get(&task.label) else { continue };
        let looked = looked(fate);
        found.counts.add(looked.outcome);
        found.kinds.entry(task.kind.clone()).or_default().add(&looked);
        found.tasks.insert(task.label.clone(), looked);
    }
    found.tasks.sort_by(|a, _, b, _| natural(a.as_str(), b.as_str()));
    found
}

fn looked(fate: &Fate) -> Looked {
    let mut looked = Looked {
        outcome: Outcome::WouldRun,
        task_id: None,
        existing: false,
        index_path: None,
        expires: None,
        needed_until: None,
        why: String::new(),
    };
    match fate {
        Fate::Kept(why) => looked.why = why.to_string(),
        Fate::Removed(why) => {
            looked.outcome = Outcome::NotNeeded;
            looked.why = why.to_string();
        }
        Fate::Replaced(task_id, replaced @ Replaced { by, .. }) => {
            looked.task_id = Some(task_id.clone());
            looked.why = replaced.to_string();
            looked.outcome = Outcome::UsedAgain;
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
pub fn really(graph: &TaskGraph, fates: &IndexMap<Label, Fate>) -> TaskGraph {
    graph.excerpt(|task| matches!(fates.get(&task.label), Some(Fate::Kept(_))))
}
