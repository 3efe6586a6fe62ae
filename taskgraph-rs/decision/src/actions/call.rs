//! A call of an action: everything that its planner may read.

use std::time::SystemTime;

use crate::actions::input::Input;
use taskgraph::diagnostics::{Problem, Problems};
use taskgraph::error::{Error, Result};
use taskgraph::generator::Project;
use taskgraph::parameters::Params;
use taskgraph::settings::Settings;
use taskgraph::task::Label;
use taskgraph::task::id::TaskId;
use taskgraph_compat::value::Value;
use taskgraph_taskcluster::Service;

/// A call of an action.
pub struct Call<'a> {
    /// The tree, as it was when the group was decided.
    pub project: &'a Project,
    /// The parameters of the decision.
    pub params: &'a Params,
    /// Input that the user entered into the form.
    pub input: &'a Input,
    /// The group that the action was triggered for.
    pub group: Option<TaskId>,
    /// The task that the action was triggered for.
    pub task: Option<TaskId>,
    /// The task that the action runs in.
    pub own: Option<TaskId>,
    /// Taskcluster.
    pub service: &'a dyn Service,
    /// Settings of this run of the program.
    pub settings: &'a Settings,
    /// The point in time from which deadlines count.
    pub now: SystemTime,
    /// Source of the ids of new tasks.
    pub new_id: &'a dyn Fn(&Label) -> TaskId,
}

impl Call<'_> {
    /// The group that the action was triggered for.
    pub fn group(&self) -> Result<&TaskId> {
        self.group.as_ref().ok_or_else(|| missing("group", "--task-group-id, or ACTION_TASK_GROUP_ID"))
    }

    /// The task that the action was triggered for.
    pub fn task(&self) -> Result<&TaskId> {
        self.task.as_ref().ok_or_else(|| missing("task", "--task-id, or ACTION_TASK_ID"))
    }

    /// Returns the scheduler of the tasks of this tree.
    pub fn scheduler_id(&self) -> String {
        self.project.config.scheduler_id(self.params.text("level"))
    }

    /// The definition of that task.
    pub fn definition(&self) -> Result<Value> {
        let task = self.task()?;
        self.service.definition(task)?.ok_or_else(|| {
            let message = format!("there is no task `{task}`, or there is no longer");
            Problems::from(Problem::error("no-task", message)).into()
        })
    }
}

fn missing(what: &str, how: &str) -> Error {
    let problem =
        Problem::error("missing-input", format!("the action is about a {what}, and none was named"));
    Problems::from(problem.help(format!("name it with {how}"))).into()
}

/// The name of a task: its label.
pub fn name_of(definition: &Value) -> &str {
    let name = definition.get("metadata").and_then(|metadata| metadata.get("name"));
    name.and_then(Value::as_str).unwrap_or_default()
}
