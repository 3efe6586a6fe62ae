//! Nodes of a document: data with the position of each piece.

use std::borrow::Cow;
use std::ops::Deref;
use std::sync::{Arc, OnceLock};

use foldhash::fast::RandomState;
use indexmap::IndexMap;

use crate::source::Span;
use crate::value::{Str, Timestamp};

/// A piece of data and its place. Where an alias stands, the place is the alias's own; what is inside stands where
/// the anchor is.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// The data.
    pub data: Data,
    /// The place.
    pub span: Span,
}

/// Keys and values, as they are put together.
pub(super) type Pairs = Vec<(Node, Node)>;

/// Maps of up to so many entries are looked through.
const FEW: usize = 32;

/// The entries of a map, in the order of Python's `dict`.
#[derive(Clone, Debug)]
pub struct Entries {
    pairs: Pairs,
    /// The positions of keys that are strings. There as soon as somebody looks into a large map: of ten thousand
    /// problems in one map, each looks up its place.
    positions: OnceLock<Box<IndexMap<Str, usize, RandomState>>>,
}

impl Entries {
    /// The entry whose key is this string.
    pub fn get(&self, name: &str) -> Option<&(Node, Node)> {
        if self.pairs.len() <= FEW {
            return self.pairs.iter().find(|(key, _)| matches!(&key.data, Data::Str(key) if **key == *name));
        }
        let positions = self.positions.get_or_init(|| {
            let named = self.pairs.iter().enumerate().filter_map(|(at, (key, _))| match &key.data {
                Data::Str(name) => Some((name.clone(), at)),
                _ => None,
            });
            Box::new(named.collect())
        });
        positions.get(name).map(|at| &self.pairs[*at])
    }
}

impl From<Pairs> for Entries {
    fn from(pairs: Pairs) -> Self {
        Entries { pairs, positions: OnceLock::new() }
    }
}

impl Deref for Entries {
    type Target = [(Node, Node)];

    fn deref(&self) -> &Self::Target {
        &self.pairs
    }
}

impl PartialEq for Entries {
    fn eq(&self, other: &Self) -> bool {
        self.pairs == other.pairs
    }
}

/// All that PyYAML's safe loader constructs.
#[derive(Clone, Debug, PartialEq)]
pub enum Data {
    /// `None`.
    Null,
    /// `bool`.
    Bool(bool),
    /// `int` of 64 bits.
    Int(i64),
    /// `int` beyond 64 bits: decimal digits, with a `-` before them if it is negative.
    BigInt(Str),
    /// `float`.
    Float(f64),
    /// `str`.
    Str(Str),
    /// `datetime.date` or `datetime.datetime`.
    Time(Arc<Timestamp>),
    /// `bytes`.
    Bytes(Arc<[u8]>),
    /// `list`.
    List(Arc<Vec<Node>>),
    /// `set`: the keys. The values beside them count only where the set is merged into a map.
    Set(Arc<Entries>),
    /// `dict`. No two keys are equal.
    Map(Arc<Entries>),
}

impl Node {
    /// Returns the name of a key in a path: the string, or else its spelling in the text.
    pub(super) fn name(&self, text: &str) -> Str {
        match &self.data {
            Data::Str(name) => name.clone(),
            _ => text.get(self.span.start as usize..self.span.end as usize).unwrap_or_default().into(),
        }
    }
}

/// A key as Python compares it: `1`, `true` and `1.0` are equal.
#[derive(PartialEq, Eq, Hash)]
pub(super) enum Key<'n> {
    Null,
    Int(i64),
    BigInt(Cow<'n, str>),
    Float(u64),
    Str(&'n str),
    Time(&'n str),
    Bytes(&'n [u8]),
}

impl Data {
    /// Returns the type of the data, in words for a message.
    pub fn sort(&self) -> &'static str {
        match self {
            Data::Null => "nothing (null)",
            Data::Bool(_) => "a boolean",
            Data::Int(_) | Data::BigInt(_) => "an integer",
            Data::Float(_) => "a float",
            Data::Str(_) => "a string",
            Data::Time(_) => "a date",
            Data::Bytes(_) => "binary data",
            Data::List(_) => "a list",
            Data::Set(_) => "a set",
            Data::Map(_) => "a map",
        }
    }

    /// The data as a key, if Python can hash it.
    pub(super) fn key(&self) -> Option<Key<'_>> {
        Some(match self {
            Data::Null => Key::Null,
            Data::Bool(flag) => Key::Int((*flag).into()),
            Data::Int(number) => Key::Int(*number),
            Data::BigInt(digits) => Key::BigInt(Cow::Borrowed(digits)),
            Data::Float(number) => float_key(*number),
            Data::Str(text) => Key::Str(text),
            Data::Time(time) => Key::Time(&time.iso),
            Data::Bytes(bytes) => Key::Bytes(bytes),
            Data::List(_) | Data::Set(_) | Data::Map(_) => return None,
        })
    }
}

/// A float without fraction equals the integer.
fn float_key(number: f64) -> Key<'static> {
    // Both bounds are exact doubles; the upper one itself is beyond 64 bits.
    const BOUND: f64 = 9_223_372_036_854_775_808.0;
    if number.is_nan() {
        // Python: PyYAML's not-a-number is one object, and `dict` asks for identity first.
        Key::Float(f64::NAN.to_bits())
    } else if number.is_infinite() || number.fract() != 0.0 {
        Key::Float(number.to_bits())
    } else if (-BOUND..BOUND).contains(&number) {
        Key::Int(number as i64)
    } else {
        Key::BigInt(Cow::Owned(format!("{number:.0}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_equal_value_are_equal_keys() {
        assert!(Data::Bool(true).key() == Data::Float(1.0).key());
        assert!(Data::Int(0).key() == Data::Float(-0.0).key());
        assert!(Data::BigInt("1000000000000000000000".into()).key() == Data::Float(1e21).key());
        assert!(Data::Int(i64::MAX).key() != Data::Float(9_223_372_036_854_775_808.0).key());
        assert!(Data::Int(1).key() != Data::Str("1".into()).key());
    }
}
