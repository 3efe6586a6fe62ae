//! Writes values as JSON.

use std::io::Write;

use serde::ser::{Serialize, SerializeMap, SerializeSeq, Serializer};

use crate::json::Error;
use crate::json::pretty::append;
use crate::json::scan::is_plain;
use crate::value::{Str, Value};

/// On one line, keys in their order. Fails on what JSON lacks: integers beyond 64 bits, infinity.
pub fn compact<T: Serialize + ?Sized>(value: &T) -> Result<String, Error> {
    serde_json::to_string(value)
}

/// Appends a text that consists of these parts in quotes, as [`compact`] writes it.
pub fn append_text(out: &mut String, parts: &[&str]) {
    if parts.iter().all(|part| is_plain(part)) {
        out.push('"');
        parts.iter().for_each(|part| out.push_str(part));
        out.push('"');
    } else {
        out.push_str(&compact(&parts.concat()).expect("a text is always written"));
    }
}

/// On one line, keys sorted by code point at every level.
pub fn compact_sorted(value: &Value) -> Result<String, Error> {
    serde_json::to_string(&SortedValue(value))
}

/// Indented by two spaces, keys sorted by code point at every level, without a line feed at the end.
pub fn pretty_sorted(value: &Value, mut out: impl Write) -> Result<(), Error> {
    indented(&SortedValue(value), &mut out)
}

/// Indented by two spaces, keys in their order, without a line feed at the end.
pub fn indented<T: Serialize + ?Sized>(value: &T, out: &mut dyn Write) -> Result<(), Error> {
    let mut text = Vec::new();
    append(value, &mut text)?;
    out.write_all(&text).map_err(Error::io)
}

/// A value whose maps are written in the order of their keys.
struct SortedValue<'v>(&'v Value);

impl Serialize for SortedValue<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Value::List(items) => {
                let mut list = serializer.serialize_seq(Some(items.len()))?;
                for item in items.iter() {
                    list.serialize_element(&SortedValue(item))?;
                }
                list.end()
            }
            Value::Map(map) => {
                let mut entries = serializer.serialize_map(Some(map.len()))?;
                if map.keys().is_sorted() {
                    for (key, value) in map.iter() {
                        entries.serialize_entry(&**key, &SortedValue(value))?;
                    }
                } else {
                    let mut sorted: Vec<(&Str, &Value)> = map.iter().collect();
                    sorted.sort_unstable_by_key(|(key, _)| *key);
                    for (key, value) in sorted {
                        entries.serialize_entry(&**key, &SortedValue(value))?;
                    }
                }
                entries.end()
            }
            scalar => scalar.serialize(serializer),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::map;
    use crate::value::Value;

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
    fn a_text_alone_is_written_as_inside_of_something() {
        for text in ["", "plain", "\"quoted\"", "a\\b", "é\u{7f}", "line\n", "0123456789\t"] {
            let mut out = String::new();
            append_text(&mut out, &["<", text, text]);
            assert_eq!(out, compact(&["<", text, text].concat()).unwrap());
        }
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
}
