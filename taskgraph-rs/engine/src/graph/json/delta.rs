//! Writes a task as JSON, and reuses the text of the previous task of the kind where its values are unchanged.
//!
//! Two tasks of a kind have the same fields in the same order and differ in a few texts. The first one is written in full,
//! and it is noted which value made which part of the text. Of the next task, what has the same identity is copied in
//! long pieces, and only what differs is written.
//!
//! Saves 11 % of the instructions of `full -J` at 510 tasks, 13 % at 903 (`benches/cost.py`); the tests compare it with
//! the general writer.
//!
//! Invariant: the values of the previous task live as long as this writer, so that an identity stands for one value.

use std::ops::Range;

use serde::Serialize as _;
use smallvec::SmallVec;

use taskgraph_compat::json::Error;
use taskgraph_compat::json::pretty::PrettyWriter;
use taskgraph_compat::value::{Identity, Map, Value};

/// A value that is written.
#[derive(Clone, Copy)]
pub(crate) enum Node<'v> {
    /// A map.
    Map(&'v Map),
    /// A list.
    List(&'v Vec<Value>),
    /// A value without parts.
    Plain(&'v Value),
}

impl<'v> From<&'v Value> for Node<'v> {
    fn from(value: &'v Value) -> Self {
        match value {
            Value::Map(map) => Node::Map(map),
            Value::List(items) => Node::List(items),
            plain => Node::Plain(plain),
        }
    }
}

impl Node<'_> {
    /// Returns its identity.
    fn identity(self) -> Identity {
        match self {
            Node::Map(map) => Identity::of_map(map),
            Node::List(items) => Identity::of_list(items),
            Node::Plain(value) => value.identity(),
        }
    }
}

/// The text of a value that was written, and of its parts.
pub(crate) struct Previous {
    identity: Identity,
    /// The value that was written last in its place. One that comes twice in a row takes the place.
    other: Option<Identity>,
    text: Range<usize>,
    parts: Parts,
}

enum Parts {
    None,
    /// The items of a list, and the entries of a map in the order of the text.
    Some {
        /// The addresses of the keys, in the order of the map; none for a list.
        keys: Vec<usize>,
        parts: Vec<Part>,
        after: Range<usize>,
    },
}

struct Part {
    before: Range<usize>,
    /// The position in the list or the map.
    position: usize,
    previous: Previous,
}

/// Writes JSON beside what was written before.
#[derive(Default)]
pub(crate) struct DeltaWriter {
    /// The text so far, but for what is to be copied.
    out: Vec<u8>,
    /// The text of all previous values.
    kept: Vec<u8>,
    /// The part of it that is copied next: adjacent pieces are one copy.
    copied: Range<usize>,
}

impl DeltaWriter {
    /// Begins a text, in a buffer that was used before.
    pub(crate) fn begin(&mut self, mut buffer: Vec<u8>) {
        buffer.clear();
        self.out = buffer;
    }

    /// The whole text.
    pub(crate) fn end(&mut self) -> Vec<u8> {
        std::mem::take(self.pretty(0).out)
    }

    /// Returns how much text of previous values is kept.
    pub(crate) fn kept(&self) -> usize {
        self.kept.len()
    }

    /// The text so far, to append to it.
    pub(crate) fn pretty(&mut self, depth: usize) -> PrettyWriter<'_> {
        self.out.extend_from_slice(&self.kept[std::mem::take(&mut self.copied)]);
        PrettyWriter { out: &mut self.out, depth }
    }

    fn copy(&mut self, text: &Range<usize>) {
        if self.copied.end != text.start {
            self.out.extend_from_slice(&self.kept[self.copied.clone()]);
            self.copied.start = text.start;
        }
        self.copied.end = text.end;
    }

    /// Appends something that is part of a line of this depth. `previous` is what was written in its place before.
    pub(crate) fn append(
        &mut self,
        node: Node<'_>,
        previous: &mut Option<Previous>,
        depth: usize,
    ) -> Result<(), Error> {
        match previous {
            Some(previous) => self.write_next(node, previous, depth),
            None => {
                let first = previous.insert(self.write_first(node, depth)?);
                self.copy(&first.text);
                Ok(())
            }
        }
    }

    fn write_next(&mut self, node: Node<'_>, previous: &mut Previous, depth: usize) -> Result<(), Error> {
        let identity = node.identity();
        if previous.identity == identity {
            self.copy(&previous.text);
            return Ok(());
        }
        if previous.other.replace(identity) != Some(identity) {
            match (node, &mut previous.parts) {
                (Node::Plain(value), Parts::None) => return plain(value, &mut self.pretty(depth)),
                // A list has no keys either, so an empty map is not to be taken for one.
                (Node::Map(map), Parts::Some { keys, parts, after })
                    if map.len() == parts.len() && map.has_keys_at(keys) =>
                {
                    for part in parts {
                        self.copy(&part.before);
                        self.write_next((&map[part.position]).into(), &mut part.previous, depth + 1)?;
                    }
                    self.copy(after);
                    return Ok(());
                }
                (Node::List(items), Parts::Some { keys, parts, after })
                    if keys.is_empty() && items.len() == parts.len() =>
                {
                    for (part, item) in parts.iter_mut().zip(items.iter()) {
                        self.copy(&part.before);
                        self.write_next(item.into(), &mut part.previous, depth + 1)?;
                    }
                    self.copy(after);
                    return Ok(());
                }
                _ => {}
            }
        }
        *previous = self.write_first(node, depth)?;
        self.copy(&previous.text);
        Ok(())
    }

    /// Writes a value in full.
    fn write_first(&mut self, node: Node<'_>, depth: usize) -> Result<Previous, Error> {
        let start = self.kept.len();
        let parts = match node {
            Node::Map(map) if !map.is_empty() => self.first_map(map, depth)?,
            Node::List(items) if !items.is_empty() => self.first_list(items, depth)?,
            empty_or_plain => {
                let mut writer = PrettyWriter { out: &mut self.kept, depth };
                match empty_or_plain {
                    Node::Map(_) => writer.word("{}")?,
                    Node::List(_) => writer.word("[]")?,
                    Node::Plain(value) => plain(value, &mut writer)?,
                }
                Parts::None
            }
        };
        Ok(Previous { identity: node.identity(), other: None, text: start..self.kept.len(), parts })
    }

    fn first_map(&mut self, map: &Map, depth: usize) -> Result<Parts, Error> {
        let entries = map.iter().enumerate();
        let mut entries: SmallVec<[_; 24]> =
            entries.map(|(position, (key, value))| (first_bytes(key), &**key, position, value)).collect();
        entries.sort_unstable_by(|a, b| (a.0, a.1).cmp(&(b.0, b.1)));
        let mut parts = Vec::with_capacity(entries.len());
        for (_, key, position, value) in entries {
            let before = self.kept.len();
            let mut writer = PrettyWriter { out: &mut self.kept, depth: depth + 1 };
            writer.out.push(if parts.is_empty() { b'{' } else { b',' });
            writer.key(key);
            let before = before..self.kept.len();
            parts.push(Part { before, position, previous: self.write_first(value.into(), depth + 1)? });
        }
        Ok(Parts::Some { keys: map.addresses(), parts, after: self.close(b'}', depth) })
    }

    fn first_list(&mut self, items: &[Value], depth: usize) -> Result<Parts, Error> {
        let mut parts = Vec::with_capacity(items.len());
        for (position, value) in items.iter().enumerate() {
            let before = self.kept.len();
            self.kept.push(if position == 0 { b'[' } else { b',' });
            PrettyWriter { out: &mut self.kept, depth: depth + 1 }.line();
            let before = before..self.kept.len();
            parts.push(Part { before, position, previous: self.write_first(value.into(), depth + 1)? });
        }
        Ok(Parts::Some { keys: Vec::new(), parts, after: self.close(b']', depth) })
    }

    fn close(&mut self, bracket: u8, depth: usize) -> Range<usize> {
        let start = self.kept.len();
        PrettyWriter { out: &mut self.kept, depth: depth + 1 }.close(bracket);
        start..self.kept.len()
    }
}

/// The first bytes of a key as a number that sorts as they do: few keys have them in common, and numbers are compared
/// at once.
fn first_bytes(key: &str) -> u64 {
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

/// Writes a value that has no parts. Only tasks that Python has made come here with an integer beyond 64 bits: without
/// orjson it writes them, so they are written here.
fn plain(value: &Value, writer: &mut PrettyWriter<'_>) -> Result<(), Error> {
    match value {
        Value::BigInt(digits) => writer.word(digits),
        other => other.serialize(writer),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use taskgraph_compat::json::pretty_sorted;

    /// Numbers as if by chance, the same in every run.
    struct Chance(u64);

    impl Chance {
        fn below(&mut self, limit: u64) -> u64 {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (self.0 >> 33) % limit
        }

        /// A value; often one that was there before, whole or as a part of another.
        fn value(&mut self, known: &mut Vec<Value>, depth: u64) -> Value {
            const KEYS: [&str; 6] = ["b", "a", "a longer key", "é", "aa", "\"\n"];
            let made = match self.below(if depth > 0 { 8 } else { 5 }) {
                0 if !known.is_empty() => {
                    let at = self.below(known.len() as u64) as usize;
                    known[at].clone()
                }
                0 | 1 => format!("text {} with \"quotes\" and é and\na line", self.below(4)).into(),
                2 => Value::Int(self.below(3) as i64),
                3 => Value::Bool(self.below(2) == 0),
                4 => Value::Null,
                5 => (0..self.below(4)).map(|_| self.value(known, depth - 1)).collect(),
                _ => {
                    let keys: Vec<_> = KEYS.iter().filter(|_| self.below(3) > 0).collect();
                    let entry =
                        |key: &&str| (taskgraph_compat::value::intern(key), self.value(known, depth - 1));
                    keys.into_iter().map(entry).collect::<Map>().into()
                }
            };
            known.push(made.clone());
            made
        }
    }

    #[test]
    fn an_empty_map_is_written_where_a_list_was() {
        let list: Value = ["a"].into_iter().collect();
        let (mut delta, mut previous) = (DeltaWriter::default(), None);
        for (value, text) in [(&list, "[\n  \"a\"\n]"), (&Value::map(), "{}"), (&Value::list(), "[]")] {
            delta.begin(Vec::new());
            delta.append(value.into(), &mut previous, 0).unwrap();
            assert_eq!(String::from_utf8(delta.end()).unwrap(), text);
        }
    }

    #[test]
    fn what_is_reused_is_what_would_be_written_in_full() {
        let mut chance = Chance(7);
        let mut known = Vec::new();
        let (mut delta, mut previous) = (DeltaWriter::default(), None);
        for round in 0..3_000 {
            let value = chance.value(&mut known, 4);
            let mut plain = Vec::new();
            pretty_sorted(&value, &mut plain).unwrap();
            delta.append((&value).into(), &mut previous, 0).unwrap();
            let reused = delta.end();
            assert_eq!(String::from_utf8(reused), String::from_utf8(plain), "round {round}: {value:?}");
        }
    }
}
