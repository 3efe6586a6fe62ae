//! Merging defaults into tasks, and filling names into text. Python: `taskgraph.util.templates`.

use std::sync::Arc;

use anyhow::{Context as _, Result};

use crate::schema::fields::{Fields, about};
use taskgraph_compat::python::Names;
use taskgraph_compat::value::{Map, Str, Value, written};
use taskgraph_compat::{python, suggest};

/// `base` with everything of `over` on top: maps are merged, lists appended, all else replaced. A `by-NAME` map
/// and a value of another sort replace what was there.
pub fn merge(base: &Value, over: &Value) -> Value {
    let (Value::Map(base), Value::Map(over)) = (base, over) else { return over.clone() };
    let mut merged = base.clone();
    let map = Arc::make_mut(&mut merged);
    for (key, value) in over.iter() {
        let value = match (map.get(key), value) {
            (_, Value::Map(keyed)) if is_keyed(keyed) => value.clone(),
            (Some(below @ Value::Map(_)), Value::Map(_)) => merge(below, value),
            (Some(Value::List(below)), Value::List(items)) => {
                below.iter().chain(items.iter()).cloned().collect()
            }
            _ => value.clone(),
        };
        map.insert(key.clone(), value);
    }
    Value::Map(merged)
}

fn is_keyed(map: &Map) -> bool {
    map.len() == 1 && map.first().is_some_and(|(key, _)| key.starts_with("by-"))
}

/// Treatment of names without a value.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Missing {
    /// A name without a value is an error: `str.format`.
    Fails,
    /// A name without a value stays as it is, for a later step: `{name}`.
    Stays,
}

/// Fills `names` into all text of `value`: keys of maps, values, items of lists. What has nothing to fill in stays
/// shared.
pub fn substitute(value: &Value, names: &Map, missing: Missing) -> Result<Value> {
    Ok(substituted(value, names, missing)?.unwrap_or_else(|| value.clone()))
}

/// Returns what a value becomes when `names` are filled in, if it changes.
fn substituted(value: &Value, names: &Map, missing: Missing) -> Result<Option<Value>> {
    Ok(match value {
        Value::Str(text) => match python::has_braces(text) {
            true => Some(fill(text, names, missing)?.into()),
            false => None,
        },
        Value::List(items) => {
            let mut changed = None;
            for (position, item) in items.iter().enumerate() {
                if let Some(new) = substituted(item, names, missing)? {
                    changed.get_or_insert_with(|| items.to_vec())[position] = new;
                }
            }
            changed.map(Value::from)
        }
        Value::Map(map) if map.keys().any(|key| python::has_braces(key)) => {
            let mut changed = Map::with_capacity(map.len());
            for (key, value) in map.iter() {
                changed.insert(fill(key, names, missing)?, substitute(value, names, missing)?);
            }
            Some(changed.into())
        }
        Value::Map(map) => {
            let mut changed = None;
            for (position, value) in map.values().enumerate() {
                if let Some(new) = substituted(value, names, missing)? {
                    changed.get_or_insert_with(|| Map::clone(map))[position] = new;
                }
            }
            changed.map(Value::from)
        }
        _ => None,
    })
}

/// Fills `names` into one text.
pub fn fill(text: &str, names: &Map, missing: Missing) -> Result<Str> {
    let find = |name: &str| names.get(name);
    let names = Names { find: &find, is_partial: missing == Missing::Stays };
    written(|out| python::append_format(out, text, names))
        .with_context(|| format!("cannot fill in `{}`", suggest::shorten(text)))
}

/// Fills `names` into the values at the dotted paths `fields` of a task.
pub fn fill_fields<'f>(
    task: &mut Map,
    fields: impl IntoIterator<Item = &'f str>,
    names: &Map,
    missing: Missing,
) -> Result<()> {
    for field in fields {
        let place = task.at(field).context("a substitution field is missing")?;
        let changed = substituted(place, names, missing)
            .map_err(|error| about(field, format!("in `{field}`: {error:#}")))?;
        if let Some(new) = changed {
            *place = new;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use taskgraph_compat::map;

    #[test]
    fn lists_are_appended_and_scalars_replaced() {
        let base = Value::from(map! { "a" => ["x"].into_iter().collect::<Value>(), "b" => 1 });
        let over = Value::from(map! { "a" => ["y"].into_iter().collect::<Value>(), "b" => "two" });
        assert_eq!(format!("{:?}", merge(&base, &over)), r#"{"a": ["x", "y"], "b": "two"}"#);
    }

    #[test]
    fn a_keyed_value_replaces_what_was_there() {
        let base = Value::from(map! { "a" => map! { "x" => 1 } });
        let over = Value::from(map! { "a" => map! { "by-level" => map! { "3" => 2 } } });
        assert_eq!(merge(&base, &over), over);
    }

    #[test]
    fn only_what_has_braces_changes() {
        let names = map! { "x" => "1" };
        let filled = |value: &Value| substituted(value, &names, Missing::Stays).unwrap();
        let list = |words: &[&str]| words.iter().copied().collect::<Value>();
        let shown = |value: &Value| format!("{:?}", filled(value).unwrap());
        assert_eq!(shown(&list(&["a", "{x}", "b", "{x}{x}"])), r#"["a", "1", "b", "11"]"#);
        assert_eq!(shown(&map! { "{x}" => "{x}{y}" }.into()), r#"{"1": "1{y}"}"#);
        assert_eq!(shown(&map! { "a" => list(&["{x}"]), "b" => "b" }.into()), r#"{"a": ["1"], "b": "b"}"#);
        assert_eq!(shown(&"{x}{{".into()), r#""1{""#);
        for unchanged in [list(&["a", "a"]), map! { "a" => "b" }.into(), 1.into()] {
            assert_eq!(filled(&unchanged), None);
        }
    }
}
