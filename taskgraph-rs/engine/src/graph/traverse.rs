//! Walks over a graph. The same ones serve kinds and tasks; the caller names a cycle.

use std::collections::{BTreeSet, VecDeque};
use std::hash::Hash;

use foldhash::fast::RandomState;
use indexmap::{IndexMap, IndexSet};

/// The way round a cycle; its first node stands at the end again.
#[derive(Debug)]
pub struct Cycle<T>(pub Vec<T>);

/// Nodes, and what each of them links to.
pub type Links<'n, T> = IndexMap<&'n T, BTreeSet<&'n T>, RandomState>;

type Nodes<'n, T> = IndexSet<&'n T, RandomState>;

/// The number of steps that the walk of the reference may take: a constant, and a number for each node and edge.
const STEPS: usize = 1 << 17;
const STEPS_EACH: usize = 16;

/// The nodes in an order in which each comes after all it links to: the order of the reference for sorted nodes.
pub fn postorder<'n, T: Ord + Hash + Eq + 'n>(
    nodes: impl IntoIterator<Item = &'n T>,
    links: impl Fn(&'n T) -> BTreeSet<&'n T>,
) -> Result<Vec<&'n T>, Cycle<&'n T>> {
    let nodes: BTreeSet<&T> = nodes.into_iter().collect();
    let linked: Links<'_, T> = nodes.iter().map(|node| (*node, links(node))).collect();
    if let Some(cycle) = find_cycle(&linked) {
        return Err(cycle);
    }
    let positions: Vec<Vec<usize>> = linked
        .values()
        .map(|links| links.iter().filter_map(|to| linked.get_index_of(to)).collect())
        .collect();
    Ok(reference_order(&positions)
        .into_iter()
        .filter_map(|at| linked.get_index(at))
        .map(|(node, _)| *node)
        .collect())
}

/// The positions of all nodes in an order in which each comes after all it links to. `links` are the links of each
/// node, sorted, and lead round no cycle.
///
/// Python: `Graph._visit`. It puts a node that has to wait at the end of its queue, behind all it waits for. How often
/// it does so depends on the names, and grows faster than the graph. So its walk is followed as long as that is
/// cheap, and what is left then comes in the first order that is right.
pub fn reference_order(links: &[Vec<usize>]) -> Vec<usize> {
    let edges: usize = links.iter().map(Vec::len).sum();
    let steps = STEPS.max((links.len() + edges).saturating_mul(STEPS_EACH));
    let mut queue: VecDeque<usize> = (0..links.len()).collect();
    let mut order = Order { seen: vec![false; links.len()], positions: Vec::with_capacity(links.len()) };
    for _ in 0..steps {
        let Some(node) = queue.pop_front() else { return order.positions };
        if order.seen[node] {
            continue;
        }
        let known = queue.len();
        queue.extend(links[node].iter().filter(|link| !order.seen[**link]));
        match queue.len() == known {
            true => order.add(node),
            false => queue.push_back(node),
        }
    }
    order.finish(links)
}

/// The positions of all nodes in an order in which each comes after all it links to, whichever is found first.
pub fn any_order(links: &[Vec<usize>]) -> Vec<usize> {
    Order { seen: vec![false; links.len()], positions: Vec::with_capacity(links.len()) }.finish(links)
}

/// Nodes in order, so far.
struct Order {
    seen: Vec<bool>,
    positions: Vec<usize>,
}

impl Order {
    fn add(&mut self, node: usize) {
        self.seen[node] = true;
        self.positions.push(node);
    }

    /// Adds all nodes that are left, depth first.
    fn finish(mut self, links: &[Vec<usize>]) -> Vec<usize> {
        for start in 0..links.len() {
            let mut open = vec![(start, 0)];
            while let Some((node, next)) = open.last_mut() {
                let node = *node;
                if self.seen[node] {
                    open.pop();
                    continue;
                }
                match links[node].get(*next) {
                    Some(link) => {
                        *next += 1;
                        open.push((*link, 0));
                    }
                    None => {
                        self.add(node);
                        open.pop();
                    }
                }
            }
        }
        self.positions
    }
}

/// Looks for a cycle, without recursion: a graph may be deep.
pub fn find_cycle<'n, T: Ord + Hash + Eq>(linked: &Links<'n, T>) -> Option<Cycle<&'n T>> {
    let mut done: Nodes<'_, T> = Nodes::default();
    for start in linked.keys() {
        let mut way: Nodes<'_, T> = Nodes::default();
        let mut open: Vec<(&T, Vec<&T>)> = Vec::new();
        let enter = |node: &'n T, way: &mut Nodes<'n, T>, open: &mut Vec<(&'n T, Vec<&'n T>)>| {
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
                        return Some(Cycle(round));
                    }
                    None => enter(next, &mut way, &mut open),
                },
            }
        }
    }
    None
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
            .map_err(|cycle| cycle.0.into_iter().cloned().collect())
    }

    #[test]
    fn what_is_needed_comes_first() {
        assert_eq!(order(&[("a", "b"), ("b", "c"), ("a", "d")]).unwrap(), ["c", "d", "b", "a"]);
    }

    #[test]
    fn nodes_that_wait_come_in_the_order_of_the_reference() {
        let edges = [("a", "d"), ("b", "e"), ("b", "c"), ("c", "f"), ("d", "e"), ("e", "f"), ("a", "c")];
        assert_eq!(order(&edges).unwrap(), ["f", "c", "e", "b", "d", "a"]);
    }

    #[test]
    fn every_order_has_each_node_once_and_behind_what_it_links_to() {
        let mut state = 7_u64;
        let mut next = |below: usize| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (state >> 33) as usize % below
        };
        for _ in 0..200 {
            let count = 1 + next(30);
            // A node links to those behind it in a hidden order, so that no way leads round.
            let mut hidden: Vec<usize> = (0..count).collect();
            (1..count).for_each(|at| hidden.swap(at, next(at + 1)));
            let mut links = vec![Vec::new(); count];
            for from in 0..count {
                let chosen: BTreeSet<usize> =
                    (from + 1..count).filter(|_| next(4) == 0).map(|to| hidden[to]).collect();
                links[hidden[from]] = chosen.into_iter().collect();
            }
            for order in [reference_order(&links), any_order(&links)] {
                let mut place = vec![None; count];
                order.iter().enumerate().for_each(|(at, node)| place[*node] = Some(at));
                assert!(order.len() == count && place.iter().all(Option::is_some));
                for (node, links) in links.iter().enumerate() {
                    assert!(links.iter().all(|link| place[*link] < place[node]), "{links:?}");
                }
            }
        }
    }

    /// A chain whose names run against it: the reference would not come to its end.
    #[test]
    fn a_long_chain_is_walked_in_linear_time() {
        let length = 100_000;
        let links: Vec<Vec<usize>> =
            (0..length).map(|at| if at + 1 < length { vec![at + 1] } else { Vec::new() }).collect();
        let backwards: Vec<usize> = (0..length).rev().collect();
        assert_eq!(reference_order(&links), backwards);
        assert_eq!(any_order(&links), backwards);
    }

    #[test]
    fn a_cycle_is_reported_with_all_its_members() {
        assert_eq!(order(&[("a", "b"), ("b", "c"), ("c", "b")]).unwrap_err(), ["b", "c", "b"]);
    }
}
