//! A drawing as boxes and lines, without coordinates.

use serde::Serialize;

use crate::drawing::status::TaskStatus;

/// Boxes, and what leads from one to another: from what is needed to what needs it.
#[derive(Debug, Default, Serialize)]
pub struct Drawing {
    /// The boxes.
    pub nodes: Vec<Node>,
    /// Lines between the boxes.
    pub edges: Vec<Edge>,
}

/// Content of a box.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum NodeKind {
    /// All tasks of a kind.
    Kind,
    /// A task.
    Task,
    /// Several tasks of a kind.
    Tasks,
    /// A pretrained model.
    Model,
}

/// A box.
#[derive(Debug, Serialize)]
pub struct Node {
    /// Content of the box.
    pub what: NodeKind,
    /// Its name: that of the kind or the task.
    pub name: String,
    /// Additional note.
    pub note: String,
    /// Number of its tasks with each status, in the order of the statuses.
    pub parts: Vec<Part>,
    /// Whether something in it comes from a pretrained model.
    pub from_model: bool,
    /// Estimated duration and cost, one line each; empty if no estimate was requested.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub estimate: Vec<String>,
}

/// Tasks in a box that have the same fate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Part {
    /// The fate.
    #[serde(rename = "fate")]
    pub status: TaskStatus,
    /// Number of tasks.
    pub tasks: usize,
}

/// Line from one box to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Edge {
    /// The index of the box that is needed.
    pub from: usize,
    /// The index of the box that needs it.
    pub to: usize,
    /// Whether what comes from a pretrained model goes this way.
    pub from_model: bool,
}

impl Node {
    /// Returns the number of its tasks.
    pub fn tasks(&self) -> usize {
        self.parts.iter().map(|part| part.tasks).sum()
    }

    /// Returns the most important status among its tasks; `None` for a model.
    pub fn status(&self) -> Option<TaskStatus> {
        self.parts.first().map(|part| part.status)
    }

    /// `1 continue, 3 unchanged`.
    pub fn summary(&self) -> String {
        self.parts.iter().map(|part| part.words()).collect::<Vec<_>>().join(", ")
    }
}

impl Part {
    /// `3 unchanged`; `3 tasks` if nothing is known of them.
    pub fn words(self) -> String {
        match (self.status, self.tasks) {
            (TaskStatus::AskedFor, 1) => "1 task".into(),
            (TaskStatus::AskedFor, tasks) => format!("{tasks} tasks"),
            (status, tasks) => format!("{tasks} {}", status.words()),
        }
    }
}

/// Counts of fates as parts.
pub(super) fn parts(statuses: impl IntoIterator<Item = TaskStatus>) -> Vec<Part> {
    let mut counts = std::collections::BTreeMap::new();
    for status in statuses {
        *counts.entry(status).or_insert(0) += 1;
    }
    counts.into_iter().map(|(status, tasks)| Part { status, tasks }).collect()
}
