//! Parses JSON into values.

use std::cell::{Cell, RefCell};
use std::fmt;
use std::io::Write;

use indexmap::{IndexMap, IndexSet};
use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use crate::json::Error;
use crate::value::{Map, Str, Value};

/// Reads JSON. Integers beyond 64 bits stay exact; of equal keys the last one wins, in the place of the first.
pub fn read(json: &str) -> Result<Value, Error> {
    let notes = Notes::default();
    let mut reader = serde_json::Deserializer::from_str(json);
    let value = Reader(&notes).deserialize(&mut reader)?;
    reader.end()?;
    // A large integer has become a float on its way: rare, so it is worth a second, slower look.
    if notes.lossy.get() { read_exactly(serde_json::from_str(json)?) } else { Ok(value) }
}

/// Returns the value of the JSON that `write` writes.
pub fn written<E: From<Error>>(write: impl FnOnce(&mut dyn Write) -> Result<(), E>) -> Result<Value, E> {
    let mut text = Vec::new();
    write(&mut text)?;
    let text = std::str::from_utf8(&text).map_err(Error::custom)?;
    Ok(read(text)?)
}

/// Notes that are taken while reading.
#[derive(Default)]
struct Notes {
    /// Whether a float may have been an integer in the text.
    lossy: Cell<bool>,
    /// The keys so far: the same few come back in every task, and are shared.
    keys: RefCell<Keys>,
}

type Keys = IndexSet<Str, foldhash::fast::RandomState>;

/// Builds a value.
#[derive(Clone, Copy)]
struct Reader<'n>(&'n Notes);

impl<'de> DeserializeSeed<'de> for Reader<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Reader<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Value, E> {
        Ok(Value::Bool(flag))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Value, E> {
        Ok(Value::Int(number))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Value, E> {
        Ok(i64::try_from(number).map_or_else(|_| Value::BigInt(number.to_string().into()), Value::Int))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Value, E> {
        const BEYOND_INT: f64 = 9_223_372_036_854_775_807.0;
        if number.abs() >= BEYOND_INT {
            self.0.lossy.set(true);
        }
        Ok(Value::Float(number))
    }

    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        Ok(text.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Value, A::Error> {
        let mut items = Vec::with_capacity(list.size_hint().unwrap_or(0));
        while let Some(item) = list.next_element_seed(self)? {
            items.push(item);
        }
        Ok(items.into())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut map = Map::default();
        while let Some(key) = entries.next_key_seed(Key(self.0))? {
            map.insert(key, entries.next_value_seed(self)?);
        }
        Ok(map.into())
    }
}

/// Builds a key, or finds the one that is there.
struct Key<'n>(&'n Notes);

impl<'de> DeserializeSeed<'de> for Key<'_> {
    type Value = Str;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Str, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Key<'_> {
    type Value = Str;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E>(self, text: &str) -> Result<Str, E> {
        let mut keys = self.0.keys.borrow_mut();
        if let Some(key) = keys.get(text) {
            return Ok(key.clone());
        }
        let key = Str::from(text);
        keys.insert(key.clone());
        Ok(key)
    }
}

/// Reads JSON level by level, so that the digits of every number are at hand.
fn read_exactly(json: &RawValue) -> Result<Value, Error> {
    let text = json.get();
    match text.as_bytes().first() {
        Some(b'[') => {
            let items: Vec<&RawValue> = serde_json::from_str(text)?;
            items.into_iter().map(read_exactly).collect::<Result<Vec<_>, _>>().map(Value::from)
        }
        Some(b'{') => {
            let entries: IndexMap<Str, &RawValue, foldhash::fast::RandomState> = serde_json::from_str(text)?;
            let entries = entries.into_iter().map(|(key, value)| Ok((key, read_exactly(value)?)));
            entries.collect::<Result<Map, _>>().map(Value::from)
        }
        Some(b'-' | b'0'..=b'9') if !text.contains(['.', 'e', 'E']) => {
            Ok(text.parse().map_or_else(|_| Value::BigInt(text.into()), Value::Int))
        }
        _ => Reader(&Notes::default()).deserialize(&mut serde_json::Deserializer::from_str(text)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::map;

    #[test]
    fn large_integers_stay_exact() {
        let value =
            read(r#"{"a": [1e30, 123456789012345678901, -3, 18446744073709551615], "b": 1.5, "b": "x\n"}"#)
                .unwrap();
        let items = vec![
            Value::Float(1e30),
            Value::BigInt("123456789012345678901".into()),
            Value::Int(-3),
            Value::BigInt("18446744073709551615".into()),
        ];
        assert_eq!(value, Value::from(map! { "a" => items, "b" => "x\n" }));
    }

    #[test]
    fn what_is_no_json_is_refused() {
        for text in ["", "{", "[1,]", "1 2", "NaN", &"[".repeat(100_000)] {
            assert!(read(text).is_err());
        }
    }
}
