//! Choice of the task to run, and its definition.

use crate::args::{ConfigOptions, TreeOptions};
use crate::commands::graph::{ConfigGraph, made_with};
use crate::commands::load_task::LoadTaskOptions;
use crate::commands::load_task::known_tasks::KnownTasks;
use crate::images::image_name;
use crate::report::Reporter;
use indexmap::IndexMap;
use std::io::Read as _;
use taskgraph::diagnostics::{Problem, Problems};
use taskgraph::error::{Error, OrMachine as _, Result};
use taskgraph::generator::{Full, NO_DECISION};
use taskgraph::graph::paths::Paths;
use taskgraph::optimize::resolved;
use taskgraph::registry::Registry;
use taskgraph::settings::Settings;
use taskgraph::task::Label;
use taskgraph::task::id::TaskId;
use taskgraph_compat::value::{Map, Str, Value};
use taskgraph_compat::{json, suggest};
use taskgraph_taskcluster::Taskcluster;

/// Stands for a task that is not at Taskcluster, as the reference has it.
const NO_TASK: &str = "fake";

/// A graph, and how it was made.
pub(super) struct Graph {
    /// All tasks.
    pub full: Full,
    /// Settings of this run of the program.
    pub settings: Settings,
}

/// A task that is to run here.
pub(super) struct Task {
    /// Name for users.
    pub name: String,
    /// Value of `TASK_ID` in the container.
    pub task_id: String,
    /// Its definition. Every reference to another task is resolved.
    pub definition: Map,
    /// The same with ids that stand for labels: one task of Taskcluster may have done what several of a graph would do.
    pub by_label: Map,
    /// The tasks that it depends on, by the id that stands for their label, if it is one of a graph.
    pub upstreams: IndexMap<TaskId, Label>,
}

/// Source of the task's definition.
pub(super) enum TaskSource {
    /// A task of a graph.
    Label(Box<Graph>, Label),
    /// A task of Taskcluster.
    Id(TaskId),
    /// A definition.
    ContainerOptions(Map),
}

impl TaskSource {
    /// Reads what is asked for; makes the graph if it is a label.
    pub(super) fn read(options: &LoadTaskOptions, registry: &Registry, reporter: &Reporter) -> Result<Self> {
        if options.task == "-" {
            return from_stdin();
        }
        match TaskId::parse(&options.task) {
            Ok(id) if options.config.is_none() => Ok(TaskSource::Id(id)),
            _ => {
                let graph = Box::new(graph(options, registry, reporter)?);
                let label = Paths::new(&graph.full.graph).label(&options.task)?.clone();
                if let Some(image) = image_name(&graph.full.graph.tasks[&label]) {
                    // The image that builds images fetches the context from the decision.
                    let message = format!("`{label}` builds an image, which takes a decision task");
                    let help = format!("`build-image {image}` builds the same one here");
                    return Err(Problems::from(Problem::error("image-task", message).help(help)).into());
                }
                Ok(TaskSource::Label(graph, label))
            }
        }
    }

    /// The graph, if it was made.
    pub(super) fn graph(&self) -> Option<&Graph> {
        match self {
            TaskSource::Label(graph, _) => Some(graph),
            _ => None,
        }
    }

    /// The task itself. The ids of tasks of the graph that somebody knows are in `known`; all others have one that stands
    /// for them here.
    pub(super) fn task(
        &self,
        known: &KnownTasks,
        taskcluster: &dyn Fn() -> Result<Taskcluster>,
    ) -> Result<Task> {
        match self {
            TaskSource::Label(graph, label) => of_graph(graph, label, known),
            TaskSource::Id(id) => match taskcluster()?.definition(id)? {
                Value::Map(definition) => Ok(Task::alone(id.to_string(), &definition)),
                _ => Err(Error::machine(format!("the queue has no definition of {id}"))),
            },
            TaskSource::ContainerOptions(definition) => Ok(Task::alone(NO_TASK.into(), definition)),
        }
    }
}

impl Task {
    /// A task of no graph that is known.
    fn alone(task_id: String, definition: &Map) -> Self {
        let name = definition.get("metadata").and_then(|metadata| metadata.get("name")?.as_str());
        Task {
            name: name.unwrap_or("task").to_owned(),
            task_id,
            definition: definition.clone(),
            by_label: definition.clone(),
            upstreams: IndexMap::default(),
        }
    }
}

fn of_graph(graph: &Graph, label: &Label, known: &KnownTasks) -> Result<Task> {
    let task = &graph.full.graph.tasks[label];
    let mut upstreams = IndexMap::default();
    let (mut real, mut standing): (IndexMap<Str, TaskId>, IndexMap<Str, TaskId>) = Default::default();
    let mut add = |name: &Str, upstream: &Label| {
        let stands_for = TaskId::of_label(upstream);
        real.insert(name.clone(), known.get(upstream).unwrap_or(&stands_for).clone());
        standing.insert(name.clone(), stands_for.clone());
        upstreams.insert(stands_for, upstream.clone());
    };
    for (name, upstream) in graph.full.graph.edges_of(label).iter() {
        add(name, upstream);
    }
    for soft in task.soft_dependencies.iter().filter_map(Value::as_str) {
        if let Some((upstream, _)) = graph.full.graph.tasks.get_key_value(soft) {
            add(upstream.text(), upstream);
        }
    }
    let own = TaskId::of_label(label);
    let decision = known.decision().map_or(NO_DECISION, TaskId::as_str);
    let with =
        |ids: &IndexMap<Str, TaskId>| resolved(task, &own, decision, ids, &graph.settings).map_err(Problems);
    let (definition, by_label) = (with(&real)?, with(&standing)?);
    Ok(Task { name: label.to_string(), task_id: own.to_string(), definition, by_label, upstreams })
}

fn graph(options: &LoadTaskOptions, registry: &Registry, reporter: &Reporter) -> Result<Graph> {
    let TreeOptions { root, run_task_dir } = &options.tree;
    let config = ConfigOptions {
        config: options.config.clone(),
        tree: TreeOptions { root: root.clone(), run_task_dir: run_task_dir.clone() },
        target_stage: options.target_stage.clone(),
        output_file: None,
        known_urls: options.known_urls.clone(),
        quiet: options.quiet,
    };
    let keep = |settings| Settings { keep_contexts: true, ..settings };
    let (ConfigGraph { full, .. }, settings) = made_with(&config, keep, registry, reporter)?;
    Ok(Graph { full, settings })
}

/// A definition in JSON, or a taskId.
fn from_stdin() -> Result<TaskSource> {
    let mut text = String::new();
    std::io::stdin().read_to_string(&mut text).or_machine(|| "standard input cannot be read")?;
    if let Ok(id) = TaskId::parse(text.trim()) {
        return Ok(TaskSource::Id(id));
    }
    let refused = |message: String, help: &str| {
        Err(Problems::from(Problem::error("no-definition", message).help(help)).into())
    };
    let help = "`-` takes the definition of one task, or a taskId: \
                taskgraph-rs morphed -J --tasks LABEL | jq 'to_entries[0].value.task' | taskgraph-rs load-task -";
    match json::read(&text) {
        Ok(Value::Map(definition)) if definition.contains_key("payload") => {
            match first_reference(&Value::Map(definition.clone())) {
                None => Ok(TaskSource::ContainerOptions((*definition).clone())),
                Some(reference) => refused(
                    format!(
                        "the definition on stdin refers to another task of its graph: `{}`",
                        suggest::shorten(&reference)
                    ),
                    "`load-task LABEL -c CONFIG` knows the graph; `morphed -J` prints definitions with ids in the place of references",
                ),
            }
        }
        Ok(Value::Map(found)) => {
            let keys: Vec<String> = found.keys().take(3).map(|key| format!("`{key}`")).collect();
            let keys = if keys.is_empty() { "nothing".into() } else { keys.join(", ") };
            refused(format!("stdin is not a task definition: there is no `payload`, but {keys}"), help)
        }
        Ok(_) => refused("stdin is not a task definition: it must be a map".into(), help),
        Err(error) => refused(format!("stdin is neither JSON nor a taskId: {error}"), help),
    }
}

/// A reference to another task that nobody has resolved.
fn first_reference(value: &Value) -> Option<String> {
    match value {
        Value::List(items) => items.iter().find_map(first_reference),
        Value::Map(map) => match map.get("task-reference").or_else(|| map.get("artifact-reference")) {
            Some(Value::Str(text)) if map.len() == 1 => Some(text.to_string()),
            _ => map.values().find_map(first_reference),
        },
        _ => None,
    }
}
