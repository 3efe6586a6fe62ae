//! Transitive reduction: removes lines that a longer path implies.

use std::collections::{BTreeMap, BTreeSet};

/// The edges without those whose ends are joined by a longer way. Circles keep their edges.
pub(super) fn reduced(edges: &BTreeSet<(usize, usize)>) -> BTreeSet<(usize, usize)> {
    let mut next: BTreeMap<usize, BTreeSet<usize>> = BTreeMap::new();
    for (from, to) in edges {
        next.entry(*from).or_default().insert(*to);
    }
    let reached: BTreeMap<usize, BTreeSet<usize>> =
        next.keys().map(|from| (*from, reachable(*from, &next))).collect();
    let goes_by_another = |from: usize, to: usize| {
        next[&from].iter().any(|by| {
            let beyond = reached.get(by);
            *by != to && beyond.is_some_and(|beyond| beyond.contains(&to) && !beyond.contains(&from))
        })
    };
    edges.iter().copied().filter(|(from, to)| !goes_by_another(*from, *to)).collect()
}

fn reachable(from: usize, next: &BTreeMap<usize, BTreeSet<usize>>) -> BTreeSet<usize> {
    let mut found = BTreeSet::new();
    let mut open = vec![from];
    while let Some(at) = open.pop() {
        for to in next.get(&at).into_iter().flatten() {
            if found.insert(*to) {
                open.push(*to);
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_that_a_longer_way_replaces_goes() {
        let edges = BTreeSet::from([(0, 1), (1, 2), (0, 2), (0, 3), (2, 3)]);
        assert_eq!(reduced(&edges), BTreeSet::from([(0, 1), (1, 2), (2, 3)]));
    }

    #[test]
    fn a_circle_stays_as_it_is() {
        let edges = BTreeSet::from([(0, 1), (1, 0)]);
        assert_eq!(reduced(&edges), edges);
    }
}
