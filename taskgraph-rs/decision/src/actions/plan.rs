//! Plan of an action. It is complete before the first call changes anything.

use std::collections::BTreeSet;

use taskgraph::diagnostics::Problem;
use taskgraph::error::Result;
use taskgraph::graph::by_task_id::ReadyGraph;
use taskgraph::parameters::Params;
use taskgraph::task::Label;
use taskgraph::task::id::TaskId;
use taskgraph_compat::json;
use taskgraph_compat::value::Value;
use taskgraph_taskcluster::NewTask;

/// Changes that an action is going to make.
#[derive(Debug, Default)]
pub struct Plan {
    /// Warnings about the input.
    pub warnings: Vec<Problem>,
    /// Notes for the user.
    pub notes: Vec<String>,
    /// Files for the action task's artifacts: names and contents.
    pub artifacts: Vec<(String, Vec<u8>)>,
    /// Tasks to create in the group of a decision.
    pub create: Option<DecisionTasks>,
    /// A task to create as it is.
    pub copy: Option<NewTask>,
    /// Tasks to run once more.
    pub rerun: Vec<TaskId>,
    /// Tasks to cancel.
    pub cancel: Vec<TaskId>,
    /// The parameters of a decision to make.
    pub decide: Option<Params>,
    /// Labels of its existing tasks that were found in earlier groups, and not named in the input: where such a task cannot
    /// be used, they run anew.
    pub found_tasks: BTreeSet<Label>,
}

/// Tasks, and the decision that they belong to.
#[derive(Debug)]
pub struct DecisionTasks {
    /// The tasks.
    pub graph: ReadyGraph,
    /// The decision task.
    pub decision: TaskId,
}

impl Plan {
    /// Adds a line for people.
    pub fn note(&mut self, line: impl Into<String>) {
        self.notes.push(line.into());
    }

    /// Adds an artifact.
    pub fn artifact(&mut self, name: impl Into<String>, value: &Value) -> Result<()> {
        let mut content = Vec::new();
        json::pretty_sorted(value, &mut content)?;
        self.artifacts.push((name.into(), content));
        Ok(())
    }
}
