//! Run times of earlier tasks, by kind and worker pool.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use taskgraph::diagnostics::{Problem, Problems};
use taskgraph::error::Result;
use taskgraph::graph::TaskGraph;
use taskgraph::optimize::index::{LookupAnswers, Took};
use taskgraph::optimize::{NotReplaced, ReplacedBy, Replacement, TaskOutcome};
use taskgraph::task::Label;
use taskgraph::task::id::TaskId;
use taskgraph_compat::value::{Str, Value};
use taskgraph_taskcluster::{GroupTask, Service};

/// An earlier task that completed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct EarlierRun {
    /// Its kind.
    pub kind: Str,
    /// `provisioner/workerType`.
    pub pool: Str,
    /// Total time of all its runs.
    pub seconds: u64,
    /// Its id, if it is known: a task that is found twice counts once.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub task: Option<TaskId>,
}

/// Earlier tasks that completed.
#[derive(Clone, Debug, Default)]
pub struct History {
    runs: Vec<EarlierRun>,
    known: BTreeSet<TaskId>,
    groups: Vec<TaskId>,
}

/// Run times of earlier tasks of one kind on one worker pool.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Times {
    /// Number of earlier tasks.
    pub earlier: usize,
    /// The median.
    pub median_seconds: u64,
    /// The first quartile: a quarter of them took less.
    pub lower_quartile_seconds: u64,
    /// The third quartile: a quarter of them took longer.
    pub upper_quartile_seconds: u64,
}

/// The times of each kind and worker pool.
pub(crate) type TimesByPool<'h> = BTreeMap<(&'h str, &'h str), Times>;

impl History {
    /// Adds a task, unless it is there.
    pub fn add(&mut self, run: EarlierRun) {
        if run.task.as_ref().is_none_or(|task| self.known.insert(task.clone())) {
            self.runs.push(run);
        }
    }

    /// All tasks, in the order in which they were added.
    pub fn runs(&self) -> &[EarlierRun] {
        &self.runs
    }

    /// Remembers a task group whose tasks are to be added, once somebody asks for them.
    pub fn name_group(&mut self, group: TaskId) {
        if !self.groups.contains(&group) {
            self.groups.push(group);
        }
    }

    /// The task groups whose tasks are still to be added.
    pub fn groups(&self) -> &[TaskId] {
        &self.groups
    }

    /// Asks for the tasks of the groups that were named, and adds them.
    pub fn ask(&mut self, service: &dyn Service) -> Result<()> {
        let mut problems = Vec::new();
        for group in std::mem::take(&mut self.groups) {
            match service.group(&group)? {
                Some(members) => self.add_group(&members),
                None => {
                    let message = format!("the history names `{group}`, and there is no such task group");
                    problems.push(Problem::error("no-group", message));
                }
            }
        }
        Ok(Problems(problems).check()?)
    }

    /// Adds those tasks of a group that completed. Their kind is the one that Taskgraph writes in their tags.
    pub fn add_group(&mut self, members: &[GroupTask]) {
        for GroupTask { task_id, definition, took, .. } in members {
            let kind = definition.get("tags").and_then(|tags| tags.get("kind")).and_then(Value::as_str);
            if let (Some(kind), Some(Took { pool, seconds })) = (kind, took) {
                let (kind, pool, seconds) = (kind.into(), pool.clone(), *seconds);
                self.add(EarlierRun { kind, pool, seconds, task: Some(task_id.clone()) });
            }
        }
    }

    /// Adds the tasks that a look-up found for tasks of the graph, whether they are used again or not.
    pub fn add_found<'f>(
        &mut self,
        graph: &TaskGraph,
        outcomes: impl IntoIterator<Item = (&'f Label, &'f TaskOutcome)>,
        found: &LookupAnswers,
    ) {
        for (label, outcome) in outcomes {
            let Some(task) = graph.tasks.get(label) else { continue };
            for id in tasks_behind(outcome) {
                let Some(Took { pool, seconds }) = found.states.get(id).and_then(|state| state.took.clone())
                else {
                    continue;
                };
                self.add(EarlierRun { kind: task.kind.clone(), pool, seconds, task: Some(id.clone()) });
            }
        }
    }

    /// The times of each kind and worker pool.
    pub fn times(&self) -> TimesByPool<'_> {
        let mut seconds: BTreeMap<(&str, &str), Vec<u64>> = BTreeMap::new();
        for run in &self.runs {
            seconds.entry((&run.kind, &run.pool)).or_default().push(run.seconds);
        }
        seconds.into_iter().map(|(key, seconds)| (key, Times::of(seconds))).collect()
    }
}

/// The earlier tasks that were found for a task.
fn tasks_behind(outcome: &TaskOutcome) -> Vec<&TaskId> {
    match outcome {
        TaskOutcome::Replaced(
            id,
            Replacement { by: ReplacedBy::Strategy { .. } | ReplacedBy::ExistingTasks, .. },
        ) => {
            vec![id]
        }
        TaskOutcome::Kept(kept) => match &kept.not_replaced {
            NotReplaced::Strategy { passed_over, .. } => passed_over.iter().map(|it| &it.task_id).collect(),
            _ => Vec::new(),
        },
        TaskOutcome::Removed(_) => Vec::new(),
    }
}

impl Times {
    /// `seconds` has at least one item.
    fn of(mut seconds: Vec<u64>) -> Self {
        seconds.sort_unstable();
        Times {
            earlier: seconds.len(),
            median_seconds: quartile(&seconds, 2),
            lower_quartile_seconds: quartile(&seconds, 1),
            upper_quartile_seconds: quartile(&seconds, 3),
        }
    }
}

/// The value that `quarters` of four quarters lie below, on a straight line between the two values next to it; halves
/// are rounded up.
fn quartile(sorted: &[u64], quarters: usize) -> u64 {
    let Some(last) = sorted.len().checked_sub(1) else { return 0 };
    let (at, rest) = (last * quarters / 4, (last * quarters % 4) as u128);
    let (low, high) = (u128::from(sorted[at]), u128::from(sorted[(at + 1).min(last)]));
    u64::try_from(low + ((high - low) * rest + 2) / 4).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(kind: &str, pool: &str, seconds: u64, task: Option<&str>) -> EarlierRun {
        let task = task.map(|id| TaskId::parse(id).unwrap());
        EarlierRun { kind: kind.into(), pool: pool.into(), seconds, task }
    }

    fn quartiles(seconds: &[u64]) -> [u64; 3] {
        let times = Times::of(seconds.to_vec());
        [times.lower_quartile_seconds, times.median_seconds, times.upper_quartile_seconds]
    }

    #[test]
    fn quartiles_lie_between_the_values_next_to_them() {
        assert_eq!(quartiles(&[7]), [7, 7, 7]);
        assert_eq!(quartiles(&[10, 0]), [3, 5, 8]);
        assert_eq!(quartiles(&[3, 1, 2]), [2, 2, 3]);
        assert_eq!(quartiles(&[50, 10, 40, 20, 30]), [20, 30, 40]);
        assert_eq!(quartiles(&[u64::MAX, u64::MAX, 0]), [1 << 63, u64::MAX, u64::MAX]);
    }

    #[test]
    fn tasks_of_another_kind_or_pool_say_nothing_and_none_counts_twice() {
        let mut history = History::default();
        let id = Some("vLbaYNyfFziQ1WZW1EAhcg");
        for one in [
            run("a", "p/x", 10, id),
            run("a", "p/x", 10, id),
            run("a", "p/x", 20, None),
            run("a", "p/x", 20, None),
            run("a", "p/y", 500, None),
            run("b", "p/x", 700, None),
        ] {
            history.add(one);
        }
        let times = history.times();
        let median = |kind, pool| times.get(&(kind, pool)).map(|it| (it.earlier, it.median_seconds));
        assert_eq!(median("a", "p/x"), Some((3, 20)));
        assert_eq!(median("a", "p/y"), Some((1, 500)));
        assert_eq!(median("b", "p/x"), Some((1, 700)));
        assert_eq!(median("b", "p/y"), None);
    }
}
