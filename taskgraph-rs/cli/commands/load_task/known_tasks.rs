//! Tasks of Taskcluster that stand in for dependencies.

use std::collections::BTreeMap;

use crate::commands::load_task::LoadTaskOptions;
use taskgraph::diagnostics::{Problem, Problems};
use taskgraph::error::{OrMachine as _, Result};
use taskgraph::graph::TaskGraph;
use taskgraph::graph::paths::Paths;
use taskgraph::task::Label;
use taskgraph::task::id::TaskId;
use taskgraph_taskcluster::Taskcluster;

/// Artifact of a decision with the ids of its tasks.
const LABEL_TO_TASK_ID: &str = "public/label-to-taskid.json";

/// Tasks of Taskcluster that have done what tasks of the graph would do, as the flags say.
#[derive(Default)]
pub(super) struct KnownTasks {
    ids: BTreeMap<Label, TaskId>,
    decision: Option<TaskId>,
}

impl KnownTasks {
    /// Reads the flags. A decision is asked for the ids of its tasks.
    pub(super) fn read(
        options: &LoadTaskOptions,
        graph: &TaskGraph,
        taskcluster: &dyn Fn() -> Result<Taskcluster>,
    ) -> Result<Self> {
        let mut problems = Vec::new();
        let mut known = KnownTasks::default();
        let paths = Paths::new(graph);
        let mut given = Vec::new();
        for upstream in &options.upstreams {
            let Some((label, id)) = upstream.split_once('=') else {
                let message = format!("`--upstream {upstream}` has no `=`");
                problems.push(Problem::error("upstream", message).help("write LABEL=TASK_ID"));
                continue;
            };
            match (paths.label(label), TaskId::parse(id)) {
                (Ok(label), Ok(id)) => given.push((label.clone(), id)),
                (label, id) => {
                    problems.extend(label.err().into_iter().flat_map(|wrong| wrong.0));
                    problems.extend(id.err().map(|wrong| Problem::error("upstream", wrong.to_string())));
                }
            }
        }
        let decision = options.decision.as_deref().map(TaskId::parse).transpose();
        match decision {
            Ok(decision) => known.decision = decision,
            Err(wrong) => problems.push(Problem::error("decision", wrong.to_string())),
        }
        Problems(problems).check()?;
        if let Some(decision) = &known.decision {
            let of_decision = ids_of(decision, &taskcluster()?)?;
            known.ids.extend(of_decision.into_iter().filter(|(label, _)| graph.tasks.contains_key(label)));
        }
        known.ids.extend(given);
        Ok(known)
    }

    /// The task that has done what a task of the graph would do.
    pub(super) fn get(&self, label: &Label) -> Option<&TaskId> {
        self.ids.get(label)
    }

    /// The decision that is named.
    pub(super) fn decision(&self) -> Option<&TaskId> {
        self.decision.as_ref()
    }
}

fn ids_of(decision: &TaskId, taskcluster: &Taskcluster) -> Result<BTreeMap<Label, TaskId>> {
    let Some(bytes) = taskcluster.artifact(decision, LABEL_TO_TASK_ID)? else {
        let message = format!("the task {decision} has no artifact `{LABEL_TO_TASK_ID}`");
        let help = "--decision names a decision or action task whose artifacts have not expired";
        return Err(Problems::from(Problem::error("decision", message).help(help)).into());
    };
    let read = || -> Result<BTreeMap<Label, TaskId>> {
        let ids: BTreeMap<String, String> = serde_json::from_slice(&bytes)?;
        ids.iter()
            .map(|(label, id)| Ok((Label::parse(&label.as_str().into())?, TaskId::parse(id)?)))
            .collect()
    };
    read().or_machine(|| format!("`{LABEL_TO_TASK_ID}` of {decision} cannot be read"))
}
