//! Going on from task groups, as trees of July 2026 have it: what has completed there is used again, and all that it
//! came out of, but for tasks that are to be done anew and what came out of those.

use crate::actions::train::input::TrainInput;
use crate::parameter::refused;
use indexmap::IndexMap;
use taskgraph::diagnostics::Problems;
use taskgraph::error::Result;
use taskgraph::parameters::Params;
use taskgraph::task::Label;
use taskgraph::task::id::TaskId;
use taskgraph_decision::actions::{Call, Definitions, Plan, labels};

/// The tasks to use again; `None` if there are none.
pub(super) fn existing_tasks(
    call: &Call<'_>,
    params: &Params,
    input: &TrainInput,
    plan: &mut Plan,
) -> Result<Option<IndexMap<Label, TaskId>>> {
    let mut definitions = Definitions::default();
    let mut existing = IndexMap::new();
    for (group, path) in &input.groups {
        let Some(members) = call.service.group(group)? else {
            let message = format!("there is no task group `{group}`, or there is no longer");
            return Err(Problems::from(refused(params, "no-group", path, message, "not found")).into());
        };
        for member in members {
            if &*member.state == "completed" && !is_service(&member.name) {
                // A later group goes before an earlier one.
                existing.insert(Label::parse(&member.name)?, member.task_id.clone());
            }
            definitions.add(member.task_id, member.definition);
        }
    }
    if existing.is_empty() {
        let Some((_, path)) = input.groups.first() else { return Ok(None) };
        let message = "no task of the previous groups has completed";
        let label = "nothing of them can be used again: leave them out to make everything anew";
        return Err(Problems::from(refused(params, "no-tasks", &path.parent(), message, label)).into());
    }
    let completed: Vec<TaskId> = existing.values().cloned().collect();
    for (task, name) in definitions.ancestors(call.service, &completed.iter().collect::<Vec<_>>())? {
        if !is_service(&name) {
            existing.insert(Label::parse(&name)?, task);
        }
    }
    note_found(&existing, input.groups.len(), plan);
    let mut known = IndexMap::new();
    if definitions.gone().next().is_some() {
        // What is forgotten has no name any more; the groups may say what it was.
        for (group, _) in &input.groups {
            known.extend(labels(call, group)?.unwrap_or_default());
        }
    }
    let label_of = |task: &TaskId| known.iter().find(|(_, id)| *id == task).map(|(label, _)| label);
    note_gone(&definitions, label_of, plan);
    if let Some((prefix, _)) = &input.start {
        leave_out(&mut existing, prefix, &definitions, plan);
    }
    Ok(Some(existing))
}

/// Leaves out what starts with the prefix, and what came out of it.
fn leave_out(
    existing: &mut IndexMap<Label, TaskId>,
    prefix: &str,
    definitions: &Definitions,
    plan: &mut Plan,
) {
    let starts: Vec<TaskId> = existing
        .iter()
        .filter(|(label, _)| label.as_str().starts_with(prefix))
        .map(|(_, task)| task.clone())
        .collect();
    let descendants = definitions.descendants(&starts);
    let before = existing.len();
    existing.retain(|_, task| !starts.contains(task) && !descendants.contains(task));
    plan.note(match starts.len() {
        0 => format!("no task of theirs starts with `{prefix}`: all of them stay"),
        anew => format!(
            "{anew} of them start with `{prefix}` and are done anew, with {} that came out of these",
            before - existing.len() - anew
        ),
    });
}

/// Tasks that make graphs are not tasks of a graph.
pub(super) fn is_service(name: &str) -> bool {
    ["Action", "Decision", "PR"].iter().any(|start| name.starts_with(start))
}

/// The tasks that the queue has forgotten, with their labels as far as these are known.
pub(super) fn gone<'l>(
    definitions: &Definitions,
    label_of: impl Fn(&TaskId) -> Option<&'l Label>,
) -> Vec<String> {
    let names = definitions.gone().map(|task| match label_of(task) {
        Some(label) => format!("{label} ({task})"),
        None => task.to_string(),
    });
    names.collect()
}

/// Says which tasks the queue has forgotten: whatever needs them makes them again.
pub(super) fn note_gone<'l>(
    definitions: &Definitions,
    label_of: impl Fn(&TaskId) -> Option<&'l Label>,
    plan: &mut Plan,
) {
    let names = gone(definitions, label_of);
    if !names.is_empty() {
        plan.note(format!(
            "the queue knows no longer, so that it cannot be used again: {}",
            names.join(", ")
        ));
    }
}

/// Says how many tasks were found.
pub(super) fn note_found(existing: &IndexMap<Label, TaskId>, groups: usize, plan: &mut Plan) {
    let groups = if groups == 1 { "the previous group".into() } else { format!("{groups} previous groups") };
    plan.note(format!(
        "{} tasks of {groups}, and of what these came out of, can be used again",
        existing.len()
    ));
}
