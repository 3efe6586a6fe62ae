//! The task graph, and the walks over it. One walk serves kinds and tasks alike; its caller names a circle.

use std::collections::BTreeSet;
use std::collections::VecDeque;
use std::hash::Hash;
use std::io::Write;
use std::sync::Arc;

use anyhow::Result;
use indexmap::{IndexMap, IndexSet};
use rayon::prelude::*;
use serde::ser::{Serialize, Serializer};

use crate::json_layout::Indented;
use crate::problem::{Problem, Problems};
use crate::task::{Dependencies, Label, Task, TaskJson};
use crate::unwritable::blame;

/// How many missing dependencies get the nearest label as a hint.
const HINTS: usize = 20;

/// The way round a circle; its first node stands at the end again.
#[derive(Debug)]
pub struct Circle<T>(pub Vec<T>);

/// The nodes in an order in which each comes after all it links to: the order of the reference for sorted nodes.
pub fn postorder<'n, T: Ord + Hash + Eq + 'n>(
    nodes: impl IntoIterator<Item = &'n T>,
    links: impl Fn(&'n T) -> BTreeSet<&'n T>,
) -> Result<Vec<&'n T>, Circle<&'n T>> {
    let nodes: BTreeSet<&T> = nodes.into_iter().collect();
    let linked: IndexMap<&T, BTreeSet<&T>> = nodes.iter().map(|node| (*node, links(node))).collect();
    if let Some(circle) = find_circle(&linked) {
        return Err(circle);
    }
    let mut queue: VecDeque<&T> = nodes.iter().copied().collect();
    let mut seen = IndexSet::with_capacity(nodes.len());
    while let Some(node) = queue.pop_front() {
        if seen.contains(node) {
            continue;
        }
        let waiting: Vec<&T> = linked
            .get(node)
            .into_iter()
            .flatten()
            .copied()
            .filter(|link| nodes.contains(link) && !seen.contains(link))
            .collect();
        if waiting.is_empty() {
            seen.insert(node);
        } else {
            queue.extend(waiting);
            queue.push_back(node);
        }
    }
    Ok(seen.into_iter().collect())
}

/// Looks for a circle without recursion: a graph may be deep.
fn find_circle<'n, T: Ord + Hash + Eq>(linked: &IndexMap<&'n T, BTreeSet<&'n T>>) -> Option<Circle<&'n T>> {
    let mut done: IndexSet<&T> = IndexSet::new();
    for start in linked.keys() {
        let mut way: IndexSet<&T> = IndexSet::new();
        let mut open: Vec<(&T, Vec<&T>)> = Vec::new();
        let enter = |node: &'n T, way: &mut IndexSet<&'n T>, open: &mut Vec<(&'n T, Vec<&'n T>)>| {
            way.insert(node);
            open.push((node, linked.get(node).into_iter().flatten().rev().copied().collect()));
        };
        if !done.contains(start) {
            enter(start, &mut way, &mut open);
        }
        while let Some((node, rest)) = open.last_mut() {
            match rest.pop() {
                None => {
                    done.insert(*node);
                    way.pop();
                    open.pop();
                }
                Some(next) if done.contains(next) || !linked.contains_key(next) => {}
                Some(next) => match way.get_index_of(next) {
                    Some(at) => {
                        let round = way.iter().skip(at).copied().chain([next]).collect();
                        return Some(Circle(round));
                    }
                    None => enter(next, &mut way, &mut open),
                },
            }
        }
    }
    None
}

/// Tasks by label, in the order of their making, with or without the edges between them.
///
/// Invariant: with edges, every dependency of a task is a task of the graph.
#[derive(Clone, Default)]
pub struct TaskGraph {
    /// The tasks.
    pub tasks: IndexMap<Label, Arc<Task>>,
    edges: Edges,
}

#[derive(Clone, Default)]
enum Edges {
    /// A set of tasks.
    #[default]
    None,
    /// Every dependency of every task.
    All,
    /// Only these, of an excerpt.
    Only(IndexMap<Label, Dependencies>),
}

impl TaskGraph {
    /// A set of tasks without edges.
    pub fn set(tasks: IndexMap<Label, Arc<Task>>) -> Self {
        TaskGraph { tasks, edges: Edges::None }
    }

    /// A graph with all edges. What a task depends on has to be there, and no way may lead round.
    pub fn linked(tasks: IndexMap<Label, Arc<Task>>) -> Result<Self> {
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
                        let near =
                            crate::words::nearest(dependency.as_str(), tasks.keys().map(Label::as_str));
                        problem.help = near.map(|near| format!("did you mean `{near}`?"));
                    }
                    problems.push(problem);
                }
            }
        }
        Problems(problems).check()?;
        let linked =
            tasks.iter().map(|(label, task)| (label, task.dependencies.values().collect())).collect();
        if let Some(circle) = find_circle(&linked) {
            let way: Vec<_> = circle.0.iter().map(|label| format!("`{label}`")).collect();
            let message = format!("tasks depend on each other in a circle: {}", way.join(" → "));
            let place = circle.0.first().and_then(|label| tasks[*label].origin.place(&"dependencies".into()));
            return Err(Problems::from(Problem::error("circle", message).in_place(place)).into());
        }
        Ok(TaskGraph { tasks, edges: Edges::All })
    }

    /// The part of this graph that `from` needs, with the edges in it.
    pub fn closure<'l>(&'l self, from: impl IntoIterator<Item = &'l Label>) -> TaskGraph {
        let mut wanted: IndexSet<&Label> = IndexSet::new();
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

    /// The tasks that `keep` wants, with the edges between them.
    pub fn excerpt(&self, keep: impl Fn(&Task) -> bool) -> TaskGraph {
        let tasks: IndexMap<Label, Arc<Task>> = self
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
        static NONE: std::sync::LazyLock<Dependencies> = std::sync::LazyLock::new(Dependencies::new);
        match &self.edges {
            Edges::None => &NONE,
            Edges::All => self.tasks.get(label).map_or(&NONE, |task| &task.dependencies),
            Edges::Only(edges) => edges.get(label).unwrap_or(&NONE),
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
    /// Writes `full-task-graph.json`: label to task, indented, sorted at every level. Parts are made side by side.
    pub fn write_json(&self, out: &mut dyn Write) -> Result<()> {
        let labels = self.labels();
        if labels.is_empty() {
            return Ok(out.write_all(b"{}")?);
        }
        let length = labels.len().div_ceil(rayon::current_num_threads());
        let parts: Vec<Vec<u8>> = labels
            .par_chunks(length)
            .map(|labels| {
                let mut part = Vec::with_capacity(labels.len() * USUAL_LENGTH);
                let mut writer = serde_json::Serializer::with_formatter(&mut part, Indented::default());
                Part { graph: self, labels }.serialize(&mut writer)?;
                Ok(part)
            })
            .collect::<serde_json::Result<_>>()
            .map_err(|error| blame(self, error))?;
        // Each part is a map of its own: what is between the braces is joined to one.
        out.write_all(b"{\n")?;
        for (index, part) in parts.iter().enumerate() {
            if index > 0 {
                out.write_all(b",\n")?;
            }
            out.write_all(&part[2..part.len() - 2])?;
        }
        Ok(out.write_all(b"\n}")?)
    }
}

/// About how long a task is as JSON, in bytes: to grow a buffer step by step costs more than to have it.
const USUAL_LENGTH: usize = 8 << 10;

struct Part<'a> {
    graph: &'a TaskGraph,
    labels: &'a [&'a Label],
}

impl Serialize for Part<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.labels.iter().map(|label| {
            (label, TaskJson { task: &self.graph.tasks[*label], edges: self.graph.edges_of(label) })
        }))
    }
}

/// Label to task, sorted by label at every level: `full-task-graph.json`.
impl Serialize for TaskGraph {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Part { graph: self, labels: &self.labels() }.serialize(serializer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(edges: &[(&str, &str)]) -> Result<Vec<String>, Vec<String>> {
        let nodes: BTreeSet<String> = edges.iter().flat_map(|(a, b)| [(*a).into(), (*b).into()]).collect();
        let links = |node: &String| {
            nodes
                .iter()
                .filter(|to| edges.iter().any(|(a, b)| a == node && *b == **to))
                .collect::<BTreeSet<_>>()
        };
        postorder(&nodes, links)
            .map(|order| order.into_iter().cloned().collect())
            .map_err(|circle| circle.0.into_iter().cloned().collect())
    }

    #[test]
    fn what_is_needed_comes_first() {
        assert_eq!(order(&[("a", "b"), ("b", "c"), ("a", "d")]).unwrap(), ["c", "d", "b", "a"]);
    }

    #[test]
    fn a_circle_is_told_with_the_way_round() {
        assert_eq!(order(&[("a", "b"), ("b", "c"), ("c", "b")]).unwrap_err(), ["b", "c", "b"]);
    }
}
