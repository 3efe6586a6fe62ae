//! An in-memory Taskcluster for the tests of actions.

use std::collections::BTreeMap;

use taskgraph::error::Result;
use taskgraph::optimize::index::{LookupAnswers, LookupRequest, TaskState};
use taskgraph::schema::fields::Fields;
use taskgraph::task::id::TaskId;
use taskgraph_compat::value::{Map, Str, Value};
use taskgraph_compat::{json, map};
use taskgraph_taskcluster::{GroupTask, Service};

/// Expiry of every task.
const FAR: &str = "2099-01-01T00:00:00.000Z";

/// A Taskcluster in memory.
#[derive(Debug, Default)]
pub(super) struct FakeService {
    /// Index paths.
    pub index: BTreeMap<String, TaskId>,
    /// Tasks below a namespace of the index.
    pub namespaces: BTreeMap<String, Vec<TaskId>>,
    /// Definitions.
    pub tasks: BTreeMap<TaskId, Value>,
    /// States.
    pub states: BTreeMap<TaskId, &'static str>,
    /// Groups.
    pub groups: BTreeMap<TaskId, Vec<TaskId>>,
    /// Artifacts.
    pub artifacts: BTreeMap<(TaskId, String), String>,
}

/// A taskId that is easy to read: `a` is `aAAAAAAAAAAAAAAAAAAAAA`.
pub(super) fn id(name: &str) -> TaskId {
    TaskId::parse(&format!("{name:A<22}")).expect("a short name of letters and digits")
}

impl FakeService {
    /// Adds a task with a name, a state and what it depends on.
    pub(super) fn task(
        mut self,
        name: &str,
        label: &str,
        state: &'static str,
        dependencies: &[&str],
    ) -> Self {
        let dependencies: Value = dependencies.iter().map(|name| id(name).text().clone()).collect();
        let definition = map! { "metadata" => map! { "name" => label }, "dependencies" => dependencies };
        self.tasks.insert(id(name), definition.into());
        self.states.insert(id(name), state);
        self
    }

    /// Says in which group a task is, and which task made it.
    pub(super) fn made(mut self, name: &str, group: &str, parent: &str) -> Self {
        if let Some(Value::Map(definition)) = self.tasks.get_mut(&id(name)) {
            let definition = std::sync::Arc::make_mut(definition);
            definition.put("taskGroupId", id(group).text().clone());
            definition.put("extra", map! { "parent" => id(parent).text().clone() });
        }
        self
    }

    /// Adds a group.
    pub(super) fn group(mut self, name: &str, members: &[&str]) -> Self {
        self.groups.insert(id(name), members.iter().map(|name| id(name)).collect());
        self
    }

    /// Adds an artifact.
    pub(super) fn artifact(mut self, task: &str, name: &str, content: impl Into<String>) -> Self {
        self.artifacts.insert((id(task), name.into()), content.into());
        self
    }

    /// Adds the labels that a task created.
    pub(super) fn labels(self, task: &str, labels: &[(&str, &str)]) -> Self {
        let labels = labels.iter().map(|(label, task)| (Str::from(*label), id(task).text().into()));
        let labels = Value::from(labels.collect::<Map>());
        let content = json::compact(&labels).unwrap_or_default();
        self.artifact(task, "public/label-to-taskid.json", content)
    }
}

impl Service for FakeService {
    fn find_task(&self, index_path: &str) -> Result<Option<TaskId>> {
        Ok(self.index.get(index_path).cloned())
    }

    fn list_tasks(&self, namespace: &str) -> Result<Vec<TaskId>> {
        Ok(self.namespaces.get(namespace).cloned().unwrap_or_default())
    }

    fn find(&self, wanted: &LookupRequest) -> Result<LookupAnswers> {
        let mut found = LookupAnswers::default();
        for task in &wanted.tasks {
            match self.states.get(task) {
                None => drop(found.unknown.insert(task.clone())),
                Some(state) => {
                    let state =
                        TaskState { state: (*state).into(), expires: FAR.into(), reason: None, took: None };
                    found.states.insert(task.clone(), state);
                }
            }
        }
        Ok(found)
    }

    fn artifact(&self, task: &TaskId, name: &str) -> Result<Option<Vec<u8>>> {
        Ok(self.artifacts.get(&(task.clone(), name.to_owned())).map(|content| content.clone().into_bytes()))
    }

    fn definition(&self, task: &TaskId) -> Result<Option<Value>> {
        Ok(self.tasks.get(task).cloned())
    }

    fn state(&self, task: &TaskId) -> Result<Option<Str>> {
        Ok(self.states.get(task).map(|state| (*state).into()))
    }

    fn group(&self, group: &TaskId) -> Result<Option<Vec<GroupTask>>> {
        let Some(members) = self.groups.get(group) else { return Ok(None) };
        let members = members.iter().filter_map(|task| {
            let definition = self.tasks.get(task)?.clone();
            let name = crate::actions::name_of(&definition).into();
            let state = self.states.get(task).copied().unwrap_or("unscheduled").into();
            Some(GroupTask { task_id: task.clone(), state, name, definition, took: None })
        });
        Ok(Some(members.collect()))
    }
}
