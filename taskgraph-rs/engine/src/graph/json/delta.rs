//! What tasks of a kind have in common as text.
//!
//! Two tasks of a kind have the same fields in the same order and differ in a few texts. The first one is laid out as
//! JSON, and a mold is kept of it: where which part of the text came from. Of the next task, what is the very same thing
//! is copied; only what differs is written.
//!
//! Invariant: what a mold has seen lives as long as the mold, so that an address stands for one thing.

use std::ops::Range;

use serde::Serialize as _;
use smallvec::SmallVec;

use taskgraph_compat::json::Error;
use taskgraph_compat::json::pretty::PrettyWriter;
use taskgraph_compat::value::{Identity, Map, Value};

/// What is laid out.
#[derive(Clone, Copy)]
pub(crate) enum Node<'v> {
    /// A map.
    Map(&'v Map),
    /// A list.
    List(&'v Vec<Value>),
    /// Something that has no parts.
    Template(&'v Value),
}

impl<'v> From<&'v Value> for Node<'v> {
    fn from(value: &'v Value) -> Self {
        match value {
            Value::Map(map) => Node::Map(map),
            Value::List(items) => Node::List(items),
            plain => Node::Template(plain),
        }
    }
}

impl Node<'_> {
    /// What tells it from everything else.
    fn identity(self) -> Identity {
        match self {
            Node::Map(map) => Identity::of_map(map),
            Node::List(items) => Identity::of_list(items),
            Node::Template(value) => value.identity(),
        }
    }
}

/// Something that was laid out.
pub(crate) struct Mold {
    identity: Identity,
    /// The value that was asked for last in its place. One that is asked for twice takes the place.
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
    mold: Mold,
}

/// Writes JSON with molds.
#[derive(Default)]
pub(crate) struct Caster {
    /// The text so far, but for what is to be copied.
    out: Vec<u8>,
    /// The text of all molds.
    molded: Vec<u8>,
    /// What of it is to be copied next: pieces that stand side by side are one copy.
    copied: Range<usize>,
}

impl Caster {
    /// Begins a text, in a room that has been used before.
    pub fn begin(&mut self, mut room: Vec<u8>) {
        room.clear();
        self.out = room;
    }

    /// The whole text.
    pub fn end(&mut self) -> Vec<u8> {
        std::mem::take(self.layout(0).out)
    }

    /// How much text the molds have.
    pub fn molded(&self) -> usize {
        self.molded.len()
    }

    /// The text so far, to append to it.
    pub fn layout(&mut self, depth: usize) -> PrettyWriter<'_> {
        self.out.extend_from_slice(&self.molded[std::mem::take(&mut self.copied)]);
        PrettyWriter { out: &mut self.out, depth }
    }

    fn copy(&mut self, text: &Range<usize>) {
        if self.copied.end != text.start {
            self.out.extend_from_slice(&self.molded[self.copied.clone()]);
            self.copied.start = text.start;
        }
        self.copied.end = text.end;
    }

    /// Appends something that is part of a line of this depth. `mold` is what was in its place before.
    pub fn append(&mut self, node: Node<'_>, mold: &mut Option<Mold>, depth: usize) -> Result<(), Error> {
        match mold {
            Some(mold) => self.cast(node, mold, depth),
            None => {
                let first = mold.insert(self.mold(node, depth)?);
                self.copy(&first.text);
                Ok(())
            }
        }
    }

    fn cast(&mut self, node: Node<'_>, mold: &mut Mold, depth: usize) -> Result<(), Error> {
        let identity = node.identity();
        if mold.identity == identity {
            self.copy(&mold.text);
            return Ok(());
        }
        if mold.other.replace(identity) != Some(identity) {
            match (node, &mut mold.parts) {
                (Node::Template(value), Parts::None) => return plain(value, &mut self.layout(depth)),
                // A list has no keys either, so an empty map is not to be taken for one.
                (Node::Map(map), Parts::Some { keys, parts, after })
                    if map.len() == parts.len() && map.has_keys_at(keys) =>
                {
                    for part in parts {
                        self.copy(&part.before);
                        self.cast((&map[part.position]).into(), &mut part.mold, depth + 1)?;
                    }
                    self.copy(after);
                    return Ok(());
                }
                (Node::List(items), Parts::Some { keys, parts, after })
                    if keys.is_empty() && items.len() == parts.len() =>
                {
                    for (part, item) in parts.iter_mut().zip(items.iter()) {
                        self.copy(&part.before);
                        self.cast(item.into(), &mut part.mold, depth + 1)?;
                    }
                    self.copy(after);
                    return Ok(());
                }
                _ => {}
            }
        }
        *mold = self.mold(node, depth)?;
        self.copy(&mold.text);
        Ok(())
    }

    /// Lays something out for the first time.
    fn mold(&mut self, node: Node<'_>, depth: usize) -> Result<Mold, Error> {
        let start = self.molded.len();
        let parts = match node {
            Node::Map(map) if !map.is_empty() => self.mold_map(map, depth)?,
            Node::List(items) if !items.is_empty() => self.mold_list(items, depth)?,
            empty_or_plain => {
                let mut writer = PrettyWriter { out: &mut self.molded, depth };
                match empty_or_plain {
                    Node::Map(_) => writer.word("{}")?,
                    Node::List(_) => writer.word("[]")?,
                    Node::Template(value) => plain(value, &mut writer)?,
                }
                Parts::None
            }
        };
        Ok(Mold { identity: node.identity(), other: None, text: start..self.molded.len(), parts })
    }

    fn mold_map(&mut self, map: &Map, depth: usize) -> Result<Parts, Error> {
        let entries = map.iter().enumerate();
        let mut entries: SmallVec<[_; 24]> =
            entries.map(|(position, (key, value))| (first_bytes(key), &**key, position, value)).collect();
        entries.sort_unstable_by(|a, b| (a.0, a.1).cmp(&(b.0, b.1)));
        let mut parts = Vec::with_capacity(entries.len());
        for (_, key, position, value) in entries {
            let before = self.molded.len();
            let mut writer = PrettyWriter { out: &mut self.molded, depth: depth + 1 };
            writer.out.push(if parts.is_empty() { b'{' } else { b',' });
            writer.key(key);
            let before = before..self.molded.len();
            parts.push(Part { before, position, mold: self.mold(value.into(), depth + 1)? });
        }
        Ok(Parts::Some { keys: map.addresses(), parts, after: self.close(b'}', depth) })
    }

    fn mold_list(&mut self, items: &[Value], depth: usize) -> Result<Parts, Error> {
        let mut parts = Vec::with_capacity(items.len());
        for (position, value) in items.iter().enumerate() {
            let before = self.molded.len();
            self.molded.push(if position == 0 { b'[' } else { b',' });
            PrettyWriter { out: &mut self.molded, depth: depth + 1 }.line();
            let before = before..self.molded.len();
            parts.push(Part { before, position, mold: self.mold(value.into(), depth + 1)? });
        }
        Ok(Parts::Some { keys: Vec::new(), parts, after: self.close(b']', depth) })
    }

    fn close(&mut self, bracket: u8, depth: usize) -> Range<usize> {
        let start = self.molded.len();
        PrettyWriter { out: &mut self.molded, depth: depth + 1 }.close(bracket);
        start..self.molded.len()
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
                        |key: &&str| (taskgraph_compat::value::key(key), self.value(known, depth - 1));
                    keys.into_iter().map(entry).collect::<Map>().into()
                }
            };
            known.push(made.clone());
            made
        }
    }

    #[test]
    fn an_empty_map_is_cast_where_a_list_was() {
        let list: Value = ["a"].into_iter().collect();
        let (mut caster, mut mold) = (Caster::default(), None);
        for (value, text) in [(&list, "[\n  \"a\"\n]"), (&Value::map(), "{}"), (&Value::list(), "[]")] {
            caster.begin(Vec::new());
            caster.append(value.into(), &mut mold, 0).unwrap();
            assert_eq!(String::from_utf8(caster.end()).unwrap(), text);
        }
    }

    #[test]
    fn what_is_cast_is_what_would_be_written_without_a_mold() {
        let mut chance = Chance(7);
        let mut known = Vec::new();
        let (mut caster, mut mold) = (Caster::default(), None);
        for round in 0..3_000 {
            let value = chance.value(&mut known, 4);
            let mut plain = Vec::new();
            pretty_sorted(&value, &mut plain).unwrap();
            caster.append((&value).into(), &mut mold, 0).unwrap();
            let cast = caster.end();
            assert_eq!(String::from_utf8(cast), String::from_utf8(plain), "round {round}: {value:?}");
        }
    }
}
