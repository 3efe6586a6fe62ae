//! Equal parts of tasks, kept once. Tasks of a kind differ in a few names; the rest of them is the same thousands of
//! times, and made anew for each.
//!
//! A task is compared with the one before it, field by field: it takes nearly all of what they have in common there, at
//! a fraction of what it would take to look for equal parts anywhere.

use std::sync::Arc;

use crate::task::Task;
use crate::value::{Map, Str, Value};

/// Replaces parts of a task by equal parts of the one before it. What is shared already stays as it is.
pub fn share(task: &mut Task, before: &Task) {
    share_map(&mut task.attributes, &before.attributes);
    share_map(&mut task.definition, &before.definition);
    share_value(&mut task.optimization, &before.optimization);
}

/// Tells whether two maps now consist of the same parts.
fn share_map(map: &mut Map, before: &Map) -> bool {
    let mut is_same = map.len() == before.len();
    for (position, (key, value)) in map.iter_mut().enumerate() {
        let found = match before.get_index(position) {
            Some((other, found)) if Str::ptr_eq(key, other) => Some(found),
            _ => {
                is_same = false;
                before.get(key)
            }
        };
        is_same &= found.is_some_and(|found| share_value(value, found));
    }
    is_same
}

fn share_list(items: &mut [Value], before: &[Value]) -> bool {
    let is_same = items.len() == before.len();
    // All of them take what they can get.
    items.iter_mut().zip(before).fold(is_same, |is_same, (item, before)| share_value(item, before) & is_same)
}

/// Tells whether both are the same now.
fn share_value(value: &mut Value, before: &Value) -> bool {
    if value.identity() == before.identity() {
        return true;
    }
    let is_equal = match (&mut *value, before) {
        (Value::Str(text), Value::Str(before)) => text == before,
        (Value::List(items), Value::List(before)) => {
            Arc::get_mut(items).is_some_and(|items| share_list(items, before))
        }
        (Value::Map(map), Value::Map(before)) => Arc::get_mut(map).is_some_and(|map| share_map(map, before)),
        _ => false,
    };
    if is_equal {
        *value = before.clone();
    }
    is_equal
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::map;

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
