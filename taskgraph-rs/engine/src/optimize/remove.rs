//! The removing phase: from the tasks that nothing needs down to those that need nothing.

use crate::error::Result;
use crate::graph::traverse::{any_order, reference_order};
use crate::optimize::indexed::Nodes;
use crate::optimize::outcome::{KeptBy, RemovalReason};
use crate::optimize::request::Request;
use crate::optimize::strategies::ChosenStrategy;

/// The answer of the removing phase for a task.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Stay {
    Kept(KeptBy),
    Removed(RemovalReason),
}

impl Stay {
    pub(super) fn is_removed(&self) -> bool {
        matches!(self, Stay::Removed(_))
    }
}

/// A task with if-dependencies is a candidate until it is known whether one of them runs, and so is what only such
/// candidates need.
struct Phase<'a, 'n> {
    nodes: &'n Nodes<'a>,
    /// The answers so far. For a candidate: the answer if it stays.
    stays: Vec<Option<Stay>>,
    is_candidate: Vec<bool>,
    /// Of a task that was a candidate: the one that runs, because of which it stays.
    stays_for: Vec<Option<usize>>,
}

/// Says of every task whether it is removed.
pub(super) fn remove(
    request: &Request<'_>,
    nodes: &Nodes<'_>,
    chosen: &[ChosenStrategy<'_>],
    is_pinned: &[bool],
) -> Result<Vec<Stay>> {
    let many = nodes.len();
    let (stays, is_candidate, stays_for) = (vec![None; many], vec![false; many], vec![None; many]);
    let mut phase = Phase { nodes, stays, is_candidate, stays_for };
    // Which of two if-dependencies is looked at first can matter; without any, every order gives the same.
    let order = match nodes.tasks.iter().any(|task| !task.if_dependencies.is_empty()) {
        true => reference_order(&nodes.needed_by),
        false => any_order(&nodes.needed_by),
    };
    for node in &order {
        let node = *node;
        let prunable = phase.prunable(node);
        let task = nodes.tasks[node];
        if is_pinned[node] {
            phase.keep(node, KeptBy::DoNotOptimize, &prunable);
        } else if let Some(dependent) = phase.running_dependent(node, &prunable) {
            phase.keep(node, phase.needed(node, dependent), &prunable);
        } else if !request.requested.contains(&task.label) {
            phase.remove(node, RemovalReason::Dependents, &prunable);
        } else if chosen[node].strategy.removes(task, request.params, chosen[node].argument)? {
            phase.remove(node, RemovalReason::Strategy(chosen[node].name.into()), &prunable);
        } else if !task.if_dependencies.is_empty() {
            phase.stays[node] = Some(Stay::Kept(KeptBy::Strategy(chosen[node].name.into())));
            phase.is_candidate[node] = true;
        } else {
            phase.keep(node, KeptBy::Strategy(chosen[node].name.into()), &prunable);
        }
    }
    phase.settle(&order);
    let stays = phase.stays.into_iter().map(|stay| stay.expect("every task was visited"));
    Ok(stays.collect())
}

impl Phase<'_, '_> {
    fn is_removed(&self, node: usize) -> bool {
        self.stays[node].as_ref().is_some_and(Stay::is_removed)
    }

    fn has_if_dependencies(&self, node: usize) -> bool {
        !self.nodes.tasks[node].if_dependencies.is_empty()
    }

    /// The candidates that depend on a task and may be removed with it.
    fn prunable(&self, node: usize) -> Vec<usize> {
        let is_prunable = |dependent: &usize| {
            self.is_candidate[*dependent]
                && (!self.has_if_dependencies(*dependent)
                    || self.nodes.if_needs[*dependent].binary_search(&node).is_ok())
        };
        self.nodes.needed_by[node].iter().copied().filter(is_prunable).collect()
    }

    /// A task that runs and needs this one.
    fn running_dependent(&self, node: usize, prunable: &[usize]) -> Option<usize> {
        let mut dependents = self.nodes.needed_by[node].iter().copied();
        dependents.find(|dependent| !self.is_gone(*dependent) && prunable.binary_search(dependent).is_err())
    }

    /// Returns the reason why a task is kept that `dependent` needs.
    fn needed(&self, node: usize, dependent: usize) -> KeptBy {
        let label = self.nodes.label(dependent).clone();
        match self.stays_for[dependent] {
            Some(other) if self.nodes.if_needs[dependent].binary_search(&node).is_ok() => {
                KeptBy::IfDependent { dependent: label, other: self.nodes.label(other).clone() }
            }
            _ => KeptBy::Dependent(label),
        }
    }

    /// Keeps a task. The candidates that are there for it stay, and what is there for them.
    fn keep(&mut self, node: usize, why: KeptBy, prunable: &[usize]) {
        self.stays[node] = Some(Stay::Kept(why));
        let mut open = prunable.to_vec();
        while let Some(dependent) = open.pop() {
            if !self.is_candidate[dependent] || !self.has_if_dependencies(dependent) {
                continue;
            }
            self.is_candidate[dependent] = false;
            self.stays_for[dependent] = Some(node);
            if self.is_removed(dependent) {
                // Its strategy would remove it; but it was there for others, and one of them runs.
                let label = self.nodes.label(node).clone();
                self.stays[dependent] = Some(Stay::Kept(KeptBy::IfDependency(label)));
            }
            open.extend(self.nodes.needed_by[dependent].iter().filter(|next| self.is_candidate[**next]));
        }
    }

    /// Removes a task, or makes a candidate of it while it is not known whether others stay.
    fn remove(&mut self, node: usize, why: RemovalReason, prunable: &[usize]) {
        self.stays[node] = Some(Stay::Removed(why));
        self.is_candidate[node] = !prunable.is_empty();
    }

    /// Removes the candidates that are left, but not what others need that stay. Python: what such a task needs in
    /// its turn is removed, and the graph is refused; here it stays, too.
    fn settle(&mut self, order: &[usize]) {
        let candidates: Vec<usize> = order.iter().copied().filter(|node| self.is_candidate[*node]).collect();
        for node in &candidates {
            self.stays[*node] = Some(Stay::Removed(RemovalReason::IfDependencies));
        }
        for node in candidates {
            let needed = self.nodes.needed_by[node].iter().copied().find(|next| !self.is_removed(*next));
            if let Some(dependent) = needed {
                let label = self.nodes.label(dependent).clone();
                self.stays[node] = Some(Stay::Kept(KeptBy::Dependent(label)));
            }
        }
    }

    /// Whether a task is removed for good: a candidate is not, yet.
    fn is_gone(&self, node: usize) -> bool {
        self.is_removed(node) && !self.is_candidate[node]
    }
}
