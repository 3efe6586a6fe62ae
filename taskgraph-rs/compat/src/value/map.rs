//! Maps with keys in insertion order: the maps of a [`Value`], the dependencies of a task.
//!
//! Most maps of a graph have a handful of entries whose keys differ in length. A linear search over these is faster
//! than a hash of the key and needs half the memory of a hash table. Large maps have a table as well.

use std::fmt;
use std::ops::{Index, IndexMut};

use foldhash::fast::RandomState;
use indexmap::IndexSet;

use crate::value::{Str, Value, address};

/// Maps of up to so many entries are looked through.
const FEW: usize = 32;

/// Number of entries that a copy of a map has room for beyond those it has.
const ROOM: usize = 2;

/// A map from text to values, in the order of insertion.
pub type Map = NamedValues<Value>;

/// Things by their names, in the order of insertion.
///
/// Two are equal if they have equal entries, in whatever order.
pub struct NamedValues<V> {
    entries: Vec<(Str, V)>,
    /// The keys of a large map, at the positions of their entries.
    ///
    /// Invariant: it is there exactly if there are more than [`FEW`] entries.
    positions: Option<Box<IndexSet<Str, RandomState>>>,
}

impl<V> NamedValues<V> {
    /// An empty map.
    pub const fn new() -> Self {
        NamedValues { entries: Vec::new(), positions: None }
    }

    /// An empty map with room for this many entries.
    pub fn with_capacity(count: usize) -> Self {
        NamedValues { entries: Vec::with_capacity(count), positions: None }
    }

    /// A map of entries whose keys are known to differ.
    #[doc(hidden)]
    pub fn of<const COUNT: usize>(entries: [(Str, V); COUNT]) -> Self {
        let mut map = NamedValues { entries: entries.into(), positions: None };
        map.index_keys();
        map
    }

    /// Makes room for this many entries more.
    pub fn reserve(&mut self, count: usize) {
        self.entries.reserve_exact(count);
    }

    /// Returns the number of entries.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there are no entries.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The entries, in their order.
    pub fn as_slice(&self) -> &[(Str, V)] {
        &self.entries
    }

    /// The position of a key.
    pub fn get_index_of(&self, key: &(impl AsRef<str> + ?Sized)) -> Option<usize> {
        let key = key.as_ref();
        match &self.positions {
            Some(positions) => positions.get_index_of(key),
            None => self.entries.iter().position(|(known, _)| **known == *key),
        }
    }

    /// The value under a key.
    pub fn get(&self, key: &(impl AsRef<str> + ?Sized)) -> Option<&V> {
        self.get_index_of(key).map(|position| &self.entries[position].1)
    }

    /// The value under a key, for changing.
    pub fn get_mut(&mut self, key: &(impl AsRef<str> + ?Sized)) -> Option<&mut V> {
        let position = self.get_index_of(key)?;
        Some(&mut self.entries[position].1)
    }

    /// A key as the map has it, and its value.
    pub fn get_key_value(&self, key: &(impl AsRef<str> + ?Sized)) -> Option<(&Str, &V)> {
        self.get_index(self.get_index_of(key)?)
    }

    /// The entry at a position.
    pub fn get_index(&self, position: usize) -> Option<(&Str, &V)> {
        self.entries.get(position).map(|(key, value)| (key, value))
    }

    /// Whether there is a value under a key.
    pub fn contains_key(&self, key: &(impl AsRef<str> + ?Sized)) -> bool {
        self.get_index_of(key).is_some()
    }

    /// The first entry.
    pub fn first(&self) -> Option<(&Str, &V)> {
        self.get_index(0)
    }

    /// Puts a value under a key. A key that is there keeps its position; its value is given back.
    pub fn insert(&mut self, key: Str, value: V) -> Option<V> {
        self.insert_full(key, value).1
    }

    /// Puts a value under a key, and returns its position and the value that was there.
    pub fn insert_full(&mut self, key: Str, value: V) -> (usize, Option<V>) {
        match self.get_index_of(&*key) {
            Some(position) => (position, Some(std::mem::replace(&mut self.entries[position].1, value))),
            None => (self.append(key, value), None),
        }
    }

    /// Appends an entry whose key is not there yet, and returns its position.
    pub fn append(&mut self, key: Str, value: V) -> usize {
        if let Some(positions) = &mut self.positions {
            positions.insert(key.clone());
        }
        if self.entries.len() == self.entries.capacity() {
            // Most maps grow by an entry or two, and there are millions of them.
            self.entries.reserve_exact(4.max(self.entries.len() / 2));
        }
        self.entries.push((key, value));
        if self.positions.is_none() && self.entries.len() > FEW {
            self.index_keys();
        }
        self.entries.len() - 1
    }

    /// Makes the table of a large map anew.
    fn index_keys(&mut self) {
        self.positions = (self.entries.len() > FEW).then(|| Box::new(self.keys().cloned().collect()));
    }

    /// Takes an entry out; the others keep their order.
    pub fn shift_remove(&mut self, key: &(impl AsRef<str> + ?Sized)) -> Option<V> {
        let position = self.get_index_of(key)?;
        let (_, value) = self.entries.remove(position);
        match &mut self.positions {
            Some(positions) if self.entries.len() > FEW => {
                positions.shift_remove_index(position);
            }
            _ => self.positions = None,
        }
        Some(value)
    }

    /// Keeps the entries that `keep` wants.
    pub fn retain(&mut self, mut keep: impl FnMut(&Str, &mut V) -> bool) {
        self.entries.retain_mut(|(key, value)| keep(key, value));
        self.index_keys();
    }

    /// Sorts the entries by their keys.
    pub fn sort_keys(&mut self) {
        self.entries.sort_by(|a, b| a.0.cmp(&b.0));
        self.index_keys();
    }

    /// The entries, in their order.
    pub fn iter(&self) -> Iter<'_, V> {
        self.entries.iter().map(|(key, value)| (key, value))
    }

    /// The entries, in their order, with the values for changing.
    pub fn iter_mut(&mut self) -> IterMut<'_, V> {
        self.entries.iter_mut().map(|(key, value)| (&*key, value))
    }

    /// The keys, in their order.
    pub fn keys(&self) -> impl DoubleEndedIterator<Item = &Str> + ExactSizeIterator + Clone {
        self.entries.iter().map(|(key, _)| key)
    }

    /// Returns the addresses of the keys, in their order.
    pub fn addresses(&self) -> Vec<usize> {
        self.keys().map(address).collect()
    }

    /// Whether the keys are those that lie at these addresses, in this order.
    pub fn has_keys_at(&self, addresses: &[usize]) -> bool {
        self.len() == addresses.len() && self.keys().zip(addresses).all(|(key, known)| address(key) == *known)
    }

    /// The values, in the order of their keys.
    pub fn values(&self) -> impl DoubleEndedIterator<Item = &V> + ExactSizeIterator + Clone {
        self.entries.iter().map(|(_, value)| value)
    }

    /// The values for changing, in the order of their keys.
    pub fn values_mut(&mut self) -> impl DoubleEndedIterator<Item = &mut V> + ExactSizeIterator {
        self.entries.iter_mut().map(|(_, value)| value)
    }

    /// The values, in the order of their keys.
    pub fn into_values(self) -> impl DoubleEndedIterator<Item = V> + ExactSizeIterator {
        self.entries.into_iter().map(|(_, value)| value)
    }
}

/// Whether no two keys are the same.
#[doc(hidden)]
pub const fn differ(keys: &[&str]) -> bool {
    let mut index = 0;
    while index < keys.len() {
        let mut other = 0;
        while other < index {
            if is_same(keys[index].as_bytes(), keys[other].as_bytes()) {
                return false;
            }
            other += 1;
        }
        index += 1;
    }
    true
}

const fn is_same(a: &[u8], b: &[u8]) -> bool {
    let mut index = 0;
    while index < a.len() && index < b.len() && a[index] == b[index] {
        index += 1;
    }
    index == a.len() && index == b.len()
}

/// The entries of a map.
pub type Iter<'m, V> = std::iter::Map<std::slice::Iter<'m, (Str, V)>, fn(&(Str, V)) -> (&Str, &V)>;

/// The entries of a map, with the values for changing.
pub type IterMut<'m, V> =
    std::iter::Map<std::slice::IterMut<'m, (Str, V)>, fn(&mut (Str, V)) -> (&Str, &mut V)>;

impl<'m, V> IntoIterator for &'m NamedValues<V> {
    type Item = (&'m Str, &'m V);
    type IntoIter = Iter<'m, V>;

    fn into_iter(self) -> Iter<'m, V> {
        self.iter()
    }
}

impl<'m, V> IntoIterator for &'m mut NamedValues<V> {
    type Item = (&'m Str, &'m mut V);
    type IntoIter = IterMut<'m, V>;

    fn into_iter(self) -> IterMut<'m, V> {
        self.iter_mut()
    }
}

impl<V> IntoIterator for NamedValues<V> {
    type Item = (Str, V);
    type IntoIter = std::vec::IntoIter<(Str, V)>;

    fn into_iter(self) -> Self::IntoIter {
        self.entries.into_iter()
    }
}

impl<V> Extend<(Str, V)> for NamedValues<V> {
    fn extend<I: IntoIterator<Item = (Str, V)>>(&mut self, entries: I) {
        for (key, value) in entries {
            self.insert(key, value);
        }
    }
}

impl<V> FromIterator<(Str, V)> for NamedValues<V> {
    fn from_iter<I: IntoIterator<Item = (Str, V)>>(entries: I) -> Self {
        let entries = entries.into_iter();
        let mut map = NamedValues::with_capacity(entries.size_hint().0);
        map.extend(entries);
        map
    }
}

impl<V: PartialEq> PartialEq for NamedValues<V> {
    fn eq(&self, other: &Self) -> bool {
        self.len() == other.len() && self.iter().all(|(key, value)| other.get(key) == Some(value))
    }
}

impl<V> Index<&str> for NamedValues<V> {
    type Output = V;

    /// The value under a key that is known to be there.
    fn index(&self, key: &str) -> &V {
        self.get(key).expect("the key is there")
    }
}

impl<V> Index<usize> for NamedValues<V> {
    type Output = V;

    /// The value at a position.
    fn index(&self, position: usize) -> &V {
        &self.entries[position].1
    }
}

impl<V> IndexMut<usize> for NamedValues<V> {
    fn index_mut(&mut self, position: usize) -> &mut V {
        &mut self.entries[position].1
    }
}

impl<V: Clone> NamedValues<V> {
    /// A copy that has room for this many entries more.
    pub fn with_room(&self, count: usize) -> Self {
        let mut entries = Vec::with_capacity(self.entries.len() + count);
        entries.extend_from_slice(&self.entries);
        NamedValues { entries, positions: self.positions.clone() }
    }
}

impl<V> Default for NamedValues<V> {
    fn default() -> Self {
        NamedValues::new()
    }
}

impl<V: Clone> Clone for NamedValues<V> {
    /// Maps are shared until they are changed, so a copy is made for changing: it has room for a few more entries.
    fn clone(&self) -> Self {
        self.with_room(ROOM)
    }
}

impl<V: fmt::Debug> fmt::Debug for NamedValues<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbered(count: i64) -> Map {
        (0..count).map(|number| (Str::from(format!("key {number}")), Value::Int(number))).collect()
    }

    #[test]
    fn few_and_many_entries_are_found_alike() {
        for count in [0, 1, 31, 32, 33, 34, 500] {
            let mut map = numbered(count);
            for number in 0..count {
                assert_eq!(map.get(&format!("key {number}")), Some(&Value::Int(number)));
            }
            assert_eq!(map.get("key"), None);
            assert_eq!(map.insert("key 0".into(), Value::Null).is_some(), count > 0);
            assert_eq!(map.get_index_of("key 0"), Some(0));
        }
    }

    #[test]
    fn the_others_keep_their_order_when_one_is_taken_out() {
        for count in [3, 33, 34, 100] {
            let mut map = numbered(count);
            assert_eq!(map.shift_remove("key 1"), Some(Value::Int(1)));
            assert_eq!(map.shift_remove("key 1"), None);
            let left: Vec<i64> = map.values().filter_map(Value::as_int).collect();
            assert_eq!(left, (0..count).filter(|number| *number != 1).collect::<Vec<_>>());
            for (position, key) in map.keys().enumerate() {
                assert_eq!(map.get_index_of(key), Some(position));
            }
        }
    }

    #[test]
    fn what_is_sorted_or_thinned_out_is_found_again() {
        let mut map = numbered(100);
        map.sort_keys();
        assert_eq!(map.get_index_of("key 10"), Some(2));
        map.retain(|_, value| value.as_int().is_some_and(|number| number % 2 == 0));
        assert_eq!((map.len(), map.get_index_of("key 10"), map.get("key 11")), (50, Some(1), None));
    }

    #[test]
    fn the_order_does_not_matter_for_equality() {
        let map = numbered(40);
        let mut other: Map = numbered(40).into_iter().rev().collect();
        assert_eq!(map, other);
        other.insert("key 7".into(), Value::Null);
        assert_ne!(map, other);
        assert_ne!(map, numbered(41));
    }
}
