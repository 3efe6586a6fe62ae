//! Usage of parameters: those that were read while a graph was generated.

use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, PoisonError};

use taskgraph_compat::value::path::{KeyPath, Step};

/// The dotted paths that were asked for, in the whole program: transforms look parameters up once a kind.
#[derive(Debug, Default)]
pub(super) struct Reads(Mutex<ReadPaths>);

#[derive(Debug, Default)]
struct ReadPaths {
    /// Those that had a value.
    read: BTreeSet<String>,
    /// Those that had none.
    missed: BTreeSet<String>,
    /// Those whose entries were gone through, whatever their names are.
    listed: BTreeSet<String>,
}

impl Reads {
    /// Notes that `path` was read.
    pub(super) fn note(&self, path: &str) {
        add(&mut self.noted().read, path);
    }

    /// Notes that `path` was asked for and has no value.
    pub(super) fn miss(&self, path: &str) {
        add(&mut self.noted().missed, path);
    }

    /// Notes that the entries of `path` were gone through.
    pub(super) fn list(&self, path: &str) {
        add(&mut self.noted().listed, path);
    }

    /// Whether `path`, something above it or something below it was read. That an entry was gone through with all
    /// others counts where nothing asks for entries by their names.
    pub(super) fn touch(&self, path: &KeyPath) -> bool {
        let noted = self.noted();
        if noted.read_above(path) || noted.read_by_name(path) {
            return true;
        }
        let (path, parent) = (path.to_string(), path.parent().to_string());
        let is_asked_by_name =
            || below(&noted.read, &parent).chain(below(&noted.missed, &parent)).next().is_some();
        noted.listed.contains(&path)
            || below(&noted.listed, &path).next().is_some()
            || noted.listed.contains(&parent) && !is_asked_by_name()
    }

    /// Whether `path` itself or something below it was read, and not only something above it.
    pub(super) fn touch_by_name(&self, path: &KeyPath) -> bool {
        self.noted().read_by_name(path)
    }

    /// Whether the entries of `path` were gone through.
    pub(super) fn touch_entries(&self, path: &KeyPath) -> bool {
        self.noted().listed.contains(&path.to_string())
    }

    /// The names that were looked up right below `path`, there or not.
    pub(super) fn names_below(&self, path: &KeyPath) -> BTreeSet<String> {
        let noted = self.noted();
        let path = path.to_string();
        let asked = below(&noted.read, &path).chain(below(&noted.missed, &path));
        asked.filter(|name| !name.contains('.')).map(str::to_owned).collect()
    }

    fn noted(&self) -> MutexGuard<'_, ReadPaths> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl ReadPaths {
    fn read_above(&self, path: &KeyPath) -> bool {
        let mut dotted = String::new();
        for step in &path.0 {
            let Step::Key(key) = step else { return false };
            if !dotted.is_empty() {
                if self.read.contains(&dotted) {
                    return true;
                }
                dotted.push('.');
            }
            dotted.push_str(key);
            // A key with a dot in it cannot be reached by a dotted path.
            if key.contains('.') {
                return false;
            }
        }
        false
    }

    fn read_by_name(&self, path: &KeyPath) -> bool {
        let mut dotted = String::new();
        for step in &path.0 {
            let Step::Key(key) = step else { break };
            // A key with a dot in it cannot be reached by a dotted path.
            if key.contains('.') {
                return false;
            }
            if !dotted.is_empty() {
                dotted.push('.');
            }
            dotted.push_str(key);
        }
        self.read.contains(&dotted) || below(&self.read, &dotted).next().is_some()
    }
}

/// Returns the paths below `path`, without their beginning.
fn below<'s>(paths: &'s BTreeSet<String>, path: &str) -> impl Iterator<Item = &'s str> {
    let start = format!("{path}.");
    paths.range(start.clone()..).map_while(move |path| path.strip_prefix(&start))
}

/// Most paths are asked for again and again: only the first time costs a copy.
fn add(paths: &mut BTreeSet<String>, path: &str) {
    if !paths.contains(path) {
        paths.insert(path.to_owned());
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

    #[test]
    fn a_key_is_read_by_its_name_only_at_it_or_below_it() {
        let reads = Reads::default();
        reads.note("a.b.c");
        assert!(reads.touch_by_name(&KeyPath::dotted("a.b")));
        assert!(!reads.touch_by_name(&KeyPath::dotted("a.b.c.d")));
        assert!(!reads.touch_by_name(&KeyPath::dotted("a").join("b.c")));
    }

    #[test]
    fn going_through_entries_reads_them_if_nothing_asks_for_one() {
        let reads = Reads::default();
        reads.list("a");
        assert!(reads.touch(&KeyPath::dotted("a")));
        assert!(reads.touch(&KeyPath::dotted("a.b")));
        reads.note("a.c");
        assert!(!reads.touch(&KeyPath::dotted("a.b")));
        assert!(reads.touch(&KeyPath::dotted("a.c")));
    }

    #[test]
    fn names_that_were_looked_up_are_known_though_nothing_was_there() {
        let reads = Reads::default();
        reads.note("a.b");
        reads.miss("a.c");
        reads.miss("a.d.e");
        reads.miss("ab.f");
        assert_eq!(reads.names_below(&"a".into()).into_iter().collect::<Vec<_>>(), ["b", "c"]);
    }
}
