//! Which parameters were read while a graph was generated.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use crate::keypath::{KeyPath, Step};

/// The dotted paths that were read.
#[derive(Debug, Default)]
pub struct Reads(Mutex<BTreeSet<String>>);

impl Reads {
    /// Notes that `path` was read.
    pub fn note(&self, path: &str) {
        let mut reads = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // Most paths are read again and again: only the first time costs a copy.
        if !reads.contains(path) {
            reads.insert(path.to_owned());
        }
    }

    /// Whether `path`, something above it or something below it was read.
    pub fn touch(&self, path: &KeyPath) -> bool {
        let reads = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // A key with a dot in it cannot be reached by a dotted path.
        let mut dotted = String::new();
        for step in &path.0 {
            let Step::Key(key) = step else { break };
            if key.contains('.') {
                return reads.contains(&dotted);
            }
            if !dotted.is_empty() {
                if reads.contains(&dotted) {
                    return true;
                }
                dotted.push('.');
            }
            dotted.push_str(key);
        }
        let below = format!("{dotted}.");
        reads.contains(&dotted)
            || reads.range(below.clone()..).next().is_some_and(|read| read.starts_with(&below))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reading_a_map_reads_what_is_in_it() {
        let reads = Reads::default();
        reads.note("a.b");
        assert!(reads.touch(&KeyPath::dotted("a.b.c")));
        assert!(reads.touch(&KeyPath::dotted("a")));
        assert!(!reads.touch(&KeyPath::dotted("a.c")));
    }

    #[test]
    fn a_key_with_a_dot_is_read_only_with_all_around_it() {
        let reads = Reads::default();
        reads.note("a.b.c");
        assert!(!reads.touch(&KeyPath::dotted("a").join("b.c")));
        reads.note("a");
        assert!(reads.touch(&KeyPath::dotted("a").join("b.c")));
    }
}
