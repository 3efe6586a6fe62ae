//! Python's `str()` and `repr()` of values.

use std::fmt::Write;

use crate::python::float;
use crate::python::printable::is_printable;
use crate::value::Value;

/// Python: `str(value)`.
pub fn str(value: &Value) -> String {
    let mut out = String::new();
    write_str(&mut out, value);
    out
}

/// Appends `str(value)`: text as it is, anything else as [`repr`], dates in their short form.
pub fn write_str(out: &mut String, value: &Value) {
    match value {
        Value::Str(text) => out.push_str(text),
        Value::Time(time) => out.push_str(&time.text),
        _ => write_repr(out, value),
    }
}

/// Python: `repr(value)`.
pub fn repr(value: &Value) -> String {
    let mut out = String::new();
    write_repr(&mut out, value);
    out
}

/// Appends `repr(value)`.
pub fn write_repr(out: &mut String, value: &Value) {
    write_value(out, value, is_printable);
}

/// Python: `ascii(value)`, the `repr` with everything beyond ASCII escaped.
pub fn ascii(value: &Value) -> String {
    let mut out = String::new();
    write_value(&mut out, value, |character| matches!(character, ' '..='~'));
    out
}

fn write_value(out: &mut String, value: &Value, plain: fn(char) -> bool) {
    match value {
        Value::Null => out.push_str("None"),
        Value::Bool(true) => out.push_str("True"),
        Value::Bool(false) => out.push_str("False"),
        // Writing to a string cannot fail.
        Value::Int(number) => drop(write!(out, "{number}")),
        Value::BigInt(digits) => out.push_str(digits),
        Value::Float(number) => float::write_repr(out, *number),
        Value::Str(text) => write_quoted(out, text, plain),
        Value::Time(time) => out.push_str(&time.repr),
        Value::List(items) => {
            out.push('[');
            for (position, item) in items.iter().enumerate() {
                if position > 0 {
                    out.push_str(", ");
                }
                write_value(out, item, plain);
            }
            out.push(']');
        }
        Value::Map(map) => {
            out.push('{');
            for (position, (key, item)) in map.iter().enumerate() {
                if position > 0 {
                    out.push_str(", ");
                }
                write_quoted(out, key, plain);
                out.push_str(": ");
                write_value(out, item, plain);
            }
            out.push('}');
        }
    }
}

/// Appends the text in quotes: single ones, unless it has a single quote and no double one.
fn write_quoted(out: &mut String, text: &str, plain: fn(char) -> bool) {
    let quote = if text.contains('\'') && !text.contains('"') { '"' } else { '\'' };
    out.reserve(text.len() + 2);
    out.push(quote);
    let mut copied = 0;
    for (at, character) in text.char_indices() {
        if character != quote && character != '\\' && plain(character) {
            continue;
        }
        out.push_str(&text[copied..at]);
        copied = at + character.len_utf8();
        write_escape(out, character);
    }
    out.push_str(&text[copied..]);
    out.push(quote);
}

fn write_escape(out: &mut String, character: char) {
    let written = match u32::from(character) {
        0x09 => out.write_str("\\t"),
        0x0a => out.write_str("\\n"),
        0x0d => out.write_str("\\r"),
        0x20..0x7f => write!(out, "\\{character}"),
        code @ ..0x100 => write!(out, "\\x{code:02x}"),
        code @ ..0x10000 => write!(out, "\\u{code:04x}"),
        code => write!(out, "\\U{code:08x}"),
    };
    debug_assert!(written.is_ok(), "writing to a string cannot fail");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::map;

    #[test]
    fn a_map_reads_as_a_dict() {
        let value = Value::from(
            map! { "urls" => vec![Value::from("it's")], "mode" => "use", "n" => Value::Float(1.0) },
        );
        assert_eq!(str(&value), r#"{'urls': ["it's"], 'mode': 'use', 'n': 1.0}"#);
    }

    #[test]
    fn odd_characters_are_escaped() {
        assert_eq!(repr(&"a\u{a0}\u{200b}\u{e0001}\n\\".into()), r"'a\xa0\u200b\U000e0001\n\\'");
        assert_eq!(repr(&"'\"".into()), r#"'\'"'"#);
        assert_eq!(ascii(&"é日".into()), r"'\xe9\u65e5'");
    }
}
