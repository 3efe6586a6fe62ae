//! Tasks that earlier runs of the same task created. If a worker is shut down or a task is rerun, the task starts from
//! the beginning, but the tasks that it created before still exist.
//!
//! Invariant: a task of an earlier run is either used unchanged, or has ended before its label is created again.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::time::SystemTime;

use indexmap::IndexMap;
use serde_json::Value as Json;

use crate::decision::same_definition::{complete, is_same};
use taskgraph::error::{Error, Result};
use taskgraph::optimize::CREATION;
use taskgraph::task::Label;
use taskgraph::task::datestamp::resolve;
use taskgraph::task::id::TaskId;
use taskgraph_compat::time::parse_json_date;
use taskgraph_compat::value::{Str, Value};
use taskgraph_taskcluster::{CreatedTask, GroupTask, NewTask};

/// The states of tasks that have not ended.
const OPEN: [&str; 3] = ["unscheduled", "pending", "running"];

/// The sorts of tasks that hooks and schedulers create: nothing of them belongs to a run.
const SERVICES: [&str; 3] = ["action-callback", "cron-task", "decision-task"];

/// Tasks that earlier runs of a task created.
#[derive(Debug, Default)]
pub struct EarlierRuns {
    /// The task whose runs these are.
    own: Option<TaskId>,
    tasks: IndexMap<TaskId, LeftTask>,
    /// Those that may be used, by label, in the order of their creation.
    usable: BTreeMap<Str, Vec<TaskId>>,
    /// Number of tasks of each label that were handed out since the last `begin`.
    taken: RefCell<BTreeMap<Str, usize>>,
}

/// A task that is left.
#[derive(Debug)]
struct LeftTask {
    name: Str,
    is_open: bool,
    /// Whether it says that this very task has created it.
    is_own: bool,
    /// Milliseconds after 1970.
    created: i64,
    expires: i64,
    definition: Json,
}

/// Work that remains so that each task exists exactly once.
#[derive(Debug, Default)]
pub struct TaskSplit {
    /// Tasks to create.
    pub create: Vec<NewTask>,
    /// Tasks that exist.
    pub adopted: Vec<CreatedTask>,
    /// Open tasks that do not belong to the graph.
    pub cancel: Vec<CreatedTask>,
}

impl EarlierRuns {
    /// Sorts out of a group what this task has created before.
    pub fn of(members: Vec<GroupTask>, own: &TaskId, now: SystemTime) -> Result<Self> {
        let mut earlier = EarlierRuns { own: Some(own.clone()), ..EarlierRuns::default() };
        let now = milliseconds(now);
        let mut members: Vec<(TaskId, Str, LeftTask)> = members
            .into_iter()
            .filter_map(|member| {
                let is_own = origin(&member, own)?;
                Some(left(&member, is_own).map(|left| (member.task_id, member.state, left)))
            })
            .collect::<Result<_>>()?;
        members.sort_by_key(|(_, _, left)| left.created);
        for (task_id, state, left) in members {
            if is_usable(&left, &state, now) {
                earlier.usable.entry(left.name.clone()).or_default().push(task_id.clone());
            }
            earlier.tasks.insert(task_id, left);
        }
        Ok(earlier)
    }

    /// Whether nothing is left.
    pub fn is_empty(&self) -> bool {
        self.tasks.is_empty()
    }

    /// Begins to hand ids out anew.
    pub fn begin(&self) {
        self.taken.borrow_mut().clear();
    }

    /// The id for a task with this label: that of one that is left, as long as there are some.
    pub fn id(&self, label: &Label, fresh: impl FnOnce(&Label) -> TaskId) -> TaskId {
        let Some(usable) = self.usable.get(label.as_str()) else { return fresh(label) };
        let mut taken = self.taken.borrow_mut();
        let taken = taken.entry(label.text().clone()).or_default();
        let id = usable.get(*taken).cloned();
        *taken += 1;
        id.unwrap_or_else(|| fresh(label))
    }

    /// Gives up what is not as the tasks have to be, with all that depends on it. True if there was something: then ids
    /// have to be handed out once more.
    pub fn reject(&mut self, tasks: &[NewTask], now: SystemTime) -> Result<bool> {
        let mut rejected = BTreeSet::new();
        for task in tasks {
            match self.tasks.get(&task.task_id) {
                Some(left) if !left.is_as(task, self.own.as_ref())? => {
                    rejected.insert(task.task_id.clone());
                }
                Some(_) => {}
                None => rejected.extend(self.gone_too_soon(task, now)?),
            }
        }
        loop {
            let before = rejected.len();
            for task in tasks.iter().filter(|task| self.tasks.contains_key(&task.task_id)) {
                if dependencies(task).any(|on| rejected.contains(&on)) {
                    rejected.insert(task.task_id.clone());
                }
            }
            if rejected.len() == before {
                break;
            }
        }
        self.usable.values_mut().for_each(|usable| usable.retain(|task| !rejected.contains(task)));
        Ok(!rejected.is_empty())
    }

    /// Finds an existing task that expires before the deadline of a new task that depends on it: the queue would
    /// refuse the new one.
    fn gone_too_soon(&self, task: &NewTask, now: SystemTime) -> Result<Vec<TaskId>> {
        let mut gone: Vec<TaskId> = dependencies(task).filter(|on| self.tasks.contains_key(on)).collect();
        if gone.is_empty() {
            return Ok(gone);
        }
        let deadline = resolve(&task.definition, milliseconds(now + CREATION))?;
        let deadline = deadline.get("deadline").and_then(Value::as_str).and_then(parse_json_date);
        let deadline = deadline.unwrap_or_default() / 1_000;
        gone.retain(|on| self.tasks[on].expires < deadline);
        Ok(gone)
    }

    /// Parts the tasks into those that are there and those that are not. What stands for a label (`used`) belongs, even
    /// if it is not a task to create.
    pub fn split<'i>(&self, tasks: Vec<NewTask>, used: impl IntoIterator<Item = &'i TaskId>) -> TaskSplit {
        let labels: BTreeSet<Str> = tasks.iter().map(|task| task.label.text().clone()).collect();
        let mut belong: BTreeSet<TaskId> = used.into_iter().cloned().collect();
        belong.extend(tasks.iter().map(|task| task.task_id.clone()));
        let mut split = TaskSplit::default();
        for task in tasks {
            match self.tasks.contains_key(&task.task_id) {
                true => split.adopted.push(CreatedTask { label: task.label, task_id: task.task_id }),
                false => split.create.push(task),
            }
        }
        for (task_id, left) in self.tasks.iter().filter(|(task_id, _)| !belong.contains(*task_id)) {
            if left.is_open
                && (left.is_own || labels.contains(&left.name))
                && let Ok(label) = Label::parse(&left.name)
            {
                split.cancel.push(CreatedTask { label, task_id: task_id.clone() });
            }
        }
        split
    }
}

impl LeftTask {
    /// Whether it is what this task would be, had it been created at the same time. Whether it waits for the task that
    /// creates it (`own`) does not count: it does if nothing else that it waits for is created with it, and what an earlier
    /// run has created may stand in the index by now.
    fn is_as(&self, task: &NewTask, own: Option<&TaskId>) -> Result<bool> {
        let definition = Value::from(resolve(&task.definition, self.created)?);
        let definition = serde_json::to_value(&definition)
            .map_err(|error| unwritable(&format!("the definition of `{}`", task.label), &error))?;
        let ours = without(complete(definition, &task.task_id), own);
        Ok(is_same(&ours, &without(self.definition.clone(), own)))
    }
}

fn unwritable(what: &str, error: &serde_json::Error) -> Error {
    Error::refused(format!("{what} cannot be written: {error}"))
}

/// A definition that does not wait for this task.
fn without(mut definition: Json, task: Option<&TaskId>) -> Json {
    let listed = definition.get_mut("dependencies").and_then(Json::as_array_mut);
    if let (Some(listed), Some(task)) = (listed, task) {
        listed.retain(|on| on.as_str() != Some(task.as_str()));
    }
    definition
}

/// Whether a member of a group says that `own` has created it; nothing if somebody else has. Tasks that were added to a
/// graph do not say who has, and then only tasks of a group of one's own can be meant.
fn origin(member: &GroupTask, own: &TaskId) -> Option<bool> {
    let text = |path: [&str; 2]| member.definition.get(path[0])?.get(path[1])?.as_str();
    let is_own_group = member.definition.get("taskGroupId").and_then(Value::as_str) == Some(own.as_str());
    let is_service = text(["tags", "kind"]).is_some_and(|kind| SERVICES.contains(&kind));
    if member.task_id == *own || is_service {
        return None;
    }
    match text(["extra", "parent"]) {
        Some(parent) => (parent == own.as_str()).then_some(true),
        None => is_own_group.then_some(false),
    }
}

fn left(member: &GroupTask, is_own: bool) -> Result<LeftTask> {
    let date = |key: &str| {
        let date = member.definition.get(key).and_then(Value::as_str).and_then(parse_json_date);
        date.unwrap_or_default() / 1_000
    };
    Ok(LeftTask {
        name: member.name.clone(),
        is_open: OPEN.contains(&&*member.state),
        is_own,
        created: date("created"),
        expires: date("expires"),
        definition: serde_json::to_value(&member.definition)
            .map_err(|error| unwritable(&format!("the definition of `{}`", member.name), &error))?,
    })
}

/// Whether what is left may still be used: it has not failed, and if it has not begun, there is time left for it.
fn is_usable(left: &LeftTask, state: &str, now: i64) -> bool {
    let deadline = left.definition["deadline"].as_str().and_then(parse_json_date).unwrap_or_default() / 1_000;
    let is_early = now - left.created < (deadline - left.created) / 2;
    match state {
        "completed" | "running" => true,
        "unscheduled" | "pending" => is_early,
        _ => false,
    }
}

fn dependencies(task: &NewTask) -> impl Iterator<Item = TaskId> {
    task.dependencies().filter_map(|id| TaskId::parse(id).ok())
}

fn milliseconds(now: SystemTime) -> i64 {
    now.duration_since(SystemTime::UNIX_EPOCH).map_or(0, |since| since.as_millis() as i64)
}
