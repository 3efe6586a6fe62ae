//! Answers of Taskcluster that are asked for once, and kept: whoever looks at the tasks of a group and at what an action
//! makes of them asks for no task twice.

use std::cell::RefCell;
use std::collections::BTreeMap;

use crate::service::Service;
use crate::task_group::GroupTask;
use taskgraph::error::Result;
use taskgraph::optimize::index::{LookupAnswers, LookupRequest};
use taskgraph::task::id::TaskId;
use taskgraph_compat::value::{Str, Value};

/// A service that asks another one, and remembers groups and definitions.
pub struct CachedService<'s> {
    service: &'s dyn Service,
    groups: RefCell<BTreeMap<TaskId, Option<Vec<GroupTask>>>>,
    definitions: RefCell<BTreeMap<TaskId, Option<Value>>>,
}

impl<'s> CachedService<'s> {
    /// Nothing is known yet.
    pub fn new(service: &'s dyn Service) -> Self {
        CachedService { service, groups: RefCell::default(), definitions: RefCell::default() }
    }
}

impl Service for CachedService<'_> {
    fn find_task(&self, index_path: &str) -> Result<Option<TaskId>> {
        self.service.find_task(index_path)
    }

    fn list_tasks(&self, namespace: &str) -> Result<Vec<TaskId>> {
        self.service.list_tasks(namespace)
    }

    fn find(&self, wanted: &LookupRequest) -> Result<LookupAnswers> {
        self.service.find(wanted)
    }

    fn artifact(&self, task: &TaskId, name: &str) -> Result<Option<Vec<u8>>> {
        self.service.artifact(task, name)
    }

    fn definition(&self, task: &TaskId) -> Result<Option<Value>> {
        Ok(self.definitions(std::slice::from_ref(task))?.pop().flatten())
    }

    fn definitions(&self, tasks: &[TaskId]) -> Result<Vec<Option<Value>>> {
        let unknown: Vec<TaskId> =
            tasks.iter().filter(|task| !self.definitions.borrow().contains_key(*task)).cloned().collect();
        let answers = self.service.definitions(&unknown)?;
        let mut known = self.definitions.borrow_mut();
        known.extend(unknown.into_iter().zip(answers));
        Ok(tasks.iter().map(|task| known.get(task).cloned().flatten()).collect())
    }

    fn state(&self, task: &TaskId) -> Result<Option<Str>> {
        self.service.state(task)
    }

    fn group(&self, group: &TaskId) -> Result<Option<Vec<GroupTask>>> {
        if let Some(members) = self.groups.borrow().get(group) {
            return Ok(members.clone());
        }
        let members = self.service.group(group)?;
        let tasks = members.iter().flatten();
        let definitions = tasks.map(|member| (member.task_id.clone(), Some(member.definition.clone())));
        self.definitions.borrow_mut().extend(definitions);
        self.groups.borrow_mut().insert(group.clone(), members.clone());
        Ok(members)
    }
}
