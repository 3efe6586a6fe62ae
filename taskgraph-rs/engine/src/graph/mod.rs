//! The task graph: tasks by label, and the edges between them.

pub mod by_task_id;
pub mod diff;
pub(crate) mod json;
pub mod paths;
pub(crate) mod read;
pub mod traverse;

use std::io::Write;
use std::ops::RangeInclusive;
use std::sync::{Arc, LazyLock};

use foldhash::fast::RandomState;
use indexmap::{IndexMap, IndexSet};
use rayon::prelude::*;

use crate::diagnostics::{Problem, Problems};
use crate::error::Result;
use crate::task::{Dependencies, Label, Task, TasksByLabel};
use json::{TaskJson, parallel};
use traverse::find_cycle;

/// The number of missing dependencies for which the nearest label is searched.
const HINTS: usize = 20;

/// Tasks by label, in the order of their making, with or without the edges between them.
///
/// Invariant: with edges, every dependency of a task is a task of the graph.
#[derive(Clone, Default)]
pub struct TaskGraph {
    /// The tasks.
    pub tasks: TasksByLabel,
    edges: Edges,
    /// Whether what is written of a task names all its dependencies, those outside of the graph among them. See
    /// [`TaskgraphVersion::writes_dependencies_of_tasks`](crate::taskgraph_version::TaskgraphVersion).
    pub(crate) writes_all_dependencies: bool,
}

static NONE: LazyLock<Dependencies> = LazyLock::new(Dependencies::default);

#[derive(Clone, Default)]
enum Edges {
    /// A set of tasks.
    #[default]
    None,
    /// Every dependency of every task.
    All,
    /// Only these, of an excerpt.
    Only(IndexMap<Label, Dependencies, RandomState>),
}

impl TaskGraph {
    /// A set of tasks without edges.
    pub fn set(tasks: TasksByLabel) -> Self {
        TaskGraph { tasks, ..TaskGraph::default() }
    }

    /// The same graph, written with all dependencies of its tasks or only with its own edges.
    pub fn writing_all_dependencies(self, writes_all_dependencies: bool) -> Self {
        TaskGraph { writes_all_dependencies, ..self }
    }

    /// A graph with all edges. What a task depends on has to be there, and no way may lead round.
    pub fn linked(tasks: TasksByLabel) -> Result<Self> {
        let unusual = unusual_edges(&tasks);
        if unusual.iter().any(|edge| edge.to.is_none()) {
            Problems(missing_dependencies(&tasks)).check()?;
        }
        Problems(cycle(&tasks, &unusual).into_iter().collect()).check()?;
        Ok(TaskGraph { tasks, edges: Edges::All, writes_all_dependencies: false })
    }

    /// The part of this graph that `from` needs, with the edges in it.
    pub fn closure<'l>(&'l self, from: impl IntoIterator<Item = &'l Label>) -> TaskGraph {
        let mut wanted: IndexSet<&Label, RandomState> = IndexSet::default();
        let mut waiting: Vec<&Label> = from.into_iter().collect();
        while let Some(label) = waiting.pop() {
            if wanted.insert(label) {
                waiting.extend(self.tasks.get(label).into_iter().flat_map(|task| task.dependencies.values()));
            }
        }
        let tasks = self.tasks.iter().filter(|(label, _)| wanted.contains(label));
        TaskGraph {
            tasks: tasks.map(|(label, task)| (label.clone(), task.clone())).collect(),
            edges: Edges::All,
            writes_all_dependencies: self.writes_all_dependencies,
        }
    }

    /// These tasks and all that depend on them, directly or not, in the order of the graph.
    pub fn dependents(&self, of: &IndexSet<Label>) -> IndexSet<Label> {
        let mut found: IndexSet<&Label, RandomState> = of.iter().collect();
        loop {
            let before = found.len();
            for (label, task) in &self.tasks {
                if task.dependencies.values().any(|dependency| found.contains(dependency)) {
                    found.insert(label);
                }
            }
            if found.len() == before {
                return self.tasks.keys().filter(|label| found.contains(label)).cloned().collect();
            }
        }
    }

    /// The tasks that `keep` wants, with the edges between them.
    pub fn excerpt(&self, keep: impl Fn(&Task) -> bool) -> TaskGraph {
        let tasks: TasksByLabel = self
            .tasks
            .iter()
            .filter(|(_, task)| keep(task))
            .map(|(label, task)| (label.clone(), task.clone()))
            .collect();
        let edges = tasks.keys().map(|label| {
            let inside = self.edges_of(label).iter().filter(|(_, to)| tasks.contains_key(*to));
            (label.clone(), inside.map(|(name, to)| (name.clone(), to.clone())).collect())
        });
        let edges = Edges::Only(edges.collect());
        TaskGraph { tasks, edges, writes_all_dependencies: self.writes_all_dependencies }
    }

    /// The edges that start from a task.
    pub fn edges_of(&self, label: &Label) -> &Dependencies {
        self.tasks.get(label).map_or(&NONE, |task| self.edges_from(task))
    }

    /// The edges that start from this task of the graph.
    fn edges_from<'g>(&'g self, task: &'g Task) -> &'g Dependencies {
        match &self.edges {
            Edges::None => &NONE,
            Edges::All => &task.dependencies,
            Edges::Only(edges) => edges.get(&task.label).unwrap_or(&NONE),
        }
    }

    /// The labels, sorted.
    pub fn labels(&self) -> Vec<&Label> {
        let mut labels: Vec<&Label> = self.tasks.keys().collect();
        labels.sort_unstable();
        labels
    }
}

impl TaskGraph {
    /// Writes `full-task-graph.json`: label to task, indented, sorted at every level.
    pub fn write_json(&self, out: &mut dyn Write) -> Result<()> {
        let mut tasks: Vec<&Arc<Task>> = self.tasks.values().collect();
        tasks.par_sort_unstable_by(|a, b| a.label.cmp(&b.label));
        parallel::write(self.tasks.values(), &tasks, |task| self.json(task), out)
    }

    fn json<'g>(&'g self, task: &'g Task) -> TaskJson<'g> {
        let edges = match self.writes_all_dependencies {
            true => &task.dependencies,
            false => self.edges_from(task),
        };
        let edges = edges.iter().map(|(name, to)| (&**name, to.as_str()));
        let definition = &task.definition;
        TaskJson { key: task.label.as_str(), task, definition, edges: edges.collect(), task_id: None }
    }
}

/// An edge to a task that is not there, or does not come before the one that depends on it.
struct Unusual {
    from: usize,
    to: Option<usize>,
}

/// Tasks come after those that they depend on, as kinds make them in their order. All edges for which that is not so.
fn unusual_edges(tasks: &TasksByLabel) -> Vec<Unusual> {
    let of_task = |from: usize| {
        let found = tasks[from].dependencies.values().map(move |label| tasks.get_index_of(label));
        found.filter(move |to| to.is_none_or(|to| to >= from)).map(move |to| Unusual { from, to })
    };
    (0..tasks.len()).into_par_iter().flat_map_iter(of_task).collect()
}

/// Dependencies on tasks that are not there.
fn missing_dependencies(tasks: &TasksByLabel) -> Vec<Problem> {
    let mut problems = Vec::new();
    for task in tasks.values() {
        for (name, dependency) in &task.dependencies {
            if !tasks.contains_key(dependency) {
                let message = format!("`{}` depends on `{dependency}`, which does not exist", task.label);
                let path = taskgraph_compat::value::path::KeyPath::dotted("dependencies").join(&**name);
                let mut problem =
                    Problem::error("missing-dependency", message).in_place(task.origin.place(&path));
                // To look for the nearest of all labels takes a while: the first answers have to do.
                if problems.len() < HINTS {
                    let near = taskgraph_compat::suggest::nearest(
                        dependency.as_str(),
                        tasks.keys().map(Label::as_str),
                    );
                    problem.help = near.map(|near| format!("did you mean `{near}`?"));
                }
                problems.push(problem);
            }
        }
    }
    problems
}

/// A way round, if there is one.
fn cycle(tasks: &TasksByLabel, unusual: &[Unusual]) -> Option<Problem> {
    let linked = stretches(unusual).into_iter().flatten().filter_map(|at| tasks.get_index(at));
    let linked = linked.map(|(label, task)| (label, task.dependencies.values().collect())).collect();
    let cycle = find_cycle(&linked)?;
    let way: Vec<_> = cycle.0.iter().map(|label| format!("`{label}`")).collect();
    let message = format!("tasks depend on each other in a cycle: {}", way.join(" → "));
    let place = cycle.0.first().and_then(|label| tasks[*label].origin.place(&"dependencies".into()));
    Some(Problem::error("cycle", message).in_place(place))
}

/// The stretches of tasks that edges span which lead on, not back. A way round leads on as far as it leads back, so it
/// lies within one of them.
fn stretches(unusual: &[Unusual]) -> Vec<RangeInclusive<usize>> {
    let mut spans: Vec<_> = unusual.iter().filter_map(|edge| Some(edge.from..=edge.to?)).collect();
    spans.sort_unstable_by_key(|span| *span.start());
    spans.into_iter().fold(Vec::new(), |mut stretches: Vec<RangeInclusive<usize>>, span| {
        match stretches.last_mut() {
            Some(last) if span.start() <= last.end() => {
                *last = *last.start()..=*last.end().max(span.end());
            }
            _ => stretches.push(span),
        }
        stretches
    })
}
