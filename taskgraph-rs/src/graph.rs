//! The task graph: tasks by label, and the edges between them.

use std::io::Write;
use std::sync::{Arc, LazyLock};

use anyhow::Result;
use foldhash::fast::RandomState;
use indexmap::{IndexMap, IndexSet};
use rayon::prelude::*;

use crate::json_parts;
use crate::problem::{Problem, Problems};
use crate::task::{Dependencies, Label, Task, TasksByLabel};
use crate::task_json::TaskJson;
use crate::walk::find_circle;

/// How many missing dependencies get the nearest label as a hint.
const HINTS: usize = 20;

/// Tasks by label, in the order of their making, with or without the edges between them.
///
/// Invariant: with edges, every dependency of a task is a task of the graph.
#[derive(Clone, Default)]
pub struct TaskGraph {
    /// The tasks.
    pub tasks: TasksByLabel,
    edges: Edges,
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
        TaskGraph { tasks, edges: Edges::None }
    }

    /// A graph with all edges. What a task depends on has to be there, and no way may lead round.
    pub fn linked(tasks: TasksByLabel) -> Result<Self> {
        if !are_in_order(&tasks) {
            let (missing, circle) = rayon::join(|| missing_dependencies(&tasks), || circle(&tasks));
            Problems(missing).check()?;
            Problems(circle.into_iter().collect()).check()?;
        }
        Ok(TaskGraph { tasks, edges: Edges::All })
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
        TaskGraph { tasks, edges }
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
        json_parts::write(self.tasks.values(), &tasks, |task| self.json(task), out)
    }

    fn json<'g>(&'g self, task: &'g Task) -> TaskJson<'g> {
        let edges = self.edges_from(task).iter().map(|(name, to)| (&**name, to.as_str()));
        let definition = &task.definition;
        TaskJson { key: task.label.as_str(), task, definition, edges: edges.collect(), task_id: None }
    }
}

/// Whether every task comes after those that it depends on, as tasks do that kinds make in their order. Then none is
/// missing, and no way leads round.
fn are_in_order(tasks: &TasksByLabel) -> bool {
    let is_before = |label: &Label, at: usize| tasks.get_index_of(label).is_some_and(|index| index < at);
    (0..tasks.len())
        .into_par_iter()
        .all(|at| tasks[at].dependencies.values().all(|label| is_before(label, at)))
}

/// Dependencies on tasks that are not there.
fn missing_dependencies(tasks: &TasksByLabel) -> Vec<Problem> {
    let mut problems = Vec::new();
    for task in tasks.values() {
        for (name, dependency) in &task.dependencies {
            if !tasks.contains_key(dependency) {
                let message = format!("`{}` depends on `{dependency}`, which does not exist", task.label);
                let path = crate::keypath::KeyPath::dotted("dependencies").join(&**name);
                let mut problem =
                    Problem::error("missing-dependency", message).in_place(task.origin.place(&path));
                // To look for the nearest of all labels takes a while: the first answers have to do.
                if problems.len() < HINTS {
                    let near = crate::words::nearest(dependency.as_str(), tasks.keys().map(Label::as_str));
                    problem.help = near.map(|near| format!("did you mean `{near}`?"));
                }
                problems.push(problem);
            }
        }
    }
    problems
}

/// A way round, if there is one.
fn circle(tasks: &TasksByLabel) -> Option<Problem> {
    let linked = tasks.iter().map(|(label, task)| (label, task.dependencies.values().collect())).collect();
    let circle = find_circle(&linked)?;
    let way: Vec<_> = circle.0.iter().map(|label| format!("`{label}`")).collect();
    let message = format!("tasks depend on each other in a circle: {}", way.join(" → "));
    let place = circle.0.first().and_then(|label| tasks[*label].origin.place(&"dependencies".into()));
    Some(Problem::error("circle", message).in_place(place))
}
