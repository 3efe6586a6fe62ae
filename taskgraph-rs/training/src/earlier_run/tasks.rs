//! The tasks of a group by label, and their languages.

use std::collections::BTreeSet;

use indexmap::IndexMap;

use crate::product::{Product, ProductValue};
use taskgraph::task::id::TaskId;
use taskgraph_compat::value::{Str, Value};
use taskgraph_taskcluster::GroupTask;

/// The tasks of a group by label. Of several with one label the newest counts that has completed, or else the newest.
#[derive(Debug, Default)]
pub struct Tasks {
    by_label: IndexMap<Str, GroupTask>,
}

impl Tasks {
    /// Sorts the tasks of a group.
    pub fn new(mut members: Vec<GroupTask>) -> Self {
        let created = |task: &GroupTask| {
            task.definition.get("created").and_then(Value::as_str).unwrap_or_default().to_owned()
        };
        members.sort_by_cached_key(|task| (&*task.state == "completed", created(task)));
        Tasks { by_label: members.into_iter().map(|task| (task.name.clone(), task)).collect() }
    }

    /// The task with a label.
    pub fn get(&self, label: &str) -> Option<&GroupTask> {
        self.by_label.get(label)
    }

    /// The task with an id.
    pub fn with_id(&self, id: &TaskId) -> Option<&GroupTask> {
        self.by_label.values().find(|task| task.task_id == *id)
    }

    /// Returns the number of tasks.
    pub fn len(&self) -> usize {
        self.by_label.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.by_label.is_empty()
    }

    /// The tasks that a model, or the files of a key, are made by: what follows the start of their labels, and they.
    pub fn made_by<'t>(&'t self, start: &'t str) -> impl Iterator<Item = (&'t str, &'t GroupTask)> + 't {
        // A label may begin with the name of another kind: `train-teacher` and `train-teacher-model`.
        let is_kind = move |task: &GroupTask| match kind(task) {
            Some(kind) => start == kind || start.strip_prefix(kind).is_some_and(|rest| rest.starts_with('-')),
            None => true,
        };
        self.by_label.iter().filter_map(move |(label, task)| {
            let rest = label.strip_prefix(start)?.strip_prefix('-')?;
            is_kind(task).then_some((rest, task))
        })
    }

    /// The pairs of languages of all that is made: `ru-en`, each with the tasks that are about it.
    pub fn pairs<'t>(&'t self, products: &[Product]) -> IndexMap<String, Vec<&'t GroupTask>> {
        let mut pairs: IndexMap<String, Vec<&GroupTask>> = IndexMap::new();
        for product in products {
            for start in product.tasks() {
                let by_label = self.by_label.iter().filter(|(label, _)| label.starts_with(start));
                let labels: BTreeSet<&str> = by_label.map(|(label, _)| &**label).collect();
                for label in labels {
                    let Some((pair, _)) = pair_of(product, label) else { continue };
                    let Some(task) = self.by_label.get(label) else { continue };
                    if self.made_by(start).any(|(_, own)| own.task_id == task.task_id) {
                        pairs.entry(pair.to_owned()).or_default().push(task);
                    }
                }
            }
        }
        pairs.sort_keys();
        pairs
    }
}

/// The kind of a task, as its tags have it.
fn kind(task: &GroupTask) -> Option<&str> {
    task.definition.get("tags")?.get("kind")?.as_str()
}

/// The languages of a label of something that is made, as `ru-en`, and the number of the member of an ensemble.
pub fn pair_of<'l>(product: &Product, label: &'l str) -> Option<(&'l str, Option<usize>)> {
    let rest = product.tasks().into_iter().find_map(|start| label.strip_prefix(start)?.strip_prefix('-'))?;
    let member = rest.rsplit_once('-').and_then(|(pair, number)| Some((pair, number.parse().ok()?)));
    match (&product.form, member) {
        (ProductValue::Model { members: Some(_), .. }, Some((pair, number))) => Some((pair, Some(number))),
        (ProductValue::Model { members: Some(_), .. }, None) => None,
        _ => Some((rest, None)),
    }
}
