//! Maps of one key that stand for a text which is known only later: `task-reference: …`, `relative-datestamp: …`.

use taskgraph_compat::value::{Map, Str, Value};

/// Fills the maps of one key in `value` whose key is in `names`: `fill` gets the name and the text. A map under such a
/// key has its keys filled: `task-reference: {<build>: x}`. Nothing if there is nothing to fill.
///
/// Python: `taskgraph.util.parameterization._recurse`.
pub fn fill<E>(
    value: &Value,
    names: &[&'static str],
    with: &mut impl FnMut(&'static str, &Value) -> Result<Str, E>,
) -> Result<Option<Value>, E> {
    match value {
        Value::List(items) => {
            let mut filled: Option<Vec<Value>> = None;
            for (index, item) in items.iter().enumerate() {
                if let Some(item) = fill(item, names, with)? {
                    filled.get_or_insert_with(|| items.to_vec())[index] = item;
                }
            }
            Ok(filled.map(Value::from))
        }
        Value::Map(map) => match placeholder(map, names) {
            Some((name, Value::Map(keyed))) => {
                let mut filled = Map::with_capacity(keyed.len());
                for (text, inner) in keyed.iter() {
                    let text = with(name, &text.into())?;
                    filled.insert(text, fill(inner, names, with)?.unwrap_or_else(|| inner.clone()));
                }
                Ok(Some(filled.into()))
            }
            Some((name, text)) => with(name, text).map(|text| Some(text.into())),
            None => Ok(fill_fields(map, names, with)?.map(Value::from)),
        },
        _ => Ok(None),
    }
}

/// Fills all values of a map. Nothing if there is nothing to fill.
pub fn fill_fields<E>(
    map: &Map,
    names: &[&'static str],
    with: &mut impl FnMut(&'static str, &Value) -> Result<Str, E>,
) -> Result<Option<Map>, E> {
    let mut filled: Option<Map> = None;
    for (index, value) in map.values().enumerate() {
        if let Some(value) = fill(value, names, with)? {
            filled.get_or_insert_with(|| map.clone())[index] = value;
        }
    }
    Ok(filled)
}

fn placeholder<'v>(map: &'v Map, names: &[&'static str]) -> Option<(&'static str, &'v Value)> {
    let (found, value) = map.first().filter(|_| map.len() == 1)?;
    names.iter().find(|name| **name == &**found).map(|name| (*name, value))
}
