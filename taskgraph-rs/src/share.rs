//! Equal parts of tasks, kept once. Tasks of a kind differ in a few names; the rest of them is the same thousands of
//! times, and made anew for each.

use std::hash::{BuildHasher, Hash, Hasher};
use std::sync::Arc;

use foldhash::fast::RandomState;

use crate::value::{Map, Str, Value};

/// Longer texts are commands and the like, which differ from task to task.
const LONGEST: usize = 160;

/// The texts, lists and maps that were seen. It remembers so many of them as fit into the cache of a core.
#[derive(Default)]
pub struct Pool {
    hasher: RandomState,
    texts: Seen<Str>,
    values: Seen<Whole>,
}

impl Pool {
    /// Replaces what is in these fields by equal parts that were seen before. What is shared already stays as it is.
    pub fn share(&mut self, fields: &mut Map) {
        fields.values_mut().for_each(|value| self.share_value(value));
    }

    fn share_value(&mut self, value: &mut Value) {
        match value {
            Value::Str(text) if text.len() <= LONGEST && Str::strong_count(text) == Some(1) => {
                let hash = self.hasher.hash_one(&**text);
                if let Some(known) = self.texts.find(hash, |known| known == text, || text.clone()) {
                    *text = known.clone();
                }
                return;
            }
            Value::List(items) => match Arc::get_mut(items) {
                Some(items) => items.iter_mut().for_each(|item| self.share_value(item)),
                None => return,
            },
            Value::Map(map) => match Arc::get_mut(map) {
                Some(map) => self.share(map),
                None => return,
            },
            _ => return,
        }
        let whole = Whole(value.clone());
        let hash = self.hasher.hash_one(&whole);
        if let Some(Whole(known)) = self.values.find(hash, |known| *known == whole, || Whole(value.clone())) {
            *value = known.clone();
        }
    }
}

/// How many texts, and how many values, are remembered: a power of two.
const SLOTS: usize = 1024;

/// What was seen, by hash. What was asked for again outlives one newcomer to its place.
struct Seen<T>(Vec<Option<Slot<T>>>);

struct Slot<T> {
    hash: u64,
    one: T,
    was_asked: bool,
}

impl<T> Default for Seen<T> {
    fn default() -> Self {
        Seen(std::iter::repeat_with(|| None).take(SLOTS).collect())
    }
}

impl<T> Seen<T> {
    /// What is equal to a newcomer; if nothing is, the newcomer may take the place.
    fn find(&mut self, hash: u64, is_equal: impl Fn(&T) -> bool, newcomer: impl FnOnce() -> T) -> Option<&T> {
        let place = &mut self.0[hash as usize % SLOTS];
        match place {
            Some(slot) if slot.hash == hash && is_equal(&slot.one) => slot.was_asked = true,
            Some(slot) if slot.was_asked => {
                slot.was_asked = false;
                return None;
            }
            _ => {
                *place = Some(Slot { hash, one: newcomer(), was_asked: false });
                return None;
            }
        }
        place.as_ref().map(|slot| &slot.one)
    }
}

/// A list or a map that is equal to another one if both hold the very same parts in the same order.
struct Whole(Value);

impl Whole {
    fn parts(&self) -> (&[Value], &[(Str, Value)]) {
        match &self.0 {
            Value::List(items) => (items, &[]),
            Value::Map(map) => (&[], map.as_slice()),
            _ => (&[], &[]),
        }
    }
}

impl Hash for Whole {
    fn hash<H: Hasher>(&self, state: &mut H) {
        let (items, entries) = self.parts();
        state.write_usize(items.len());
        items.iter().for_each(|item| state.write_u64(item.identity().number()));
        for (key, value) in entries {
            state.write_usize(key.as_ptr().addr());
            state.write_u64(value.identity().number());
        }
    }
}

impl PartialEq for Whole {
    fn eq(&self, other: &Self) -> bool {
        let same = |a: &Value, b: &Value| a.identity() == b.identity();
        let (items, entries) = self.parts();
        let (other_items, other_entries) = other.parts();
        items.len() == other_items.len()
            && entries.len() == other_entries.len()
            && matches!(self.0, Value::List(_)) == matches!(other.0, Value::List(_))
            && items.iter().zip(other_items).all(|(a, b)| same(a, b))
            && entries.iter().zip(other_entries).all(|(a, b)| Str::ptr_eq(&a.0, &b.0) && same(&a.1, &b.1))
    }
}

impl Eq for Whole {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::map;

    fn task(name: &str) -> Map {
        let caches = map! { "name" => "checkouts", "path" => "a" };
        map! { "label" => name, "payload" => map! { "env" => map! { "A" => "1", "NAME" => name }, "caches" => caches } }
    }

    #[test]
    fn equal_parts_become_one_and_nothing_changes() {
        let mut pool = Pool::default();
        let (mut one, mut other) = (task("one"), task("other"));
        pool.share(&mut one);
        pool.share(&mut other);
        assert_eq!((&one, &other), (&task("one"), &task("other")));
        let part = |task: &Map, name: &str| match &task["payload"].get(name) {
            Some(Value::Map(map)) => Arc::as_ptr(map),
            _ => panic!("no map"),
        };
        assert_eq!(part(&one, "caches"), part(&other, "caches"));
        assert_ne!(part(&one, "env"), part(&other, "env"));
    }

    #[test]
    fn an_empty_list_is_not_an_empty_map() {
        let mut fields = map! { "a" => Value::list(), "b" => Value::map(), "c" => Value::list(), "d" => 1 };
        let before = fields.clone();
        Pool::default().share(&mut fields);
        assert_eq!(fields, before);
    }
}
