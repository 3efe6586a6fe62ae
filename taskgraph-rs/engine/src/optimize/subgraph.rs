//! The subgraph that is left of a target graph: the tasks that run, with their ids, and references resolved.

use std::collections::BTreeSet;
use std::sync::Arc;

use indexmap::IndexMap;
use rayon::prelude::*;

use crate::diagnostics::{Problem, Problems};
use crate::error::Result;
use crate::graph::by_task_id::{ReadyGraph, ReadyTask};
use crate::optimize::indexed::Nodes;
use crate::optimize::outcome::TaskOutcome;
use crate::optimize::references::{Astray, References};
use crate::optimize::request::Request;
use crate::schema::fields::Fields;
use crate::settings::Settings;
use crate::task::id::TaskId;
use crate::task::{Label, Task};
use taskgraph_compat::suggest;
use taskgraph_compat::value::path::KeyPath;
use taskgraph_compat::value::{Map, Str, Value};

/// The tasks that run, in the order of the target graph, and the ids of all tasks that have one, by label.
pub(super) fn subgraph(
    request: &Request<'_>,
    nodes: &Nodes<'_>,
    outcomes: &[TaskOutcome],
    new_id: &mut dyn FnMut(&Label) -> TaskId,
) -> Result<(ReadyGraph, IndexMap<Label, TaskId>)> {
    Problems(bad_edges(request, nodes, outcomes)).check()?;
    let mut ids: IndexMap<Label, TaskId> = IndexMap::with_capacity(nodes.len());
    for (node, outcome) in outcomes.iter().enumerate() {
        let label = nodes.label(node);
        match outcome {
            TaskOutcome::Kept(_) => ids.insert(label.clone(), new_id(label)),
            TaskOutcome::Replaced(id, _) => ids.insert(label.clone(), id.clone()),
            TaskOutcome::Removed(_) => None,
        };
    }
    let runs = |label: &str| match request.graph.tasks.get_index_of(label) {
        Some(index) => matches!(outcomes[nodes.in_order[index]], TaskOutcome::Kept(_)),
        None => false,
    };
    let running: Vec<&Arc<Task>> =
        request.graph.tasks.values().filter(|task| runs(task.label.as_str())).collect();
    let made: Vec<Result<ReadyTask, Vec<Problem>>> =
        running.par_iter().map(|task| ready(request, task, &ids, &runs)).collect();
    let mut tasks = IndexMap::with_capacity(made.len());
    let mut problems = Vec::new();
    for made in made {
        match made {
            Ok(ready) => drop(tasks.insert(ready.task_id.clone(), ready)),
            Err(reported) => problems.extend(reported),
        }
    }
    Problems(problems).distinct().check()?;
    Ok((ReadyGraph { tasks, writes_all_dependencies: request.graph.writes_all_dependencies }, ids))
}

/// A task with its id, and all it says of others resolved.
fn ready(
    request: &Request<'_>,
    task: &Arc<Task>,
    ids: &IndexMap<Label, TaskId>,
    runs: &dyn Fn(&str) -> bool,
) -> Result<ReadyTask, Vec<Problem>> {
    let edges = request.graph.edges_of(&task.label);
    let dependencies: IndexMap<Str, TaskId> =
        edges.iter().filter_map(|(name, label)| Some((name.clone(), ids.get(label)?.clone()))).collect();
    let mut all = dependencies.clone();
    for label in task.soft_dependencies.iter() {
        if let Value::Str(label) = label
            && runs(label)
            && let Some(id) = ids.get(&**label)
        {
            all.insert(label.clone(), id.clone());
        }
    }
    let task_id = ids[&task.label].clone();
    let mut definition = resolved(task, &task_id, request.decision_task_id, &all, request.settings)?;
    // One task may stand for several labels. The queue refuses a list that has a taskId twice.
    let needed: BTreeSet<&TaskId> = all.values().collect();
    match definition.list_at("dependencies") {
        Ok(list) => list.extend(needed.into_iter().map(|id| Value::from(id.text()))),
        Err(error) => {
            let message = format!("in the definition of `{}`: {error}", task.label);
            return Err(vec![Problem::error("wrong-value", message)]);
        }
    }
    // Where all dependencies are written, soft ones are.
    let dependencies = if request.graph.writes_all_dependencies { all } else { dependencies };
    Ok(ReadyTask { task: task.clone(), task_id, definition, dependencies })
}

/// The definition of a task in which all references to other tasks are resolved. `ids` has its dependencies by name, soft
/// ones among them.
pub fn resolved(
    task: &Task,
    own: &TaskId,
    decision: &str,
    ids: &IndexMap<Str, TaskId>,
    settings: &Settings,
) -> Result<Map, Vec<Problem>> {
    let references = References {
        own,
        decision,
        dependencies: ids,
        root_url: &settings.root_url,
        proxy_url: settings.proxy_url.as_deref(),
    };
    let resolved = references.resolve(&task.definition);
    resolved.map_err(|astray| astray.into_iter().map(|astray| reference_problem(task, astray)).collect())
}

/// A reference that leads nowhere, where the kind's file has it.
fn reference_problem(task: &Task, astray: Astray) -> Problem {
    // A text that no file has was made by a transform, as names of caches are.
    let (path, place, made) = match task.origin.find_text(&astray.text) {
        Some((path, place)) => (path, Some(place), String::new()),
        None => {
            let made = format!("its definition has `{}`", suggest::shorten(&astray.text));
            (KeyPath::default(), task.origin.place(&KeyPath::default()), made)
        }
    };
    let label = match astray.nearest {
        Some(nearest) => format!("did you mean `{nearest}`?"),
        None => made,
    };
    let message = format!("`{}` refers to what it cannot: {}", task.label, astray.message);
    let known = task.dependencies.keys().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    let help = match known.is_empty() {
        true => "the task has no dependencies".to_owned(),
        false => format!("the dependencies of the task are {known}"),
    };
    Problem::error("reference", message).at(path, label).in_place(place).help(help)
}

/// Edges from tasks that are there to tasks that are not.
fn bad_edges(request: &Request<'_>, nodes: &Nodes<'_>, outcomes: &[TaskOutcome]) -> Vec<Problem> {
    let removed = |outcome: &TaskOutcome| match outcome {
        TaskOutcome::Kept(_) => None,
        TaskOutcome::Removed(why) => Some(why.to_string()),
        TaskOutcome::Replaced(_, replaced) => replaced.removed.as_ref().map(ToString::to_string),
    };
    let mut problems = Vec::new();
    for (node, outcome) in outcomes.iter().enumerate().filter(|(_, outcome)| removed(outcome).is_none()) {
        if !nodes.needs[node].iter().any(|need| removed(&outcomes[*need]).is_some()) {
            continue;
        }
        let task = nodes.tasks[node];
        for (name, label) in request.graph.edges_of(&task.label) {
            let Some(index) = request.graph.tasks.get_index_of(label) else { continue };
            let Some(why) = removed(&outcomes[nodes.in_order[index]]) else { continue };
            let path = KeyPath::dotted("dependencies").join(name);
            let message = format!(
                "`{}` is {} and depends on `{label}`, which is removed: {why}",
                task.label,
                outcome.word()
            );
            let other = &request.graph.tasks[index];
            problems.push(
                Problem::error("removed-dependency", message)
                    .at(path.clone(), format!("`{name}` is `{label}`"))
                    .in_place(task.origin.place(&path))
                    .with(
                        other.origin.place(&"optimization".into()),
                        format!("`{label}` is removed by this"),
                    ),
            );
        }
    }
    problems
}
