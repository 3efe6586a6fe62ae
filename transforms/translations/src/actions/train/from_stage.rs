//! Going on from a stage, as trees of December 2024 have it: all that the tasks of the stage came out of is used
//! again, the stage itself and what comes after it is not.

use crate::actions::train::from_task_groups::{gone, is_service, note_found, note_gone};
use crate::actions::train::input::TrainInput;
use crate::parameter::refused;
use indexmap::IndexMap;
use taskgraph::diagnostics::Problems;
use taskgraph::error::Result;
use taskgraph::parameters::Params;
use taskgraph::task::Label;
use taskgraph::task::id::TaskId;
use taskgraph_decision::actions::{Call, Definitions, Plan, graph, labels};

/// The tasks to use again; `None` if the input names no stage.
pub(super) fn existing_tasks(
    call: &Call<'_>,
    params: &Params,
    input: &TrainInput,
    plan: &mut Plan,
) -> Result<Option<IndexMap<Label, TaskId>>> {
    let Some((start, path)) = &input.start else { return Ok(None) };
    let mut created = IndexMap::new();
    let mut stages = IndexMap::new();
    for (group, path) in &input.groups {
        let Some(labels) = labels(call, group)? else {
            let message = format!("`{group}` has no artifact `public/label-to-taskid.json`");
            let label = "a decision task or an action task has to be named here";
            return Err(Problems::from(refused(params, "no-artifact", path, message, label)).into());
        };
        created.extend(labels);
        for (label, task) in graph(call, group)?.tasks {
            stages.insert(label, task.attribute("stage").map(str::to_owned));
        }
    }
    // The full graph has more than was created: what another target needs.
    let at_start = stages.iter().filter(|(_, stage)| stage.as_deref() == Some(start));
    let starts: Vec<&TaskId> = at_start.filter_map(|(label, _)| created.get(label)).collect();
    if starts.is_empty() {
        let message = format!("no group has created a task of the stage `{start}`");
        let label = "nothing leads to the tasks that could be used again";
        return Err(Problems::from(refused(params, "no-tasks", path, message, label)).into());
    }
    let mut definitions = Definitions::default();
    let ancestors = definitions.ancestors(call.service, &starts)?;
    if starts.iter().all(|task| definitions.is_gone(task)) {
        let message = format!("the queue knows no task of the stage `{start}` any more");
        let label = "nothing leads to the tasks that could be used again";
        return Err(Problems::from(refused(params, "no-tasks", path, message, label)).into());
    }
    // Tasks of one stage may depend on each other: the stage is done anew as a whole.
    let after = definitions.descendants(starts.iter().copied());
    let mut existing = IndexMap::new();
    for (task, name) in ancestors {
        if !is_service(&name) && !starts.contains(&&task) && !after.contains(&task) {
            existing.insert(Label::parse(&name)?, task);
        }
    }
    let label_of = |task: &TaskId| created.iter().find(|(_, id)| *id == task).map(|(label, _)| label);
    if existing.is_empty() {
        let message = format!("nothing that the stage `{start}` came out of can be used again");
        let label = match gone(&definitions, label_of) {
            names if names.is_empty() => "its tasks came out of no other task".into(),
            names => format!("the queue knows no longer: {}", names.join(", ")),
        };
        return Err(Problems::from(refused(params, "no-tasks", path, message, label)).into());
    }
    note_found(&existing, input.groups.len(), plan);
    note_gone(&definitions, label_of, plan);
    Ok(Some(existing))
}
