//! Two values, field by field.

use serde::ser::{Serialize, SerializeMap, Serializer};

use taskgraph_compat::redact::{redact, redacted};
use taskgraph_compat::value::path::KeyPath;
use taskgraph_compat::value::{Map, Value};

/// A field that is not the same in two values.
#[derive(Clone, Debug, PartialEq)]
pub struct FieldChange {
    /// The path. An item that is gone from a list has its old index, any other its new one.
    pub path: KeyPath,
    /// The old value; `None` if there was none.
    pub before: Option<Value>,
    /// The new value; `None` if there is none.
    pub after: Option<Value>,
}

/// `path`, and `before` and `after` as far as the field was and is there. Passwords of urls stay out.
impl Serialize for FieldChange {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("path", &redact(&self.path.to_string()))?;
        for (name, value) in [("before", &self.before), ("after", &self.after)] {
            if let Some(value) = value {
                map.serialize_entry(name, &redacted(value))?;
            }
        }
        map.end()
    }
}

/// All fields that differ, in the order of the keys of `before`, then those that only `after` has.
pub fn changes(before: &Value, after: &Value) -> Vec<FieldChange> {
    let mut found = Vec::new();
    compare(KeyPath::default(), before, after, &mut found);
    found
}

fn compare(path: KeyPath, before: &Value, after: &Value, found: &mut Vec<FieldChange>) {
    match (before, after) {
        _ if before == after => {}
        (Value::Map(before), Value::Map(after)) => compare_maps(path, before, after, found),
        (Value::List(before), Value::List(after)) => compare_lists(path, before, after, found),
        _ => found.push(FieldChange { path, before: Some(before.clone()), after: Some(after.clone()) }),
    }
}

fn compare_maps(path: KeyPath, before: &Map, after: &Map, found: &mut Vec<FieldChange>) {
    for (key, value) in before {
        match after.get(key) {
            Some(other) => compare(path.join(key), value, other, found),
            None => {
                found.push(FieldChange { path: path.join(key), before: Some(value.clone()), after: None })
            }
        }
    }
    for (key, value) in after.iter().filter(|(key, _)| !before.contains_key(*key)) {
        found.push(FieldChange { path: path.join(key), before: None, after: Some(value.clone()) });
    }
}

/// The common beginning and end of both lists are left out. If as many items are left on both sides, they are compared one by
/// one; else some are gone and others are new.
fn compare_lists(path: KeyPath, before: &[Value], after: &[Value], found: &mut Vec<FieldChange>) {
    let head = before.iter().zip(after).take_while(|(a, b)| a == b).count();
    let rest = before.len().min(after.len()) - head;
    let tail = before.iter().rev().zip(after.iter().rev()).take_while(|(a, b)| a == b).count().min(rest);
    let (old, new) = (&before[head..before.len() - tail], &after[head..after.len() - tail]);
    if old.len() == new.len() {
        for (index, (before, after)) in old.iter().zip(new).enumerate() {
            compare(path.join(head + index), before, after, found);
        }
        return;
    }
    let (gone, new) = (without(old, new), without(new, old));
    // The same items in another order: no item shows that.
    if gone.is_empty() && new.is_empty() {
        let (before, after) = (Value::from(before.to_vec()), Value::from(after.to_vec()));
        return found.push(FieldChange { path, before: Some(before), after: Some(after) });
    }
    let at = |index| path.join(head + index);
    for (index, item) in gone {
        found.push(FieldChange { path: at(index), before: Some(item.clone()), after: None });
    }
    for (index, item) in new {
        found.push(FieldChange { path: at(index), before: None, after: Some(item.clone()) });
    }
}

/// The items that `others` does not have, or not as often, with their indices.
fn without<'v>(items: &'v [Value], others: &[Value]) -> Vec<(usize, &'v Value)> {
    let mut others: Vec<&Value> = others.iter().collect();
    let mut rest = Vec::new();
    for (index, item) in items.iter().enumerate() {
        match others.iter().position(|other| *other == item) {
            Some(at) => drop(others.remove(at)),
            None => rest.push((index, item)),
        }
    }
    rest
}

#[cfg(test)]
mod tests {
    use super::*;
    use taskgraph_compat::json;

    fn reported(before: &str, after: &str) -> Vec<String> {
        let read = |text: &str| json::read(text).unwrap();
        let show = |value: &Option<Value>| value.as_ref().map_or("-".into(), |value| format!("{value:?}"));
        changes(&read(before), &read(after))
            .iter()
            .map(|change| format!("{} {} {}", change.path, show(&change.before), show(&change.after)))
            .collect()
    }

    #[test]
    fn fields_that_differ_are_reported_with_their_paths() {
        let before = r#"{"a": {"b": 1, "c": 2}, "d": null, "e": [1]}"#;
        let after = r#"{"a": {"b": 1, "c": 3, "x": 4}, "e": [1], "n": null}"#;
        assert_eq!(reported(before, after), ["a.c 2 3", "a.x - 4", "d null -", "n - null"]);
        assert_eq!(reported(before, before), [""; 0]);
    }

    #[test]
    fn items_that_come_into_a_list_do_not_change_those_around_them() {
        assert_eq!(reported("[1, 2, 3]", "[1, 7, 8, 2, 3]"), ["[1] - 7", "[2] - 8"]);
        assert_eq!(reported("[1, 2, 3]", "[3]"), ["[0] 1 -", "[1] 2 -"]);
        assert_eq!(reported(r#"[{"a": 1, "b": 2}]"#, r#"[{"a": 1, "b": 3}]"#), ["[0].b 2 3"]);
        assert_eq!(reported("[1, 2]", "[2, 1]"), ["[0] 1 2", "[1] 2 1"]);
    }

    #[test]
    fn an_item_that_stands_there_several_times_is_counted() {
        assert_eq!(reported("[1, 2]", "[1, 2, 1, 2]"), ["[2] - 1", "[3] - 2"]);
        assert_eq!(reported("[1, 1, 2]", "[2, 1, 2, 2]"), ["[1] 1 -", "[0] - 2", "[2] - 2"]);
    }

    #[test]
    fn passwords_stay_out() {
        let change = FieldChange { path: "a".into(), before: None, after: Some("https://me:x@h/".into()) };
        assert_eq!(serde_json::to_string(&change).unwrap(), r#"{"path":"a","after":"https://***@h/"}"#);
    }
}
