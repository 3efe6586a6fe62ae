//! Outcomes of the optimize phase: the fate of each task, and the reason.

use std::fmt;

use crate::optimize::index::TaskState;
use crate::task::Label;
use crate::task::id::TaskId;
use taskgraph_compat::value::Str;

/// The outcome for a task of the target graph.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TaskOutcome {
    /// It runs.
    Kept(KeepReasons),
    /// It does not run, and nothing stands in for it.
    Removed(RemovalReason),
    /// Another task stands in for it, which ran before or runs already.
    Replaced(TaskId, Replacement),
}

/// The reasons why a task is neither removed nor replaced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeepReasons {
    /// The reason why it is not removed.
    pub why: KeptBy,
    /// The reason why it is not replaced.
    pub not_replaced: NotReplaced,
}

/// The reason why a task is not removed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeptBy {
    /// It must not be optimized.
    DoNotOptimize,
    /// This task needs it.
    Dependent(Label),
    /// A task needs it that is only there for it and others, one of which runs.
    IfDependent {
        /// The task that needs it.
        dependent: Label,
        /// The other one, which runs.
        other: Label,
    },
    /// It is asked for, and its strategy does not remove it.
    Strategy(Str),
    /// It is only there for this task, which runs.
    IfDependency(Label),
}

/// The reason why a task is not replaced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotReplaced {
    /// It must not be optimized.
    DoNotOptimize,
    /// It depends on this task, which runs.
    Dependency(Label),
    /// Its strategy found nothing to take.
    Strategy {
        /// The strategy.
        name: Str,
        /// The number of index paths that were looked up.
        asked: usize,
        /// The tasks that were found and not taken.
        passed_over: Vec<PassedOver>,
    },
}

/// A task that was found in the index, and not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PassedOver {
    /// The index path.
    pub path: Str,
    /// The task.
    pub task_id: TaskId,
    /// The reason why it was not taken.
    pub why: RejectionReason,
}

/// The reason why a found task was not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RejectionReason {
    /// The queue does not know it.
    Unknown,
    /// It is in this state, for this reason if the queue has reported one.
    State(Str, Option<Str>),
    /// It is gone since then, or will be any moment.
    Expired(Str),
    /// It is gone before what depends on it has to be done.
    Expires {
        /// When it is gone.
        expires: Str,
        /// When the last dependent has to be done.
        deadline: Str,
        /// The last dependent.
        dependent: Label,
    },
}

/// The reason why a task is removed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RemovalReason {
    /// Its strategy removes it.
    Strategy(Str),
    /// It is not asked for, and what needs it is removed.
    Dependents,
    /// It is only there for tasks that do not run.
    IfDependencies,
    /// Its strategy replaces it with nothing.
    ByNothing(Str),
}

/// The replacement of a task.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replacement {
    /// The strategy or parameter that replaces it.
    pub by: ReplacedBy,
    /// The reason why it would not run anyway.
    pub removed: Option<RemovalReason>,
}

/// The strategy or parameter that replaces a task.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReplacedBy {
    /// It is one of the existing tasks that the parameters name.
    ExistingTasks,
    /// Its strategy found another one.
    Strategy {
        /// The strategy.
        name: Str,
        /// The index path that led to it.
        path: Option<Str>,
        /// Its state.
        state: Option<TaskState>,
        /// Until when something depends on it: the last deadline, and the task that has it.
        needed: Option<(Str, Label)>,
    },
}

impl TaskOutcome {
    /// `kept`, `removed` or `replaced`.
    pub fn word(&self) -> &'static str {
        match self {
            TaskOutcome::Kept(_) => "kept",
            TaskOutcome::Removed(_) => "removed",
            TaskOutcome::Replaced(..) => "replaced",
        }
    }
}

/// A line of `optimizations.log`, without the label.
impl fmt::Display for TaskOutcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            TaskOutcome::Kept(kept) => write!(f, "kept: {kept}"),
            TaskOutcome::Removed(removed) => write!(f, "removed: {removed}"),
            TaskOutcome::Replaced(task, replaced) => write!(f, "replaced by {task}: {replaced}"),
        }
    }
}

impl fmt::Display for KeepReasons {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.why, &self.not_replaced) {
            (KeptBy::DoNotOptimize, _) => write!(f, "{}", self.why),
            (why, not_replaced) => write!(f, "{why}; {not_replaced}"),
        }
    }
}

impl fmt::Display for KeptBy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            KeptBy::DoNotOptimize => f.write_str("must not be optimized"),
            KeptBy::Dependent(label) => write!(f, "needed by {label}"),
            KeptBy::IfDependent { dependent, other } => {
                write!(f, "needed by {dependent}, which runs because {other} does (if-dependencies)")
            }
            KeptBy::Strategy(name) => write!(f, "asked for, not removed by {name}"),
            KeptBy::IfDependency(label) => write!(f, "belongs to {label}, which runs"),
        }
    }
}

impl fmt::Display for NotReplaced {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            NotReplaced::DoNotOptimize => f.write_str("must not be optimized"),
            NotReplaced::Dependency(label) => write!(f, "depends on {label}, which runs"),
            NotReplaced::Strategy { name, asked: 0, .. } => write!(f, "not replaced by {name}"),
            NotReplaced::Strategy { name, asked, passed_over } => {
                let paths = if *asked == 1 { "path" } else { "paths" };
                write!(f, "nothing to take for {name} at {asked} index {paths}")?;
                passed_over.iter().try_for_each(|passed| write!(f, "; {passed}"))
            }
        }
    }
}

impl fmt::Display for PassedOver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at {} not taken: ", self.task_id, self.path)?;
        write!(f, "{}", self.why)
    }
}

impl fmt::Display for RejectionReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            RejectionReason::Unknown => f.write_str("the queue does not know it"),
            RejectionReason::State(state, Some(reason)) if reason != state => {
                write!(f, "its state is {state} ({reason})")
            }
            RejectionReason::State(state, _) => write!(f, "its state is {state}"),
            RejectionReason::Expired(expires) => write!(f, "it expired at {expires}"),
            RejectionReason::Expires { expires, deadline, dependent } => {
                write!(f, "it expires at {expires}, before the deadline of {dependent} at {deadline}")
            }
        }
    }
}

impl fmt::Display for RemovalReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            RemovalReason::Strategy(name) => write!(f, "by {name}"),
            RemovalReason::Dependents => f.write_str("all that needs it is removed"),
            RemovalReason::IfDependencies => f.write_str("all that it is there for is removed"),
            RemovalReason::ByNothing(name) => write!(f, "replaced with nothing by {name}"),
        }
    }
}

impl fmt::Display for Replacement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.by {
            ReplacedBy::ExistingTasks => f.write_str("by existing_tasks")?,
            ReplacedBy::Strategy { name, path, state, .. } => {
                write!(f, "by {name}")?;
                if let Some(path) = path {
                    write!(f, " at {path}")?;
                }
                if let Some(TaskState { state, expires, .. }) = state {
                    write!(f, ", {state}, expires at {expires}")?;
                }
            }
        }
        match &self.removed {
            Some(removed) => write!(f, "; not needed: {removed}"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fate_says_what_it_is_about() {
        let label = |text: &str| Label::parse(&text.into()).unwrap();
        let id = TaskId::parse("vLbaYNyfFziQ1WZW1EAhcg").unwrap();
        let kept = |why, not_replaced| TaskOutcome::Kept(KeepReasons { why, not_replaced });
        let passed = |why| PassedOver { path: "a.b".into(), task_id: id.clone(), why };
        let expires =
            RejectionReason::Expires { expires: "E".into(), deadline: "D".into(), dependent: label("y") };
        let strategy = NotReplaced::Strategy {
            name: "index-search".into(),
            asked: 2,
            passed_over: vec![
                passed(RejectionReason::State("failed".into(), Some("failed".into()))),
                passed(expires),
            ],
        };
        let never = NotReplaced::Strategy { name: "never".into(), asked: 0, passed_over: Vec::new() };
        let state =
            Some(TaskState { state: "completed".into(), expires: "E".into(), reason: None, took: None });
        let needed = Some(("D".into(), label("y")));
        let found =
            ReplacedBy::Strategy { name: "index-search".into(), path: Some("a.b".into()), state, needed };
        for (outcome, text) in [
            (kept(KeptBy::DoNotOptimize, NotReplaced::DoNotOptimize), "kept: must not be optimized"),
            (
                kept(KeptBy::Dependent(label("y")), strategy),
                "kept: needed by y; nothing to take for index-search at 2 index paths; \
                 vLbaYNyfFziQ1WZW1EAhcg at a.b not taken: its state is failed; \
                 vLbaYNyfFziQ1WZW1EAhcg at a.b not taken: it expires at E, before the deadline of y at D",
            ),
            (
                kept(KeptBy::Strategy("never".into()), never),
                "kept: asked for, not removed by never; not replaced by never",
            ),
            (
                kept(
                    KeptBy::IfDependent { dependent: label("y"), other: label("z") },
                    NotReplaced::DoNotOptimize,
                ),
                "kept: needed by y, which runs because z does (if-dependencies); must not be optimized",
            ),
            (
                kept(KeptBy::IfDependency(label("z")), NotReplaced::Dependency(label("z"))),
                "kept: belongs to z, which runs; depends on z, which runs",
            ),
            (TaskOutcome::Removed(RemovalReason::Strategy("always".into())), "removed: by always"),
            (TaskOutcome::Removed(RemovalReason::Dependents), "removed: all that needs it is removed"),
            (
                TaskOutcome::Replaced(id.clone(), Replacement { by: found, removed: None }),
                "replaced by vLbaYNyfFziQ1WZW1EAhcg: by index-search at a.b, completed, expires at E",
            ),
            (
                TaskOutcome::Replaced(
                    id.clone(),
                    Replacement { by: ReplacedBy::ExistingTasks, removed: Some(RemovalReason::Dependents) },
                ),
                "replaced by vLbaYNyfFziQ1WZW1EAhcg: by existing_tasks; not needed: all that needs it is removed",
            ),
        ] {
            assert_eq!(outcome.to_string(), text);
        }
    }
}
