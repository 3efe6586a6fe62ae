//! Writes a value as YAML that PyYAML's `safe_load` reads as the same value.

use crate::terminal::is_safe;
use crate::value::{Map, Value};
use crate::yaml::resolve::{Type, implicit};

/// libyaml takes no longer one-line keys; longer ones are written as `? key`.
const LONGEST_KEY: usize = 1000;

/// Writes a value: block style, keys in their order, a line break at the end.
pub fn write(value: &Value) -> String {
    let mut writer = Writer { out: String::new() };
    match value {
        Value::Map(map) if !map.is_empty() => writer.map(map, 0),
        Value::List(items) if !items.is_empty() => writer.list(items, 0),
        other => {
            writer.scalar(other, 0);
            writer.out.push('\n');
        }
    }
    writer.out
}

struct Writer {
    out: String,
}

impl Writer {
    /// Writes the lines of a map. The first one is already indented.
    fn map(&mut self, map: &Map, indent: usize) {
        for (position, (key, value)) in map.iter().enumerate() {
            if position > 0 {
                self.indent(indent);
            }
            let key = line(key);
            if key.len() > LONGEST_KEY {
                self.out.push_str("? ");
                self.out.push_str(&key);
                self.out.push('\n');
                self.indent(indent);
            } else {
                self.out.push_str(&key);
            }
            self.out.push(':');
            match value {
                Value::Map(map) if !map.is_empty() => {
                    self.out.push('\n');
                    self.indent(indent + 2);
                    self.map(map, indent + 2);
                }
                Value::List(items) if !items.is_empty() => {
                    self.out.push('\n');
                    self.indent(indent + 2);
                    self.list(items, indent + 2);
                }
                other => {
                    self.out.push(' ');
                    self.scalar(other, indent);
                    self.out.push('\n');
                }
            }
        }
    }

    /// Writes the lines of a list. The first one is already indented.
    fn list(&mut self, items: &[Value], indent: usize) {
        for (position, item) in items.iter().enumerate() {
            if position > 0 {
                self.indent(indent);
            }
            self.out.push_str("- ");
            match item {
                Value::Map(map) if !map.is_empty() => self.map(map, indent + 2),
                Value::List(items) if !items.is_empty() => self.list(items, indent + 2),
                other => {
                    self.scalar(other, indent);
                    self.out.push('\n');
                }
            }
        }
    }

    /// Writes what stands behind a key or a dash at this indentation, without the line break.
    fn scalar(&mut self, value: &Value, indent: usize) {
        match value {
            Value::Null => self.out.push_str("null"),
            Value::Bool(flag) => self.out.push_str(if *flag { "true" } else { "false" }),
            Value::Int(number) => self.out.push_str(&number.to_string()),
            Value::BigInt(digits) => self.out.push_str(digits),
            Value::Float(number) => self.out.push_str(&float(*number)),
            Value::Time(time) => self.out.push_str(&time.text),
            Value::Str(text) if is_literal(text) => self.literal(text, indent + 2),
            Value::Str(text) => self.out.push_str(&line(text)),
            Value::List(_) => self.out.push_str("[]"),
            Value::Map(_) => self.out.push_str("{}"),
        }
    }

    /// Writes a text of several lines as it is, behind `|`.
    fn literal(&mut self, text: &str, indent: usize) {
        let body = text.trim_end_matches('\n');
        self.out.push_str(match text.len() - body.len() {
            0 => "|-",
            1 => "|",
            _ => "|+",
        });
        for line in body.split('\n') {
            self.out.push('\n');
            if !line.is_empty() {
                self.indent(indent);
                self.out.push_str(line);
            }
        }
        // The caller writes the first line break.
        self.out.push_str(text[body.len()..].strip_prefix('\n').unwrap_or_default());
    }

    fn indent(&mut self, indent: usize) {
        self.out.extend(std::iter::repeat_n(' ', indent));
    }
}

/// A float as PyYAML reads it: with a point, and a sign in the exponent.
fn float(number: f64) -> String {
    if number.is_nan() {
        return ".nan".to_owned();
    }
    if number.is_infinite() {
        return if number > 0.0 { ".inf" } else { "-.inf" }.to_owned();
    }
    let text = format!("{number:?}");
    let Some((mantissa, exponent)) = text.split_once('e') else { return text };
    let point = if mantissa.contains('.') { "" } else { ".0" };
    let sign = if exponent.starts_with('-') { "" } else { "+" };
    format!("{mantissa}{point}e{sign}{exponent}")
}

/// A text in one line: plain if that reads as the text, else in quotes.
fn line(text: &str) -> String {
    if is_plain(text) {
        text.to_owned()
    } else if text.chars().all(is_printable) {
        format!("'{}'", text.replace('\'', "''"))
    } else {
        escaped(text)
    }
}

fn is_plain(text: &str) -> bool {
    const INDICATORS: [char; 19] =
        ['-', '?', ':', ',', '[', ']', '{', '}', '#', '&', '*', '!', '|', '>', '\'', '"', '%', '@', '`'];
    implicit(text) == Type::Str
        && !text.starts_with(INDICATORS)
        && !text.starts_with("...")
        && !text.starts_with(' ')
        && !text.ends_with([' ', ':'])
        && !text.contains(": ")
        && !text.contains(" #")
        && text.chars().all(is_printable)
}

/// Whether a character may stand unescaped within a line.
fn is_printable(c: char) -> bool {
    matches!(c, ' '..='~' | '\u{a0}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
        && c != '\u{feff}'
        && is_safe(c)
}

/// Whether a text has several lines and a block reads as the text: its first line sets the indentation, so it
/// must not begin with a blank.
fn is_literal(text: &str) -> bool {
    text.contains('\n')
        && !text.starts_with([' ', '\t', '\n'])
        && text.chars().all(|c| c == '\n' || c == '\t' || is_printable(c))
}

fn escaped(text: &str) -> String {
    let mut quoted = String::from('"');
    for c in text.chars() {
        match c {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            '\r' => quoted.push_str("\\r"),
            c if is_printable(c) => quoted.push(c),
            c if (c as u32) < 0x100 => quoted.push_str(&format!("\\x{:02x}", c as u32)),
            c => quoted.push_str(&format!("\\u{:04x}", c as u32)),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::map;
    use crate::source::Source;

    fn back(text: &str) -> Value {
        crate::yaml::read(Source::new("a.yml", text)).unwrap().value().unwrap()
    }

    #[test]
    fn values_are_written_in_block_style() {
        let value = Value::from(map! {
            "b" => vec![Value::from(1), map! {"x" => "yes", "y" => Value::map()}.into(), vec![Value::Null].into()],
            "a" => map! {"text" => "one\ntwo\n", "time" => "11:00:00"},
        });
        let expected = "b:\n  - 1\n  - x: 'yes'\n    y: {}\n  - - null\na:\n  text: |\n    one\n    two\n  time: '11:00:00'\n";
        assert_eq!(write(&value), expected);
        assert_eq!(back(expected), value);
    }

    #[test]
    fn texts_that_would_read_as_something_else_are_quoted() {
        for text in [
            "",
            " ",
            "a ",
            " a",
            "1_0",
            "11:00:00",
            "yes",
            "2024-01-01",
            "=",
            "<<",
            "~",
            "0755",
            ".inf",
            "1.5",
            "- a",
            "a: b",
            "a:",
            "a #b",
            "#a",
            "...",
            "---",
            "it's",
            "a\tb",
            "\u{85}",
            "\u{7}",
            "\u{feff}",
            "\u{fffe}",
            "a\r\nb",
            "\n",
            "\na",
            " a\nb",
            "a\n b\n\n",
            "a\n\tb\n  ",
            "\ta\nb",
            "é",
            "a\u{2028}b",
            "a\u{202e}b\u{200f}",
            "a\u{61c}\nb",
        ] {
            let value = Value::from(map! { text => vec![Value::from(text)], "z" => text });
            assert_eq!(back(&write(&value)), value, "{text:?}");
            assert_eq!(back(&write(&text.into())), text.into(), "{text:?}");
        }
        let long = "é".repeat(700);
        assert_eq!(
            back(&write(&map! { long.as_str() => map! {"a" => 1} }.into())).get(&long).unwrap().get("a"),
            Some(&1.into())
        );
    }

    #[test]
    fn floats_are_written_as_pyyaml_reads_them() {
        for (number, expected) in
            [(1e16, "1.0e+16"), (1e-7, "1.0e-7"), (0.1, "0.1"), (-0.0, "-0.0"), (1.0, "1.0")]
        {
            assert_eq!(write(&Value::Float(number)), format!("{expected}\n"));
            assert_eq!(back(expected), Value::Float(number));
        }
        assert_eq!(write(&Value::Float(f64::NEG_INFINITY)), "-.inf\n");
    }
}
