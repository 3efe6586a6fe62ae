//! A task that is to be created.

use indexmap::IndexSet;

use taskgraph::task::Label;
use taskgraph::task::id::TaskId;
use taskgraph_compat::value::{Map, Value};

/// A task that is to be created.
#[derive(Clone, Debug)]
pub struct NewTask {
    /// Label, for messages.
    pub label: Label,
    /// The id it gets.
    pub task_id: TaskId,
    /// Its definition, with relative datestamps in it.
    pub definition: Map,
}

impl NewTask {
    /// The ids in the definition's `dependencies`.
    pub fn dependencies(&self) -> impl Iterator<Item = &str> {
        let listed = self.definition.get("dependencies").and_then(Value::as_list);
        listed.into_iter().flatten().filter_map(Value::as_str)
    }

    /// Makes the tasks those of a decision: they belong to its group, and what depends on none of them depends on the
    /// decision task. So nothing starts before the decision task has ended well, which is when all of them are there.
    pub fn belong_to(tasks: &mut [NewTask], decision_task_id: &TaskId, scheduler_id: &str) {
        let ids: IndexSet<TaskId> = tasks.iter().map(|task| task.task_id.clone()).collect();
        for task in tasks {
            let waits = task.dependencies().any(|id| TaskId::parse(id).is_ok_and(|id| ids.contains(&id)));
            if !waits {
                let mut dependencies: Vec<Value> =
                    task.definition.get("dependencies").and_then(Value::as_list).unwrap_or_default().to_vec();
                let decision = Value::from(decision_task_id.text());
                if !dependencies.contains(&decision) {
                    dependencies.push(decision);
                }
                task.definition.insert("dependencies".into(), dependencies.into());
            }
            task.definition.insert("taskGroupId".into(), decision_task_id.text().into());
            task.definition.insert("schedulerId".into(), scheduler_id.into());
        }
    }
}
