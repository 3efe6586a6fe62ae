//! The attributes that choose the tasks to copy.

use anyhow::Result;
use taskgraph::schema::fields::wrong;
use taskgraph_compat::python::str;
use taskgraph_compat::value::path::KeyPath;
use taskgraph_compat::value::{Map, Str, Value};

/// Attributes of the tasks that are copied.
pub(super) struct Attributes<'s> {
    include: Option<&'s Map>,
    exclude: Option<&'s Map>,
}

impl<'s> Attributes<'s> {
    pub(super) fn of(section: &'s Value) -> Self {
        let at = |key: &str| section.get(key).and_then(Value::as_map);
        Attributes {
            include: at("include-attrs"),
            exclude: at("exclude-attrs").filter(|map| !map.is_empty()),
        }
    }

    /// Whether a task with these attributes is copied.
    pub(super) fn take(&self, attributes: &Map) -> Result<bool> {
        let is_among = |(name, allowed): (&Str, &Value)| {
            attributes.get(name).is_some_and(|value| match allowed {
                Value::List(allowed) => allowed.contains(value),
                allowed => allowed == value,
            })
        };
        if !self.include.into_iter().flatten().all(is_among) {
            return Ok(false);
        }
        let Some(exclude) = self.exclude else { return Ok(true) };
        // Python: each of the functions sees the values of the last attribute, and of a text its letters.
        let begins: Vec<String> = match exclude.values().next_back() {
            Some(Value::List(values)) => values.iter().map(str).collect(),
            Some(Value::Str(text)) => text.chars().map(String::from).collect(),
            _ => Vec::new(),
        };
        for name in exclude.keys() {
            match attributes.get(name) {
                Some(Value::Str(value)) if begins.iter().any(|begin| value.starts_with(begin)) => {}
                Some(Value::Str(_)) | None => return Ok(true),
                Some(_) if begins.is_empty() => return Ok(true),
                Some(other) => {
                    return Err(wrong(KeyPath::dotted("attributes").join(name), other, "a string"));
                }
            }
        }
        Ok(false)
    }
}
