//! Ancestors and descendants of tasks.

use std::collections::{BTreeMap, BTreeSet};

use indexmap::{IndexMap, IndexSet};

use crate::actions::call::name_of;
use taskgraph::error::Result;
use taskgraph::task::id::TaskId;
use taskgraph_compat::value::{Str, Value};
use taskgraph_taskcluster::Service;

/// Definitions of tasks, each asked for once. What has expired is `None`.
#[derive(Debug, Default)]
pub struct Definitions(BTreeMap<TaskId, Option<Value>>);

impl Definitions {
    /// Adds one that is known already.
    pub fn add(&mut self, task: TaskId, definition: Value) {
        self.0.insert(task, Some(definition));
    }

    /// Whether the queue was asked for a task and knows it no longer.
    pub fn is_gone(&self, task: &TaskId) -> bool {
        matches!(self.0.get(task), Some(None))
    }

    /// The tasks that the queue was asked for and knows no longer.
    pub fn gone(&self) -> impl Iterator<Item = &TaskId> {
        self.0.iter().filter(|(_, definition)| definition.is_none()).map(|(task, _)| task)
    }

    /// Asks for tasks and all they depend on, as far back as the queue remembers.
    fn fetch(&mut self, service: &dyn Service, tasks: &[&TaskId]) -> Result<()> {
        let mut seen = IndexSet::new();
        let mut next: IndexSet<TaskId> = tasks.iter().map(|task| (*task).clone()).collect();
        while !next.is_empty() {
            let unknown: Vec<TaskId> =
                next.iter().filter(|task| !self.0.contains_key(*task)).cloned().collect();
            let answers = service.definitions(&unknown)?;
            self.0.extend(unknown.into_iter().zip(answers));
            let found: Vec<TaskId> = next.iter().flat_map(|task| self.dependencies(task)).collect();
            seen.extend(next);
            next = found.into_iter().filter(|task| !seen.contains(task)).collect();
        }
        Ok(())
    }

    /// The ancestors of tasks and their names, in the order of a walk that goes down before it goes on. What has
    /// expired is not a dependency any more. Python: `taskgraph.util.taskcluster.get_ancestors`.
    pub fn ancestors(&mut self, service: &dyn Service, tasks: &[&TaskId]) -> Result<IndexMap<TaskId, Str>> {
        self.fetch(service, tasks)?;
        let mut found = IndexMap::new();
        for task in tasks {
            let mut open: Vec<TaskId> = self.dependencies(task).collect();
            open.reverse();
            while let Some(next) = open.pop() {
                let Some(Some(definition)) = self.0.get(&next).filter(|_| !found.contains_key(&next)) else {
                    continue;
                };
                found.insert(next.clone(), name_of(definition).into());
                let at = open.len();
                open.extend(self.dependencies(&next));
                open[at..].reverse();
            }
        }
        Ok(found)
    }

    /// Those of the known tasks that came out of these: they themselves are not among them.
    pub fn descendants<'t>(&self, tasks: impl IntoIterator<Item = &'t TaskId>) -> BTreeSet<TaskId> {
        let mut dependents: BTreeMap<TaskId, Vec<&TaskId>> = BTreeMap::new();
        for task in self.0.keys() {
            for dependency in self.dependencies(task) {
                dependents.entry(dependency).or_default().push(task);
            }
        }
        let mut found = BTreeSet::new();
        let mut open: Vec<&TaskId> = tasks.into_iter().collect();
        while let Some(task) = open.pop() {
            for dependent in dependents.get(task).into_iter().flatten() {
                if found.insert((*dependent).clone()) {
                    open.push(dependent);
                }
            }
        }
        found
    }

    fn dependencies(&self, task: &TaskId) -> impl Iterator<Item = TaskId> {
        let definition = self.0.get(task).and_then(Option::as_ref);
        let listed = definition.and_then(|definition| definition.get("dependencies")?.as_list());
        listed.into_iter().flatten().filter_map(|id| TaskId::parse(id.as_str()?).ok())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::actions::fake_service::{FakeService, id};

    fn memory() -> FakeService {
        FakeService::default()
            .task("a", "top", "completed", &["b", "c"])
            .task("b", "left", "completed", &["d"])
            .task("c", "right", "completed", &["d", "gone"])
            .task("d", "bottom", "completed", &[])
    }

    #[test]
    fn ancestors_come_down_before_aside_and_each_once() {
        let found = Definitions::default().ancestors(&memory(), &[&id("a"), &id("b")]).unwrap();
        let found: Vec<_> = found.iter().map(|(task, name)| (task.clone(), &**name)).collect();
        assert_eq!(found, [(id("b"), "left"), (id("d"), "bottom"), (id("c"), "right")]);
    }

    #[test]
    fn what_has_expired_has_no_ancestors() {
        let found = Definitions::default().ancestors(&memory(), &[&id("gone")]).unwrap();
        assert!(found.is_empty());
    }

    #[test]
    fn descendants_are_found_among_the_known_tasks() {
        let mut known = Definitions::default();
        known.ancestors(&memory(), &[&id("a")]).unwrap();
        assert_eq!(known.descendants([&id("c")]), BTreeSet::from([id("a")]));
        assert_eq!(known.descendants([&id("d")]), BTreeSet::from([id("a"), id("b"), id("c")]));
    }
}
