//! Merging defaults into tasks, and filling names into text. Python: `taskgraph.util.templates`.

use std::sync::Arc;

use anyhow::{Context as _, Result};

use crate::schema::fields::{Fields, about};
use taskgraph_compat::python::{Names, Template};
use taskgraph_compat::value::memo::Last;
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

/// How text is filled in.
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
    match Blanks::of(value) {
        Some(blanks) => blanks.fill(value, names, missing),
        None => Ok(value.clone()),
    }
}

/// Where in a value something is to be filled in.
enum Blanks {
    /// In this text; where, if it has nothing but names between its braces.
    Text(Option<Template>),
    /// In the items of this list, or the values of this map, at these positions.
    Inside(Vec<(usize, Blanks)>),
    /// In keys of this map, and wherever in its values.
    Keys,
}

impl Blanks {
    fn of(value: &Value) -> Option<Self> {
        fn inside<'v>(values: impl Iterator<Item = &'v Value>) -> Option<Blanks> {
            let parts = values.enumerate().filter_map(|(position, part)| Some((position, Blanks::of(part)?)));
            let parts: Vec<_> = parts.collect();
            (!parts.is_empty()).then_some(Blanks::Inside(parts))
        }
        match value {
            Value::Str(text) => python::has_braces(text).then(|| Blanks::Text(Template::read(text))),
            Value::List(items) => inside(items.iter()),
            Value::Map(map) if map.keys().any(|key| python::has_braces(key)) => Some(Blanks::Keys),
            Value::Map(map) => inside(map.values()),
            _ => None,
        }
    }

    /// Fills names into the value that has these blanks.
    fn fill(&self, value: &Value, names: &Map, missing: Missing) -> Result<Value> {
        Ok(match (self, value) {
            (Blanks::Text(plain), Value::Str(text)) => filled(text, plain.as_ref(), names, missing)?.into(),
            (Blanks::Inside(parts), Value::List(items)) => {
                let mut items = items.to_vec();
                for (position, blanks) in parts {
                    items[*position] = blanks.fill(&items[*position], names, missing)?;
                }
                items.into()
            }
            (Blanks::Inside(parts), Value::Map(map)) => {
                let mut map = Map::clone(map);
                for (position, blanks) in parts {
                    map[*position] = blanks.fill(&map[*position], names, missing)?;
                }
                map.into()
            }
            (Blanks::Keys, Value::Map(map)) => {
                let mut out = Map::with_capacity(map.len());
                for (key, value) in map.iter() {
                    out.insert(fill(key, names, missing)?, substitute(value, names, missing)?);
                }
                out.into()
            }
            (_, other) => other.clone(),
        })
    }
}

/// Fills `names` into one text.
pub fn fill(text: &str, names: &Map, missing: Missing) -> Result<Str> {
    filled(text, None, names, missing)
}

fn filled(text: &str, plain: Option<&Template>, names: &Map, missing: Missing) -> Result<Str> {
    let find = |name: &str| names.get(name);
    let names = Names { find: &find, is_partial: missing == Missing::Stays };
    written(|out| match plain {
        Some(plain) => plain.append(out, text, names),
        None => python::append_format(out, text, names),
    })
    .with_context(|| format!("cannot fill in `{}`", suggest::shorten(text)))
}

/// Fields into which other names are filled in each task of a kind. Where it says the same in the next task, the blanks
/// are known.
#[derive(Default)]
pub struct Forms(Vec<Last<Option<Blanks>>>);

impl Forms {
    /// Fills `names` into a value, the one at this position among the fields. Tells what it becomes, if it changes.
    pub fn fill(
        &mut self,
        position: usize,
        value: &Value,
        names: &Map,
        missing: Missing,
    ) -> Result<Option<Value>> {
        if self.0.len() <= position {
            self.0.resize_with(position + 1, Default::default);
        }
        let blanks = self.0[position].of(value, |value| anyhow::Ok(Blanks::of(value)))?;
        blanks.as_ref().map(|blanks| blanks.fill(value, names, missing)).transpose()
    }

    /// Fills `names` into the values at the dotted paths `fields` of a task.
    pub fn fill_fields<'f>(
        &mut self,
        task: &mut Map,
        fields: impl IntoIterator<Item = &'f str>,
        names: &Map,
        missing: Missing,
    ) -> Result<()> {
        for (position, field) in fields.into_iter().enumerate() {
            let place = task.at(field).context("a substitution field is missing")?;
            let changed = self
                .fill(position, place, names, missing)
                .map_err(|error| about(field, format!("in `{field}`: {error:#}")))?;
            if let Some(new) = changed {
                *place = new;
            }
        }
        Ok(())
    }
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
    fn blanks_of_one_value_are_not_those_of_another() {
        let mut forms = Forms::default();
        let mut filled = |value: Value| {
            let names = map! { "x" => "1" };
            let new = forms.fill(0, &value, &names, Missing::Stays).unwrap();
            format!("{:?}", new.unwrap_or(value))
        };
        let list = |words: &[&str]| words.iter().copied().collect::<Value>();
        let value = list(&["a", "{x}"]);
        assert_eq!([filled(value.clone()), filled(value)], [r#"["a", "1"]"#; 2]);
        assert_eq!(filled(list(&["{x}", "a"])), r#"["1", "a"]"#);
        assert_eq!(filled(list(&["a", "a"])), r#"["a", "a"]"#);
        assert_eq!(filled(map! { "{x}" => "{x}{y}" }.into()), r#"{"1": "1{y}"}"#);
        assert_eq!(filled("{x}{{".into()), r#""1{""#);
    }
}
