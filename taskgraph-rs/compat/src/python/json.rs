//! Python's `json.dumps`: a space after each comma and colon, and everything outside printable ASCII escaped.

use std::fmt::Write as _;

use anyhow::{Result, bail};

use crate::python::float;
use crate::value::Value;

/// Python: `json.dumps`. Fails for a date, as there.
pub fn dumps(value: &Value) -> Result<String> {
    let mut out = String::new();
    write(&mut out, value)?;
    Ok(out)
}

// Writing to a string cannot fail.
fn write(out: &mut String, value: &Value) -> Result<()> {
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(true) => out.push_str("true"),
        Value::Bool(false) => out.push_str("false"),
        Value::Int(number) => {
            let _ = write!(out, "{number}");
        }
        Value::BigInt(digits) => out.push_str(digits),
        Value::Float(number) if number.is_nan() => out.push_str("NaN"),
        Value::Float(number) if number.is_infinite() => {
            out.push_str(if *number > 0.0 { "Infinity" } else { "-Infinity" });
        }
        Value::Float(number) => out.push_str(&float::repr(*number)),
        Value::Str(text) => quote(out, text),
        Value::Time(time) => bail!("the date {} cannot be written as JSON; put it in quotes", time.text),
        Value::List(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push_str(", ");
                }
                write(out, item)?;
            }
            out.push(']');
        }
        Value::Map(map) => {
            out.push('{');
            for (index, (key, value)) in map.iter().enumerate() {
                if index > 0 {
                    out.push_str(", ");
                }
                quote(out, key);
                out.push_str(": ");
                write(out, value)?;
            }
            out.push('}');
        }
    }
    Ok(())
}

fn quote(out: &mut String, text: &str) {
    out.push('"');
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            ' '..='~' => out.push(character),
            other => {
                for unit in other.encode_utf16(&mut [0; 2]) {
                    let _ = write!(out, "\\u{unit:04x}");
                }
            }
        }
    }
    out.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::map;

    #[test]
    fn text_beyond_ascii_is_escaped() {
        let value = Value::from(map! {
            "a" => ["é", "😀", "\n\u{7f}\u{1}\"\\"].into_iter().collect::<Value>(),
            "b" => map! { "x" => Value::Float(1.0), "y" => Value::Null, "z" => true },
            "c" => Value::Float(f64::INFINITY),
        });
        assert_eq!(
            dumps(&value).unwrap(),
            "{\"a\": [\"\\u00e9\", \"\\ud83d\\ude00\", \"\\n\\u007f\\u0001\\\"\\\\\"], \
             \"b\": {\"x\": 1.0, \"y\": null, \"z\": true}, \"c\": Infinity}"
        );
    }
}
