//! Equal parts of tasks, kept once. Tasks of a kind differ in a few names; the rest of them is the same thousands of
//! times, and made anew for each.
//!
//! A task is compared with the one before it, field by field: it takes nearly all of what they have in common there, at
//! a fraction of what it would take to look for equal parts anywhere.

use std::sync::Arc;

use crate::graph::json::numbers::{any, is_unwritable};
use crate::task::Task;
use taskgraph_compat::value::{Map, Str, Value};

/// Replaces parts of a task by equal parts of the one before it. What is shared already stays as it is. Returns whether
/// the task has a number that JSON has no place for: what it shares was looked at before.
pub(crate) fn share(task: &mut Task, before: &Task) -> bool {
    let mut sharing = Sharing::default();
    sharing.map(&mut task.attributes, &before.attributes);
    sharing.map(&mut task.definition, &before.definition);
    sharing.value(&mut task.optimization, &before.optimization);
    if before.is_unwritable { is_unwritable(task) } else { sharing.is_unwritable }
}

/// Finding of a comparison that shares equal parts. Its functions return whether both values consist of the same parts
/// now.
#[derive(Default)]
struct Sharing {
    /// Whether there is a number that JSON has no place for in what is not shared.
    is_unwritable: bool,
}

impl Sharing {
    fn map(&mut self, map: &mut Map, before: &Map) -> bool {
        let mut is_same = map.len() == before.len();
        for (position, (key, value)) in map.iter_mut().enumerate() {
            let found = match before.get_index(position) {
                Some((other, found)) if Str::ptr_eq(key, other) => Some(found),
                _ => {
                    is_same = false;
                    before.get(key)
                }
            };
            is_same &= match found {
                Some(found) => self.value(value, found),
                None => self.differ([&*value]),
            };
        }
        is_same
    }

    fn list(&mut self, items: &mut [Value], before: &[Value]) -> bool {
        let mut is_same = items.len() == before.len();
        // All of them take what they can get.
        for (position, item) in items.iter_mut().enumerate() {
            is_same &= match before.get(position) {
                Some(before) => self.value(item, before),
                None => self.differ([&*item]),
            };
        }
        is_same
    }

    fn value(&mut self, value: &mut Value, before: &Value) -> bool {
        if value.identity() == before.identity() {
            return true;
        }
        let is_equal = match (&mut *value, before) {
            (Value::Str(text), Value::Str(before)) => text == before,
            (Value::List(items), Value::List(before)) => match Arc::get_mut(items) {
                Some(items) => self.list(items, before),
                None => self.differ(items.iter()),
            },
            (Value::Map(map), Value::Map(before)) => match Arc::get_mut(map) {
                Some(map) => self.map(map, before),
                None => self.differ(map.values()),
            },
            (other, _) => self.differ([&*other]),
        };
        if is_equal {
            *value = before.clone();
        }
        is_equal
    }

    fn differ<'v>(&mut self, values: impl IntoIterator<Item = &'v Value>) -> bool {
        self.is_unwritable |= any(values);
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use taskgraph_compat::map;

    fn share_map(map: &mut Map, before: &Map) -> bool {
        Sharing::default().map(map, before)
    }

    fn fields(name: &str) -> Map {
        let caches = map! { "name" => "checkouts", "path" => "a" };
        map! { "label" => name, "payload" => map! { "env" => map! { "A" => "1", "NAME" => name }, "caches" => caches } }
    }

    #[test]
    fn equal_parts_become_one_and_nothing_changes() {
        let (one, mut other) = (fields("one"), fields("other"));
        assert!(!share_map(&mut other, &one));
        assert_eq!((&one, &other), (&fields("one"), &fields("other")));
        let part = |task: &Map, name: &str| task["payload"].get(name).map(Value::identity);
        assert_eq!(part(&one, "caches"), part(&other, "caches"));
        assert_ne!(part(&one, "env"), part(&other, "env"));
        assert!(share_map(&mut fields("one"), &one));
    }

    #[test]
    fn a_number_without_a_place_in_json_is_found_wherever_it_is_new() {
        let found = |mut fields: Map, before: Map| {
            let mut sharing = Sharing::default();
            sharing.map(&mut fields, &before);
            sharing.is_unwritable
        };
        let odd = || Value::Float(f64::INFINITY);
        let inside = || map! { "a" => vec![Value::Int(1), Value::from(map! { "b" => odd() })] };
        assert!(found(inside(), Map::new()));
        assert!(found(inside(), map! { "a" => Value::list() }));
        assert!(found(inside(), map! { "a" => vec![Value::Int(1), Value::from(map! { "b" => 2 })] }));
        assert!(found(map! { "a" => odd() }, map! { "a" => 1 }));
        assert!(!found(map! { "a" => Value::Float(1.5) }, map! { "a" => 1 }));
        let shared = Value::from(inside());
        assert!(found(map! { "a" => shared.clone() }, map! { "a" => map! { "a" => Value::list() } }));
        drop(shared);
    }

    #[test]
    fn what_only_looks_alike_stays() {
        let before = map! { "a" => Value::list(), "b" => Value::map(), "c" => 1, "d" => true, "e" => "1" };
        let mut fields = map! { "a" => Value::map(), "b" => Value::list(), "c" => "1", "d" => 1, "e" => 1 };
        let untouched = fields.clone();
        assert!(!share_map(&mut fields, &before));
        assert_eq!(fields, untouched);
    }

    #[test]
    fn another_order_of_keys_is_another_map() {
        let before = map! { "a" => map! { "x" => "1", "y" => "2" } };
        let mut fields = map! { "a" => map! { "y" => "2", "x" => "1" } };
        assert!(!share_map(&mut fields, &before));
        let keys = |map: &Map| Vec::from_iter(map["a"].as_map().unwrap().keys().cloned());
        assert_eq!(keys(&fields), ["y", "x"].map(Str::from));
        assert!(Str::ptr_eq(&keys(&fields)[0], &keys(&before)[1]));
    }
}
