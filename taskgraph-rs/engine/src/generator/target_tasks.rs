//! Picks targets. Never adds a task that the full graph lacks.

use std::sync::Arc;

use indexmap::IndexSet;

use crate::diagnostics::{Problem, Problems};
use crate::error::Result;
use crate::extension::{Extension, TargetMethod};
use crate::graph::TaskGraph;
use crate::graph_config::GraphConfig;
use crate::parameters::Params;
use crate::python_worker::Session;
use crate::task::{Label, Task, TasksByLabel};
use taskgraph_compat::python::Regex;
use taskgraph_compat::suggest;
use taskgraph_compat::value::Value;
use taskgraph_compat::value::path::KeyPath;

/// The one filter that the reference knows.
pub(crate) const FILTER: &str = "target_tasks_method";

const METHODS: &[(&str, TargetMethod)] = &[
    ("default", |graph, params, config| pick(graph, |task| is_default(task, params, config))),
    ("all", |graph, _, _| pick(graph, |_| Ok(true))),
    ("nothing", |_, _, _| Ok(Vec::new())),
    ("codereview", |graph, params, config| {
        pick(graph, |task| {
            Ok(task.attributes.get("code-review").is_some_and(Value::truthy)
                && is_default(task, params, config)?)
        })
    }),
];

/// The tasks that are asked for, and those that they need.
pub struct Targets {
    /// The tasks that the target method picked.
    pub set: TaskGraph,
    /// They and all tasks that are always targets.
    pub requested: IndexSet<Label>,
    /// All of these and everything they need.
    pub graph: TaskGraph,
    /// The Python session of this graph.
    pub session: Option<Arc<Session>>,
}

/// Picks the targets of the full graph and all they need.
pub fn target(
    full: &TaskGraph,
    params: &Params,
    config: &GraphConfig,
    extension: &Extension,
) -> Result<Targets> {
    let method = find_method(params, extension)?;
    let picked = method(full, params, config)?;
    Ok(picked_targets(full, params, picked))
}

/// These targets, and all they need.
pub(crate) fn picked_targets(full: &TaskGraph, params: &Params, picked: Vec<Label>) -> Targets {
    let picked: IndexSet<Label> = picked.into_iter().collect();
    let tasks: TasksByLabel = full
        .tasks
        .iter()
        .filter(|(label, _)| picked.contains(*label))
        .map(|(label, task)| (label.clone(), task.clone()))
        .collect();
    let mut requested = picked;
    let always = full.tasks.values().filter(|task| is_always(task, params));
    requested.extend(always.map(|task| task.label.clone()));
    let graph = full.closure(&requested);
    let set = TaskGraph::set(tasks).writing_all_dependencies(full.writes_all_dependencies);
    Targets { set, requested, graph, session: None }
}

fn find_method(params: &Params, extension: &Extension) -> Result<TargetMethod> {
    let mut problems = Vec::new();
    let filters = params.get("filters").and_then(Value::as_list).unwrap_or_default();
    for (index, filter) in filters.iter().enumerate().filter(|(_, filter)| filter.as_str() != Some(FILTER)) {
        let path = KeyPath::dotted("filters").join(index);
        let message = format!("unknown filter {}", crate::schema::found(filter));
        problems.push(
            Problem::error("unknown-filter", message)
                .at(params.path_in_file(&path), format!("`{FILTER}` is the only one"))
                .in_place(params.place_of_value(&path)),
        );
    }
    let name = params.text("target_tasks_method");
    let methods = || METHODS.iter().chain(extension.target_methods);
    let found = methods().find(|(known, _)| *known == name).map(|(_, method)| *method);
    if found.is_none() {
        let path = KeyPath::dotted("target_tasks_method");
        let label = match suggest::nearest(name, methods().map(|(name, _)| *name)) {
            Some(nearest) => format!("did you mean `{nearest}`?"),
            None => suggest::list(methods().map(|(name, _)| *name)),
        };
        problems.push(
            Problem::error("unknown-target-method", format!("unknown target method `{name}`"))
                .at(params.path_in_file(&path), label)
                .in_place(params.place_of_value(&path)),
        );
    }
    match found {
        Some(method) if problems.is_empty() => Ok(method),
        _ => Err(Problems(problems).into()),
    }
}

fn is_always(task: &Task, params: &Params) -> bool {
    let marked = task.attributes.get("always_target").is_some_and(Value::truthy);
    marked
        && match params.get("enable_always_target") {
            Some(Value::Bool(enabled)) => *enabled,
            Some(Value::List(kinds)) => kinds.iter().any(|kind| kind.as_str() == Some(&task.kind)),
            _ => false,
        }
}

fn pick(graph: &TaskGraph, wants: impl Fn(&Task) -> anyhow::Result<bool>) -> anyhow::Result<Vec<Label>> {
    let mut labels = Vec::new();
    for task in graph.tasks.values() {
        if wants(task)? {
            labels.push(task.label.clone());
        }
    }
    Ok(labels)
}

/// Python: `taskgraph.target_tasks.standard_filter`.
fn is_default(task: &Task, params: &Params, config: &GraphConfig) -> anyhow::Result<bool> {
    let attribute = |name: &str| task.attributes.get(name);
    if attribute("cron").is_some_and(Value::truthy) {
        return Ok(false);
    }
    if !matches!(attribute("shipping_phase"), None | Some(Value::Null))
        && task.attribute("shipping_phase") != Some("build")
    {
        return Ok(false);
    }
    let runs_on = |name: &str, key: &str, otherwise: bool| match attribute(name).and_then(Value::as_list) {
        None => otherwise,
        Some(list) => {
            list.iter().any(|item| matches!(item.as_str(), Some(text) if text == "all" || text == key))
        }
    };
    Ok(runs_on("run_on_projects", params.text("project"), false)
        && runs_on("run_on_tasks_for", params.text("tasks_for"), true)
        && runs_on_branch(task, params, config)?)
}

fn runs_on_branch(task: &Task, params: &Params, config: &GraphConfig) -> anyhow::Result<bool> {
    // Branches of pull requests have any names.
    if params.text("repository_type") != "git"
        || config.version.ignores_git_branches(params.text("tasks_for"))
    {
        return Ok(true);
    }
    let Some(patterns) = task.attributes.get("run_on_git_branches").and_then(Value::as_list) else {
        return Ok(true);
    };
    let head = params.text("head_ref");
    let branch = head.strip_prefix("refs/heads/").unwrap_or(head);
    for pattern in patterns.iter().filter_map(Value::as_str) {
        if pattern == "all" || Regex::new(pattern)?.matches_start(branch)? {
            return Ok(true);
        }
    }
    Ok(false)
}
