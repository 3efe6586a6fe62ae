//! The target graph by numbers: labels are looked up once, the phases count.

use std::sync::Arc;

use crate::graph::TaskGraph;
use crate::task::{Label, Task};
use taskgraph_compat::value::Value;

/// The tasks of a graph in the order of their labels, and what is asked of each by number.
pub(super) struct Nodes<'a> {
    /// The tasks.
    pub tasks: Vec<&'a Arc<Task>>,
    /// The dependencies of each: sorted, without duplicates.
    pub needs: Vec<Vec<usize>>,
    /// The dependents of each: sorted, without duplicates.
    pub needed_by: Vec<Vec<usize>>,
    /// The if-dependencies of each, as far as they are in the graph: sorted.
    pub if_needs: Vec<Vec<usize>>,
    /// The number of each task, in the order of the graph.
    pub in_order: Vec<usize>,
}

impl<'a> Nodes<'a> {
    /// Numbers the tasks of a graph.
    pub(super) fn new(graph: &'a TaskGraph) -> Self {
        let mut sorted: Vec<usize> = (0..graph.tasks.len()).collect();
        sorted.sort_unstable_by_key(|index| &graph.tasks[*index].label);
        let mut in_order = vec![0; sorted.len()];
        for (number, index) in sorted.iter().enumerate() {
            in_order[*index] = number;
        }
        let number = |label: &str| graph.tasks.get_index_of(label).map(|index| in_order[index]);
        let tasks: Vec<&Arc<Task>> = sorted.iter().map(|index| &graph.tasks[*index]).collect();
        let mut needed_by = vec![Vec::new(); tasks.len()];
        let mut needs = Vec::with_capacity(tasks.len());
        let mut if_needs = Vec::with_capacity(tasks.len());
        for (node, task) in tasks.iter().enumerate() {
            let edges = graph.edges_of(&task.label).values();
            let own = distinct(edges.filter_map(|label| number(label.as_str())).collect());
            own.iter().for_each(|need| needed_by[*need].push(node));
            needs.push(own);
            let labels = task.if_dependencies.iter().filter_map(Value::as_str);
            if_needs.push(distinct(labels.filter_map(number).collect()));
        }
        Nodes { tasks, needs, needed_by, if_needs, in_order }
    }

    /// Returns the number of tasks.
    pub(super) fn len(&self) -> usize {
        self.tasks.len()
    }

    /// The label of a task.
    pub(super) fn label(&self, node: usize) -> &'a Label {
        &self.tasks[node].label
    }

    /// Returns a mark for each task that has one of these labels.
    pub(super) fn marks(&self, is_marked: impl Fn(&Label) -> bool) -> Vec<bool> {
        self.tasks.iter().map(|task| is_marked(&task.label)).collect()
    }
}

fn distinct(mut numbers: Vec<usize>) -> Vec<usize> {
    numbers.sort_unstable();
    numbers.dedup();
    numbers
}
