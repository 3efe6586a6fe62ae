//! JSON in and out, as the reference writes it: `orjson`, with non-ASCII characters as they are.

use std::cell::Cell;
use std::fmt;
use std::io;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde::ser::{Serialize, SerializeMap, SerializeSeq, Serializer};
use serde_json::ser::PrettyFormatter;
use serde_json::value::RawValue;

use crate::value::{Map, Str, Value};

/// Why JSON cannot be read or written.
pub type Error = serde_json::Error;

/// On one line, keys in their order. Fails on what JSON lacks: integers beyond 64 bits, infinity.
pub fn compact<T: Serialize + ?Sized>(value: &T) -> Result<String, Error> {
    serde_json::to_string(value)
}

/// On one line, keys sorted by code point at every level.
pub fn compact_sorted(value: &Value) -> Result<String, Error> {
    serde_json::to_string(&Sorted(value))
}

/// Indented by two spaces, keys sorted by code point at every level, without a line feed at the end.
pub fn pretty_sorted(value: &Value, out: impl io::Write) -> Result<(), Error> {
    let mut out = io::BufWriter::with_capacity(64 << 10, out);
    let layout = PrettyFormatter::with_indent(b"  ");
    Sorted(value).serialize(&mut serde_json::Serializer::with_formatter(&mut out, layout))?;
    io::Write::flush(&mut out).map_err(Error::io)
}

/// Reads JSON. Integers beyond 64 bits stay exact; of equal keys the last one wins, in the place of the first.
pub fn read(json: &str) -> Result<Value, Error> {
    let lossy = Cell::new(false);
    let mut reader = serde_json::Deserializer::from_str(json);
    let value = Reader(&lossy).deserialize(&mut reader)?;
    reader.end()?;
    // A large integer has become a float on its way: rare, so it is worth a second, slower look.
    if lossy.get() { read_exactly(serde_json::from_str(json)?) } else { Ok(value) }
}

/// A value whose maps are written in the order of their keys.
struct Sorted<'v>(&'v Value);

impl Serialize for Sorted<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Value::List(items) => {
                let mut list = serializer.serialize_seq(Some(items.len()))?;
                for item in items.iter() {
                    list.serialize_element(&Sorted(item))?;
                }
                list.end()
            }
            Value::Map(map) => {
                let mut entries = serializer.serialize_map(Some(map.len()))?;
                if map.keys().is_sorted() {
                    for (key, value) in map.iter() {
                        entries.serialize_entry(&**key, &Sorted(value))?;
                    }
                } else {
                    let mut sorted: Vec<(&Str, &Value)> = map.iter().collect();
                    sorted.sort_unstable_by_key(|(key, _)| *key);
                    for (key, value) in sorted {
                        entries.serialize_entry(&**key, &Sorted(value))?;
                    }
                }
                entries.end()
            }
            scalar => scalar.serialize(serializer),
        }
    }
}

/// Builds a value, and notes whether a float may have been an integer in the text.
#[derive(Clone, Copy)]
struct Reader<'l>(&'l Cell<bool>);

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
            self.0.set(true);
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
        while let Some(key) = entries.next_key::<Str>()? {
            map.insert(key, entries.next_value_seed(self)?);
        }
        Ok(map.into())
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
            let entries: indexmap::IndexMap<Str, &RawValue, foldhash::fast::RandomState> =
                serde_json::from_str(text)?;
            let entries = entries.into_iter().map(|(key, value)| Ok((key, read_exactly(value)?)));
            entries.collect::<Result<Map, _>>().map(Value::from)
        }
        Some(b'-' | b'0'..=b'9') if !text.contains(['.', 'e', 'E']) => {
            Ok(text.parse().map_or_else(|_| Value::BigInt(text.into()), Value::Int))
        }
        _ => Reader(&Cell::new(false)).deserialize(&mut serde_json::Deserializer::from_str(text)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::map;

    fn pretty(value: &Value) -> String {
        let mut out = Vec::new();
        pretty_sorted(value, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn keys_are_sorted_at_every_level_and_text_stays_as_it_is() {
        let inner = map! { "é" => "å\u{7f}\u{1f}\"/", "B" => 1, "a" => Value::Null };
        let value =
            Value::from(map! { "z" => vec![Value::from(inner)], "a" => Value::list(), "m" => Value::map() });
        assert_eq!(
            compact(&value).unwrap(),
            "{\"z\":[{\"é\":\"å\u{7f}\\u001f\\\"/\",\"B\":1,\"a\":null}],\"a\":[],\"m\":{}}"
        );
        assert_eq!(
            compact_sorted(&value).unwrap(),
            "{\"a\":[],\"m\":{},\"z\":[{\"B\":1,\"a\":null,\"é\":\"å\u{7f}\\u001f\\\"/\"}]}"
        );
        assert_eq!(pretty(&value).lines().nth(5), Some("      \"B\": 1,"));
    }

    #[test]
    fn floats_look_as_in_the_reference() {
        for text in [
            "1.0",
            "0.0001",
            "0.00001",
            "0.000015",
            "1e-6",
            "1.25e-7",
            "1000000000000000.0",
            "1e+16",
            "-0.0",
            "5e-324",
        ] {
            assert_eq!(compact(&Value::Float(text.parse().unwrap())).unwrap(), text);
        }
        assert!(compact(&Value::Float(f64::INFINITY)).is_err());
    }

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
