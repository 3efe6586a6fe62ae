//! Ways through a graph: who depends on a task, and how one task comes to depend on another.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap, VecDeque};

use serde::Serialize;

use crate::diagnostics::{Problem, Problems};
use crate::graph::TaskGraph;
use crate::task::Label;
use taskgraph_compat::suggest;
use taskgraph_compat::value::Str;

/// A step from a task to one that it depends on.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Hop {
    /// The name of the dependency in the task.
    pub name: Str,
    /// The task it depends on.
    pub to: Label,
}

/// A graph with the edges in both directions.
pub struct Ways<'g> {
    graph: &'g TaskGraph,
    dependents: BTreeMap<&'g Label, Vec<&'g Label>>,
}

impl<'g> Ways<'g> {
    /// The ways of a graph.
    pub fn new(graph: &'g TaskGraph) -> Self {
        let mut dependents: BTreeMap<&Label, Vec<&Label>> = BTreeMap::new();
        for label in graph.labels() {
            let needed: BTreeSet<&Label> = graph.edges_of(label).values().collect();
            needed.into_iter().for_each(|needed| dependents.entry(needed).or_default().push(label));
        }
        Ways { graph, dependents }
    }

    /// The label of a task of the graph; else an error with the nearest one.
    pub fn label(&self, text: &str) -> Result<&'g Label, Problems> {
        if let Some((label, _)) = self.graph.tasks.get_key_value(text) {
            return Ok(label);
        }
        let problem = Problem::error("unknown-label", format!("there is no task `{text}`"));
        Err(match suggest::nearest(text, self.graph.tasks.keys().map(Label::as_str)) {
            Some(nearest) => problem.help(format!("did you mean `{nearest}`?")),
            None => problem.help(format!("the graph has {} tasks", self.graph.tasks.len())),
        }
        .into())
    }

    /// The tasks that directly depend on one, in alphabetical order.
    pub fn dependents(&self, label: &Label) -> &[&'g Label] {
        self.dependents.get(label).map(Vec::as_slice).unwrap_or_default()
    }

    /// Returns the number of steps from each task to `to`, for all tasks that depend on it, directly or not. `to`
    /// itself has 0.
    pub fn distances(&self, to: &'g Label) -> BTreeMap<&'g Label, usize> {
        let mut distances = BTreeMap::from([(to, 0)]);
        let mut waiting = VecDeque::from([(to, 0)]);
        while let Some((label, steps)) = waiting.pop_front() {
            for next in self.dependents(label) {
                if !distances.contains_key(next) {
                    distances.insert(next, steps + 1);
                    waiting.push_back((next, steps + 1));
                }
            }
        }
        distances
    }

    /// The ways on which `from` depends on `to`, the shortest first, `most` of them; and whether there are more.
    pub fn between(&self, from: &'g Label, to: &'g Label, most: usize) -> (Vec<Vec<Hop>>, bool) {
        let distances = self.distances(to);
        let mut found = Vec::new();
        let Some(steps) = distances.get(from) else { return (found, false) };
        // What is taken first is what can still become the shortest way: its length so far, and the known rest.
        let mut open = BinaryHeap::from([Reverse((*steps, Vec::<Hop>::new()))]);
        while let Some(Reverse((_, way))) = open.pop() {
            let at = way.last().map_or(from, |hop| &hop.to);
            if at == to {
                if found.len() == most {
                    return (found, true);
                }
                found.push(way);
                continue;
            }
            for (name, next) in self.graph.edges_of(at) {
                let Some(rest) = distances.get(next) else { continue };
                let mut longer = way.clone();
                longer.push(Hop { name: name.clone(), to: next.clone() });
                open.push(Reverse((longer.len() + rest, longer)));
            }
        }
        (found, false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    fn graph() -> TaskGraph {
        let task = |(label, needs): (&str, &[&str])| {
            let needs: serde_json::Map<_, _> =
                needs.iter().map(|need| ((*need).to_owned(), (*need).into())).collect();
            let task = serde_json::json!({
                "kind": "k", "label": label, "attributes": {}, "task": {}, "optimization": null, "dependencies": needs,
            });
            (label.to_owned(), task)
        };
        let tasks: [(&str, &[&str]); 5] =
            [("a", &[]), ("b", &["a"]), ("c", &["a", "b"]), ("d", &["b", "c"]), ("other", &[])];
        let tasks: serde_json::Map<_, _> = tasks.into_iter().map(task).collect();
        TaskGraph::from_json(&serde_json::Value::from(tasks).to_string()).unwrap()
    }

    fn reported(ways: &[Vec<Hop>]) -> Vec<String> {
        let way = |way: &Vec<Hop>| way.iter().map(|hop| hop.to.to_string()).collect::<Vec<_>>().join(" ");
        ways.iter().map(way).collect()
    }

    #[test]
    fn the_shortest_way_comes_first() {
        let graph = graph();
        let ways = Ways::new(&graph);
        let (from, to) = (ways.label("d").unwrap(), ways.label("a").unwrap());
        let (all, more) = ways.between(from, to, 10);
        assert_eq!((reported(&all), more), (vec!["b a".into(), "c a".into(), "c b a".into()], false));
        let (one, more) = ways.between(from, to, 1);
        assert_eq!((reported(&one), more), (vec!["b a".into()], true));
        assert_eq!(ways.between(to, from, 10), (Vec::new(), false));
        assert_eq!(reported(&ways.between(to, to, 10).0), [""]);
    }

    #[test]
    fn dependents_are_found() {
        let graph = graph();
        let ways = Ways::new(&graph);
        let labels: Vec<&str> =
            ways.dependents(ways.label("a").unwrap()).iter().map(|label| label.as_str()).collect();
        assert_eq!(labels, ["b", "c"]);
        assert_eq!(ways.distances(ways.label("a").unwrap()).len(), 4);
    }

    #[test]
    fn an_unknown_label_is_refused_with_the_nearest_one() {
        let graph = graph();
        let error = Ways::new(&graph).label("othr").unwrap_err();
        assert_eq!(error.0[0].help.as_deref(), Some("did you mean `other`?"));
    }
}
