//! Result of the decision that an action belongs to: the graph of the group, and the current task of each label.

use std::collections::BTreeSet;
use std::sync::Arc;

use indexmap::{IndexMap, IndexSet};

use crate::actions::call::Call;
use taskgraph::diagnostics::{Problem, Problems};
use taskgraph::error::{Error, Result};
use taskgraph::graph::TaskGraph;
use taskgraph::task::Label;
use taskgraph::task::id::TaskId;
use taskgraph_compat::source::Source;
use taskgraph_compat::suggest;
use taskgraph_compat::value::Value;
use taskgraph_compat::value::path::KeyPath;

/// Artifacts of a decision and of the actions after it.
pub struct PreviousDecision {
    /// The decision task.
    pub decision: TaskId,
    /// The full graph of the decision.
    pub graph: TaskGraph,
    /// The newest task of each label.
    pub label_to_taskid: IndexMap<Label, TaskId>,
}

const LABELS: &str = "public/label-to-taskid.json";

const GRAPH: &str = "public/full-task-graph.json";

impl PreviousDecision {
    /// Fetches what was decided for the group of the action. Python: `taskgraph.actions.util.fetch_graph_and_labels`.
    pub fn fetch(call: &Call<'_>) -> Result<Self> {
        PreviousDecision::of_group(call, call.group.as_ref())
    }

    /// Fetches what was decided for the group of a task, with this definition: an action that trains makes a group of
    /// its own, which has a graph of its own.
    pub fn of_task(call: &Call<'_>, definition: &Value) -> Result<Self> {
        let group = group_of(definition);
        PreviousDecision::of_group(call, group.as_ref().or(call.group.as_ref()))
    }

    fn of_group(call: &Call<'_>, group: Option<&TaskId>) -> Result<Self> {
        // A group is called like the task that decided on it.
        let own = match group {
            Some(group) => artifact(call, group, GRAPH)?.map(|source| (group.clone(), source)),
            None => None,
        };
        let (decision, source) = match own {
            Some(found) => found,
            None => {
                let decision = find_decision(call, group)?;
                let source = artifact(call, &decision, GRAPH)?;
                let source = source.ok_or_else(|| no_artifact(&decision, GRAPH))?;
                (decision, source)
            }
        };
        let graph = read_graph(&source)?;
        let mut label_to_taskid = labels(call, &decision)?.ok_or_else(|| no_artifact(&decision, LABELS))?;
        let later = later_tasks(call)?;
        if !later.is_empty() {
            // Other trainings of the same revision have the same labels, in groups of their own.
            let members = call.service.group(&decision)?.unwrap_or_default();
            let members: BTreeSet<&TaskId> = members.iter().map(|member| &member.task_id).collect();
            // Python: in whatever order the answers come. Here what runs later wins.
            for task in later {
                let labels = labels(call, &task)?.unwrap_or_default().into_iter();
                label_to_taskid.extend(labels.filter(|(_, task)| members.contains(task)));
            }
        }
        Ok(PreviousDecision { decision, graph, label_to_taskid })
    }

    /// Refuses labels that the graph does not have; each is reported at its path of the input.
    pub fn check_labels<'l>(
        &self,
        call: &Call<'_>,
        labels: impl IntoIterator<Item = (KeyPath, &'l Value)>,
    ) -> Result<Vec<Label>> {
        let mut found = Vec::new();
        let mut problems = Vec::new();
        for (path, value) in labels {
            let label = value.as_str().unwrap_or_default();
            match self.graph.tasks.get_key_value(label) {
                Some((label, _)) => found.push(label.clone()),
                None => {
                    let known = self.graph.tasks.keys().map(Label::as_str);
                    let near = match suggest::nearest(label, known) {
                        Some(near) => format!("did you mean `{near}`?"),
                        None => format!("the graph of the decision `{}` has no such task", self.decision),
                    };
                    problems.push(call.input.refused(&path, format!("there is no task `{label}`"), near));
                }
            }
        }
        Problems(problems).check()?;
        Ok(found)
    }
}

/// The decision of a group. Pull requests have none in the index: their group is called like it.
pub(super) fn find_decision(call: &Call<'_>, group: Option<&TaskId>) -> Result<TaskId> {
    let start = format!("{}.v2.{}", call.project.config.trust_domain(), call.params.text("project"));
    let path = match call.params.text("repository_type") {
        "git" => format!("{start}.revision.{}.taskgraph.decision", call.params.text("head_rev")),
        _ => format!("{start}.pushlog-id.{}.decision", call.params.text("pushlog_id")),
    };
    match (call.service.find_task(&path)?, group) {
        (Some(found), _) => Ok(found),
        (None, Some(group)) => Ok(group.clone()),
        (None, None) => {
            let message = format!("there is no decision task at `{path}` in the index");
            let help = "name the task group with --task-group-id; it is called like its decision task";
            Err(Problems::from(Problem::error("no-decision", message).help(help)).into())
        }
    }
}

/// The actions and the cron tasks of the same push, each once.
pub(super) fn later_tasks(call: &Call<'_>) -> Result<IndexSet<TaskId>> {
    let start = format!("{}.v2.{}", call.project.config.trust_domain(), call.params.text("project"));
    let revision = format!("{start}.revision.{}", call.params.text("head_rev"));
    let mut found = IndexSet::new();
    for namespace in [
        // Python: backwards compatibility. What is on GitHub has no pushlog, and `0` there.
        format!("{start}.pushlog-id.{}.actions", call.params.text("pushlog_id")),
        // What trees index their actions under, and what the reference asks for.
        format!("{revision}.taskgraph.actions"),
        format!("{revision}.actions"),
        format!("{revision}.cron"),
    ] {
        found.extend(call.service.list_tasks(&namespace)?);
    }
    Ok(found)
}

/// The full graph that a task decided.
pub fn graph(call: &Call<'_>, task: &TaskId) -> Result<TaskGraph> {
    let source = artifact(call, task, GRAPH)?.ok_or_else(|| no_artifact(task, GRAPH))?;
    read_graph(&source)
}

fn read_graph(source: &Source) -> Result<TaskGraph> {
    let read = TaskGraph::from_json(&source.text);
    read.map_err(|error| error.context(format!("{} cannot be used", source.name)))
}

/// The group that a definition says its task is in.
pub(super) fn group_of(definition: &Value) -> Option<TaskId> {
    TaskId::parse(definition.get("taskGroupId")?.as_str()?).ok()
}

/// The tasks that a task created, by label; none if it created none.
pub fn labels(call: &Call<'_>, task: &TaskId) -> Result<Option<IndexMap<Label, TaskId>>> {
    let Some(source) = artifact(call, task, LABELS)? else { return Ok(None) };
    let failed = |error: Error| error.context(format!("{} cannot be used", source.name));
    let read = taskgraph_compat::json::read(&source.text).map_err(|error| failed(error.into()))?;
    let entries = read.as_map().into_iter().flatten();
    let labels = entries
        .map(|(label, id)| Ok((Label::parse(label)?, TaskId::parse(id.as_str().unwrap_or_default())?)));
    labels.collect::<Result<_>>().map(Some).map_err(failed)
}

/// The text of an artifact.
fn artifact(call: &Call<'_>, task: &TaskId, name: &str) -> Result<Option<Arc<Source>>> {
    let content = call.service.artifact(task, name)?;
    let read = content.map(|content| Source::decode(format!("`{name}` of `{task}`"), content));
    Ok(read.transpose()?)
}

/// An error: something that a decision or an action leaves behind is not there.
fn no_artifact(task: &TaskId, name: &str) -> Error {
    let message = format!("the task `{task}` has no artifact `{name}`");
    let label = "a decision task has it, and so has an action that creates tasks";
    Problems::from(Problem::error("no-artifact", message).at("".into(), label)).into()
}
