//! Tasks as the reference writes them: indented, sorted at every level.

use std::ops::Range;
use std::sync::Arc;

use foldhash::fast::RandomState;
use indexmap::IndexMap;
use serde::Serialize as _;
use smallvec::SmallVec;

use crate::json::Error;
use crate::json_layout::Layout;
use crate::task::Task;
use crate::value::{Map, Value};

/// A task of a graph.
pub(crate) struct TaskJson<'a> {
    /// What it is called in the graph: its label, or its taskId.
    pub key: &'a str,
    /// The task.
    pub task: &'a Task,
    /// Its definition, as far as it is resolved.
    pub definition: &'a Map,
    /// The edges that start from it: the names of dependencies, and what these are called.
    pub edges: SmallVec<[(&'a str, &'a str); 16]>,
    /// The id it gets, once that is known.
    pub task_id: Option<&'a str>,
}

/// Lays out tasks one after the other.
///
/// Tasks share most of what they consist of, so what was laid out once is copied from there.
pub(crate) struct TaskLayout<'o> {
    layout: Layout<'o>,
    /// Where lists and maps that are shared stand in the text, by their address and depth. The tasks are borrowed for
    /// as long as this lives, so that an address stays what it is.
    laid_out: IndexMap<(usize, usize), Range<usize>, RandomState>,
}

impl<'o> TaskLayout<'o> {
    /// Appends to a text, inside a map.
    pub fn new(out: &'o mut Vec<u8>) -> Self {
        TaskLayout { layout: Layout { out, depth: 1 }, laid_out: IndexMap::default() }
    }

    /// Appends a comma, a key and its task.
    pub fn task(&mut self, json: TaskJson<'_>) -> Result<(), Error> {
        self.next(json.key);
        self.layout.out.push(b'{');
        self.layout.depth += 1;
        self.first("attributes");
        self.map(&json.task.attributes)?;
        self.next("dependencies");
        self.edges(json.edges)?;
        self.next("description");
        self.layout.text(&json.task.description);
        self.next("if_dependencies");
        self.list(&json.task.if_dependencies)?;
        self.next("kind");
        self.layout.text(&json.task.kind);
        self.next("label");
        self.layout.text(json.task.label.as_str());
        self.next("optimization");
        self.value(&json.task.optimization)?;
        self.next("soft_dependencies");
        self.list(&json.task.soft_dependencies)?;
        self.next("task");
        self.map(json.definition)?;
        if let Some(id) = json.task_id {
            self.next("task_id");
            self.layout.text(id);
        }
        self.close(b'}');
        Ok(())
    }

    fn first(&mut self, key: &str) {
        self.layout.line();
        self.layout.text(key);
        self.layout.out.extend_from_slice(b": ");
    }

    fn next(&mut self, key: &str) {
        self.layout.out.push(b',');
        self.first(key);
    }

    fn entry(&mut self, key: &str, is_first: bool) {
        if is_first { self.first(key) } else { self.next(key) }
    }

    fn close(&mut self, bracket: u8) {
        self.layout.depth -= 1;
        self.layout.line();
        self.layout.out.push(bracket);
    }

    fn value(&mut self, value: &Value) -> Result<(), Error> {
        match value {
            Value::List(items) => {
                let is_shared = Arc::strong_count(items) > 1;
                self.once(Arc::as_ptr(items).addr(), is_shared, |layout| layout.list(items))
            }
            Value::Map(map) => {
                let is_shared = Arc::strong_count(map) > 1;
                self.once(Arc::as_ptr(map).addr(), is_shared, |layout| layout.map(map))
            }
            other => other.serialize(&mut self.layout),
        }
    }

    /// Lays something out, or copies what it looked like at this depth.
    fn once(
        &mut self,
        address: usize,
        is_shared: bool,
        lay_out: impl FnOnce(&mut Self) -> Result<(), Error>,
    ) -> Result<(), Error> {
        if !is_shared {
            return lay_out(self);
        }
        let key = (address, self.layout.depth);
        if let Some(known) = self.laid_out.get(&key) {
            self.layout.out.extend_from_within(known.clone());
            return Ok(());
        }
        let start = self.layout.out.len();
        lay_out(self)?;
        self.laid_out.insert(key, start..self.layout.out.len());
        Ok(())
    }

    fn list(&mut self, items: &[Value]) -> Result<(), Error> {
        if items.is_empty() {
            return self.layout.word("[]");
        }
        self.layout.out.push(b'[');
        self.layout.depth += 1;
        for (index, item) in items.iter().enumerate() {
            if index > 0 {
                self.layout.out.push(b',');
            }
            self.layout.line();
            self.value(item)?;
        }
        self.close(b']');
        Ok(())
    }

    fn map(&mut self, map: &Map) -> Result<(), Error> {
        if map.is_empty() {
            return self.layout.word("{}");
        }
        let mut entries: SmallVec<[_; 24]> =
            map.iter().map(|(key, value)| (start(key), &**key, value)).collect();
        entries.sort_unstable_by(|a, b| (a.0, a.1).cmp(&(b.0, b.1)));
        self.layout.out.push(b'{');
        self.layout.depth += 1;
        for (index, (_, key, value)) in entries.into_iter().enumerate() {
            self.entry(key, index == 0);
            self.value(value)?;
        }
        self.close(b'}');
        Ok(())
    }

    fn edges(&mut self, mut edges: SmallVec<[(&str, &str); 16]>) -> Result<(), Error> {
        if edges.is_empty() {
            return self.layout.word("{}");
        }
        edges.sort_unstable();
        self.layout.out.push(b'{');
        self.layout.depth += 1;
        for (index, (name, node)) in edges.into_iter().enumerate() {
            self.entry(name, index == 0);
            self.layout.text(node);
        }
        self.close(b'}');
        Ok(())
    }
}

/// The first bytes of a key as a number that sorts as they do: few keys have them in common, and numbers are compared
/// at once.
fn start(key: &str) -> u64 {
    const LENGTH: usize = size_of::<u64>();
    match key.as_bytes().first_chunk::<LENGTH>() {
        Some(first) => u64::from_be_bytes(*first),
        None => {
            let mut first = [0; LENGTH];
            first[..key.len()].copy_from_slice(key.as_bytes());
            u64::from_be_bytes(first)
        }
    }
}
