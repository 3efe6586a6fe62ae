//! The phases behind the full graph, where the Python of the tree takes part in them.

use anyhow::Context as _;
use indexmap::{IndexMap, IndexSet};
use std::sync::Arc;

use crate::error::{Error, Result};
use crate::graph::by_task_id::{ReadyGraph, ReadyTask};
use crate::graph::{TaskGraph, read};
use crate::morph::MorphedGraph;
use crate::optimize::index::LookupAnswers;
use crate::optimize::{
    KeepReasons, KeptBy, NotReplaced, OptimizedGraph, RemovalReason, ReplacedBy, Replacement, TaskOutcome,
};
use crate::python_worker::Session;
use crate::python_worker::call::Call;
use crate::python_worker::facts::texts;
use crate::python_worker::tasks;
use crate::python_worker::tasks::{json, object};
use crate::schema::fields::Fields;
use crate::task::id::TaskId;
use crate::task::{Label, Task};
use crate::tree::Tree;
use taskgraph_compat::map;
use taskgraph_compat::source::Place;
use taskgraph_compat::value::{Map, Str, Value};

/// The questions of the optimize phase to Python.
pub struct OptimizeInPython<'a> {
    /// The tree.
    pub tree: &'a Tree,
    /// The target graph.
    pub graph: &'a TaskGraph,
    /// The tasks that are asked for.
    pub requested: &'a IndexSet<Label>,
    /// Tasks that are neither removed nor replaced.
    pub do_not_optimize: &'a IndexSet<Label>,
    /// Tasks that stand in for those of the graph.
    pub existing_tasks: &'a IndexMap<Label, TaskId>,
    /// The strategies that are taken in the place of others: `module:object`.
    pub strategies: Option<&'a str>,
    /// The task that decides.
    pub decision_task_id: &'a str,
    /// The answers of the index.
    pub found: &'a LookupAnswers,
}

impl Session {
    /// Hands over a graph that the following requests are about.
    pub fn graph(&self, tree: &Tree, name: &str, graph: &TaskGraph) -> Result<()> {
        let tasks = self.labels_or_tasks(graph.tasks.values())?;
        let arguments = object(&[("name", &json(&name.into())?), ("tasks", &tasks)]);
        self.ask(Call::new(tree, "graph", "handing over a graph", arguments))?;
        Ok(())
    }

    fn empty_graph(&self) -> ReadyGraph {
        ReadyGraph { writes_all_dependencies: self.writes_all_dependencies, ..ReadyGraph::default() }
    }

    /// Hands over a graph that is keyed by taskId.
    pub fn ready_graph(
        &self,
        tree: &Tree,
        name: &str,
        graph: &ReadyGraph,
        label_to_taskid: &IndexMap<Label, TaskId>,
    ) -> Result<()> {
        let tasks = graph.tasks.iter().map(|(id, ready)| (id.text().clone(), ready_value(ready)));
        let arguments = map! {
            "name" => name,
            "tasks" => Map::from_iter(tasks),
            "label_to_taskid" => ids_value(label_to_taskid),
        };
        self.ask(Call::new(tree, "graph", "handing over a graph", json(&arguments.into())?))?;
        Ok(())
    }

    /// Runs what the tree verifies of the graph of a phase, which was handed over; with `all`, what Taskgraph verifies as
    /// well.
    pub fn verify(&self, tree: &Tree, phase: &str, all: bool) -> Result<()> {
        let arguments = map! { "phase" => phase, "all" => all };
        let what = format!("verifying the {}", phase.replace('_', " "));
        self.ask(Call::new(tree, "verify", &what, json(&arguments.into())?))?;
        Ok(())
    }

    /// The labels that filters pick out of the full graph.
    pub fn target(&self, tree: &Tree, filters: Value, place: Option<Place>) -> Result<Vec<Label>> {
        let arguments = json(&map! { "filters" => filters }.into())?;
        let answer = self.ask(Call::new(tree, "target", "picking the target tasks", arguments).at(place))?;
        let labels = answer.get("labels").and_then(Value::as_list).context("the worker picks nothing")?;
        labels
            .iter()
            .map(|label| match label {
                Value::Str(label) => Ok(Label::parse(label)?),
                other => {
                    let found = other.sort();
                    let message = format!("a target method returns {found}, where a label is needed");
                    Err(Error::refused(message))
                }
            })
            .collect()
    }

    /// The index paths that have to be looked up before the target graph is optimized.
    pub fn index_paths(&self, request: &OptimizeInPython<'_>) -> Result<Vec<Str>> {
        let answer = self.ask(Call::new(request.tree, "index_paths", "optimizing", request.arguments()?))?;
        Ok(texts(&answer, "paths"))
    }

    /// Optimizes the target graph as the reference does.
    pub fn optimize(
        &self,
        request: &OptimizeInPython<'_>,
        new_id: &mut dyn FnMut(&Label) -> TaskId,
    ) -> Result<OptimizedGraph> {
        let answer = self.ask(Call::new(request.tree, "optimize", "optimizing", request.arguments()?))?;
        let mut ids = ids_of(&answer)?;
        let answered = map_of(&answer, "tasks")?;
        let renamed = renaming(answered.keys(), &ids, new_id)?;
        ids.values_mut().for_each(|id| {
            if let Some(new) = renamed.get(id.as_str()) {
                *id = new.clone();
            }
        });
        let mut graph = self.empty_graph();
        for (_, task) in answered {
            let ready = ready(&renamed.apply(task), request.graph)?;
            graph.tasks.insert(ready.task_id.clone(), ready);
        }
        let reasons = answer.get("reasons").and_then(Value::as_map);
        let reason = |label: &str| {
            let reason = reasons.and_then(|reasons| reasons.get(label)?.as_list()?.last()?.as_str());
            Str::from(reason.unwrap_or("the strategies of the tree"))
        };
        let runs: IndexSet<&str> = graph.tasks.values().map(|ready| ready.task.label.as_str()).collect();
        let dependents = dependents(request.graph, &runs);
        let outcomes = request.graph.tasks.keys().map(|label| {
            let why = reason(label.as_str());
            let outcome = match (runs.contains(label.as_str()), ids.get(label)) {
                (true, _) => kept(&why, label, request, &runs, &dependents),
                (false, Some(id)) if request.existing_tasks.get(label) == Some(id) => TaskOutcome::Replaced(
                    id.clone(),
                    Replacement { by: ReplacedBy::ExistingTasks, removed: None },
                ),
                (false, Some(id)) => {
                    let state = request.found.states.get(id).cloned();
                    let by = ReplacedBy::Strategy { name: why, path: None, state, needed: None };
                    TaskOutcome::Replaced(id.clone(), Replacement { by, removed: None })
                }
                (false, None) => TaskOutcome::Removed(match &*why {
                    "dependents optimized" => RemovalReason::Dependents,
                    "if-dependencies pruning" => RemovalReason::IfDependencies,
                    _ => RemovalReason::Strategy(why),
                }),
            };
            (label.clone(), outcome)
        });
        let outcomes = outcomes.collect();
        Ok(OptimizedGraph { graph, label_to_taskid: ids, outcomes, ..OptimizedGraph::default() })
    }

    /// Applies the morphs of the tree; with `all`, those of Taskgraph before them.
    pub fn morph(
        &self,
        tree: &Tree,
        morphed: MorphedGraph,
        all: bool,
        new_id: &mut dyn FnMut(&Label) -> TaskId,
    ) -> Result<MorphedGraph> {
        let mut tasks = Map::default();
        for (id, ready) in &morphed.graph.tasks {
            tasks.put(id.as_str(), ready_value(ready));
        }
        let ids = ids_value(&morphed.label_to_taskid);
        let arguments = map! { "tasks" => tasks, "label_to_taskid" => ids, "all" => all };
        let answer = self.ask(Call::new(tree, "morph", "morphing", json(&arguments.into())?))?;
        let mut ids = ids_of(&answer)?;
        let answered = map_of(&answer, "tasks")?;
        let known: IndexSet<&str> = morphed.graph.tasks.keys().map(TaskId::as_str).collect();
        let added = answered.keys().filter(|id| !known.contains(&***id));
        let renamed = renaming(added, &ids, new_id)?;
        ids.values_mut().for_each(|id| {
            if let Some(new) = renamed.get(id.as_str()) {
                *id = new.clone();
            }
        });
        let before: IndexMap<&TaskId, &ReadyTask> = morphed.graph.tasks.iter().collect();
        let mut graph = self.empty_graph();
        for (id, task) in answered {
            let value = renamed.apply(task);
            let old = TaskId::parse(id).ok().and_then(|id| before.get(&id).copied());
            let ready = ready_from(value, old.map(|old| &old.task))?;
            graph.tasks.insert(ready.task_id.clone(), ready);
        }
        Ok(MorphedGraph { graph, label_to_taskid: ids, outcomes: morphed.outcomes })
    }
}

impl OptimizeInPython<'_> {
    fn arguments(&self) -> anyhow::Result<String> {
        let labels = |labels: &IndexSet<Label>| labels.iter().map(Label::text).collect::<Value>();
        let existing = self.existing_tasks.iter();
        let existing = existing.map(|(label, id)| (label.text().clone(), id.text().into()));
        let index = self.found.index.iter().map(|(path, id)| (path.clone(), id.text().into()));
        let status = self.found.states.iter().map(|(id, state)| {
            let status = map! { "state" => &state.state, "expires" => &state.expires };
            (id.text().clone(), status.into())
        });
        let arguments = map! {
            "graph" => "target",
            "requested" => labels(self.requested),
            "do_not_optimize" => labels(self.do_not_optimize),
            "existing_tasks" => Map::from_iter(existing),
            "override" => self.strategies,
            "decision_task_id" => self.decision_task_id,
            "index" => Map::from_iter(index),
            "status" => Map::from_iter(status),
        };
        json(&arguments.into())
    }
}

/// Ids that the worker made up, and those that take their place.
struct Renaming(IndexMap<String, TaskId>);

impl Renaming {
    fn get(&self, id: &str) -> Option<&TaskId> {
        self.0.get(id)
    }

    /// The value with the new ids, wherever an old one stands in it.
    fn apply(&self, value: &Value) -> Value {
        match value {
            Value::Str(text) => self.text(text).into(),
            Value::List(items) => items.iter().map(|item| self.apply(item)).collect(),
            Value::Map(map) => {
                let entries = map.iter().map(|(key, value)| (self.text(key), self.apply(value)));
                Map::from_iter(entries).into()
            }
            other => other.clone(),
        }
    }

    fn text(&self, text: &Str) -> Str {
        /// The number of characters of a taskId.
        const LENGTH: usize = 22;
        if text.len() < LENGTH {
            return text.clone();
        }
        let mut out = String::new();
        let mut rest: &str = text;
        while let Some(window) = rest.get(..LENGTH) {
            match self.0.get(window) {
                Some(new) => {
                    out.push_str(new.as_str());
                    rest = &rest[LENGTH..];
                }
                None => {
                    let next = rest.chars().next().map_or(0, char::len_utf8);
                    out.push_str(&rest[..next]);
                    rest = &rest[next..];
                }
            }
        }
        out.push_str(rest);
        out.into()
    }
}

/// New ids for tasks of these ids, in the order of their labels.
fn renaming<'i>(
    old: impl Iterator<Item = &'i Str>,
    ids: &IndexMap<Label, TaskId>,
    new_id: &mut dyn FnMut(&Label) -> TaskId,
) -> Result<Renaming> {
    let labels: IndexMap<&str, &Label> = ids.iter().map(|(label, id)| (id.as_str(), label)).collect();
    let mut named: Vec<(&Label, &Str)> = Vec::new();
    for id in old {
        named.push((labels.get(&**id).context("a task of the worker has no label")?, id));
    }
    named.sort();
    Ok(Renaming(named.into_iter().map(|(label, id)| (id.to_string(), new_id(label))).collect()))
}

fn map_of<'a>(answer: &'a Value, key: &str) -> Result<&'a Map> {
    answer
        .get(key)
        .and_then(Value::as_map)
        .ok_or_else(|| Error::refused(format!("the worker answers without `{key}`")))
}

fn ids_of(answer: &Value) -> Result<IndexMap<Label, TaskId>> {
    let ids = map_of(answer, "label_to_taskid")?.iter();
    ids.map(|(label, id)| Ok((Label::parse(label)?, TaskId::parse(id.as_str().unwrap_or_default())?)))
        .collect()
}

fn ids_value(ids: &IndexMap<Label, TaskId>) -> Map {
    ids.iter().map(|(label, id)| (label.text().clone(), id.text().into())).collect()
}

/// A task of the optimized graph. What it was before is a task of the target graph.
fn ready(value: &Value, graph: &TaskGraph) -> Result<ReadyTask> {
    let label = value.get("label").and_then(Value::as_str).unwrap_or_default();
    let before =
        graph.tasks.get(label).with_context(|| format!("`{label}` is not a task of the target graph"))?;
    ready_from(value.clone(), Some(before))
}

fn ready_from(value: Value, before: Option<&Arc<Task>>) -> Result<ReadyTask> {
    let id = value.get("task_id").and_then(Value::as_str).unwrap_or_default();
    let task_id = TaskId::parse(id)?;
    let edges = map_of(&value, "dependencies")?.iter();
    let dependencies = edges.filter_map(|(name, id)| Some((name.clone(), TaskId::parse(id.as_str()?).ok()?)));
    let dependencies = dependencies.collect();
    let mut task = read::read(value)?;
    task.is_unwritable = false;
    let definition = std::mem::take(&mut task.definition);
    task.dependencies = Default::default();
    if let Some(before) = before {
        task = Task {
            description: task.description,
            attributes: task.attributes,
            is_unwritable: task.is_unwritable,
            ..Task::clone(before)
        };
    }
    Ok(ReadyTask { task: Arc::new(task), task_id, definition, dependencies })
}

fn ready_value(ready: &ReadyTask) -> Value {
    let edges = ready.dependencies.iter().map(|(name, to)| (name.clone(), to.text().into()));
    let edges = Map::from_iter(edges);
    let mut value = tasks::to_value(&ready.task);
    if let Some(fields) = value.as_map_mut() {
        fields.put("dependencies", edges);
        fields.put("task", ready.definition.clone());
        fields.put("task_id", ready.task_id.as_str());
    }
    value
}

/// For each task, one that depends on it and runs.
fn dependents<'g>(graph: &'g TaskGraph, runs: &IndexSet<&str>) -> IndexMap<&'g str, &'g Label> {
    let mut dependents = IndexMap::new();
    for (label, task) in graph.tasks.iter().filter(|(label, _)| runs.contains(label.as_str())) {
        for dependency in task.dependencies.values() {
            dependents.entry(dependency.as_str()).or_insert(label);
        }
    }
    dependents
}

fn kept(
    why: &Str,
    label: &Label,
    request: &OptimizeInPython<'_>,
    runs: &IndexSet<&str>,
    dependents: &IndexMap<&str, &Label>,
) -> TaskOutcome {
    let pinned = request.do_not_optimize.contains(label);
    let why = match (pinned, dependents.get(label.as_str())) {
        (true, _) => KeptBy::DoNotOptimize,
        (false, Some(dependent)) if **why == *"dependent tasks" => KeptBy::Dependent((*dependent).clone()),
        _ => KeptBy::Strategy(why.clone()),
    };
    let running = |dependency: &&Label| runs.contains(dependency.as_str());
    let first = request.graph.edges_of(label).values().find(running);
    let not_replaced = match (pinned, first) {
        (true, _) => NotReplaced::DoNotOptimize,
        (false, Some(dependency)) => NotReplaced::Dependency(dependency.clone()),
        (false, None) => NotReplaced::Strategy {
            name: "the strategies of the tree".into(),
            asked: 0,
            passed_over: Vec::new(),
        },
    };
    TaskOutcome::Kept(KeepReasons { why, not_replaced })
}
