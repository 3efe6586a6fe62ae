//! A drawing as boxes and lines, without coordinates.

use serde::Serialize;

use crate::drawing::status::Fate;

/// Boxes, and what leads from one to another: from what is needed to what needs it.
#[derive(Debug, Default, Serialize)]
pub struct Drawing {
    /// The boxes.
    pub nodes: Vec<Node>,
    /// What leads from box to box.
    pub edges: Vec<Edge>,
}

/// What a box stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum What {
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
    /// What it stands for.
    pub what: What,
    /// Its name: that of the kind or the task.
    pub name: String,
    /// What is to be said besides.
    pub note: String,
    /// How many tasks of each fate are in it, in the order of fates.
    pub parts: Vec<Part>,
    /// Whether something in it comes from a pretrained model.
    pub from_model: bool,
    /// How long it will take and what it will cost by earlier tasks, one line each; empty where nobody has asked.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub estimate: Vec<String>,
}

/// Tasks in a box that have the same fate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Part {
    /// The fate.
    pub fate: Fate,
    /// How many.
    pub tasks: usize,
}

/// What leads from one box to another.
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
    /// How many tasks it stands for.
    pub fn tasks(&self) -> usize {
        self.parts.iter().map(|part| part.tasks).sum()
    }

    /// What the most important of its tasks becomes; nothing for a model.
    pub fn fate(&self) -> Option<Fate> {
        self.parts.first().map(|part| part.fate)
    }

    /// `1 continue, 3 unchanged`.
    pub fn summary(&self) -> String {
        self.parts.iter().map(|part| part.words()).collect::<Vec<_>>().join(", ")
    }
}

impl Part {
    /// `3 unchanged`; `3 tasks` if nothing is known of them.
    pub fn words(self) -> String {
        match (self.fate, self.tasks) {
            (Fate::AskedFor, 1) => "1 task".into(),
            (Fate::AskedFor, tasks) => format!("{tasks} tasks"),
            (fate, tasks) => format!("{tasks} {}", fate.words()),
        }
    }
}

/// Counts of fates as parts.
pub fn parts(fates: impl IntoIterator<Item = Fate>) -> Vec<Part> {
    let mut counts = std::collections::BTreeMap::new();
    for fate in fates {
        *counts.entry(fate).or_insert(0) += 1;
    }
    counts.into_iter().map(|(fate, tasks)| Part { fate, tasks }).collect()
}
