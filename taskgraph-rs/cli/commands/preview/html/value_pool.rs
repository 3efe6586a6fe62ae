//! Values without their copies: two thousand tasks have most of what they are made of in common.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::ZlibEncoder;
use indexmap::IndexSet;
use serde::Serialize;
use taskgraph::error::Result;
use taskgraph_compat::json::{self, append_text};
use taskgraph_compat::python::base64;
use taskgraph_compat::redact::redact;
use taskgraph_compat::value::Value;

/// Every value that was put in, once. A list is kept as the numbers of its items, a map as its keys with the numbers of
/// their values, and everything else as it is.
#[derive(Default)]
pub(super) struct Pool(IndexSet<String>);

impl Pool {
    /// Puts a value in, and gives its number. Equal values have equal numbers. Passwords of urls stay out.
    pub(super) fn number(&mut self, value: &Value) -> usize {
        let mut text = String::new();
        match value {
            Value::List(items) => {
                for item in items.iter() {
                    text.push(if text.is_empty() { '[' } else { ',' });
                    text += &self.number(item).to_string();
                }
                text += if text.is_empty() { "[]" } else { "]" };
            }
            Value::Map(map) => {
                for (key, value) in map.iter() {
                    text.push(if text.is_empty() { '{' } else { ',' });
                    append_text(&mut text, &[&redact(key)]);
                    text.push(':');
                    text += &self.number(value).to_string();
                }
                text += if text.is_empty() { "{}" } else { "}" };
            }
            Value::Str(string) => append_text(&mut text, &[&redact(string)]),
            // What has no place in JSON is in no graph that was made.
            other => text += &json::compact(other).unwrap_or_else(|_| "null".into()),
        }
        self.0.insert_full(text).0
    }

    /// Puts something in as it is, without numbers inside, and gives its number.
    pub(super) fn whole(&mut self, value: &impl Serialize) -> Result<usize> {
        let value = crate::commands::preview::redacted(serde_json::to_value(value)?);
        Ok(self.0.insert_full(value.to_string()).0)
    }

    /// All values as JSON, one a line.
    pub(super) fn into_lines(self) -> String {
        self.0.into_iter().collect::<Vec<_>>().join("\n")
    }

    /// The lines, compressed for a page: what tasks do not have in common is still alike.
    pub(super) fn into_base64(self) -> Result<String> {
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::new(6));
        encoder.write_all(self.into_lines().as_bytes())?;
        Ok(base64::encode(&encoder.finish()?))
    }
}

#[cfg(test)]
mod tests {
    use taskgraph_compat::json::read;

    use super::Pool;

    #[test]
    fn equal_values_are_kept_once() {
        let mut pool = Pool::default();
        let number = |pool: &mut Pool, text: &str| pool.number(&read(text).unwrap());
        let first = number(&mut pool, r#"{"a": [1, "x"], "b": [1, "x"]}"#);
        assert_eq!(number(&mut pool, r#"{"a": [1, "x"], "b": [1, "x"]}"#), first);
        assert_eq!(number(&mut pool, r#"[1, "x"]"#), 2);
        number(&mut pool, r#""https://me:x@h/""#);
        assert_eq!(number(&mut pool, r#"[[], {}, "\"ß\n"]"#), 8);
        assert_eq!(pool.whole(&["https://me:x@h/\n"]).unwrap(), 9);
        assert_eq!(
            pool.into_lines(),
            "1\n\"x\"\n[0,1]\n{\"a\":2,\"b\":2}\n\"https://***@h/\"\n\
             []\n{}\n\"\\\"ß\\n\"\n[5,6,7]\n[\"https://***@h/\\n\"]"
        );
    }
}
