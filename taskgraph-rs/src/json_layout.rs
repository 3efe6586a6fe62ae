//! JSON indented by two spaces, as the reference prints it. What would act on a terminal is escaped.
//!
//! serde_json's own layout writes the two spaces again for each level of each line; a graph is deep, and that is a
//! third of the time it takes to write one.

use std::io::{self, Write};

use serde_json::ser::Formatter;

use crate::inert::is_inert;

/// Spaces for the indentation of most lines at once.
const SPACES: &[u8; 64] = &[b' '; 64];

/// The layout. A new one for every text.
#[derive(Default)]
pub struct Indented {
    depth: usize,
    is_filled: bool,
}

impl Indented {
    fn line<W: Write + ?Sized>(&self, out: &mut W) -> io::Result<()> {
        out.write_all(b"\n")?;
        let mut left = 2 * self.depth;
        while left > 0 {
            let now = left.min(SPACES.len());
            out.write_all(&SPACES[..now])?;
            left -= now;
        }
        Ok(())
    }

    fn open<W: Write + ?Sized>(&mut self, out: &mut W, bracket: &[u8]) -> io::Result<()> {
        self.depth += 1;
        self.is_filled = false;
        out.write_all(bracket)
    }

    fn close<W: Write + ?Sized>(&mut self, out: &mut W, bracket: &[u8]) -> io::Result<()> {
        self.depth -= 1;
        if self.is_filled {
            self.line(out)?;
        }
        out.write_all(bracket)
    }

    /// Writes text that is not all inert, with escapes. JSON's own rules have left only characters that are no ASCII
    /// control characters, and `DEL`: all of them lie below U+10000.
    #[cold]
    fn escaped<W: Write + ?Sized>(out: &mut W, text: &str) -> io::Result<()> {
        let mut written = 0;
        for (at, c) in text.char_indices().filter(|(_, c)| !is_inert(*c)) {
            out.write_all(&text.as_bytes()[written..at])?;
            write!(out, "\\u{:04x}", u32::from(c))?;
            written = at + c.len_utf8();
        }
        out.write_all(&text.as_bytes()[written..])
    }

    fn item<W: Write + ?Sized>(&self, out: &mut W, is_first: bool) -> io::Result<()> {
        if !is_first {
            out.write_all(b",")?;
        }
        self.line(out)
    }
}

impl Formatter for Indented {
    fn write_string_fragment<W: Write + ?Sized>(&mut self, out: &mut W, text: &str) -> io::Result<()> {
        let bytes = text.as_bytes();
        // Nearly all text is ASCII without `DEL`: the sum of each byte and one stays below 0x80, which many bytes at once
        // are asked. No byte of UTF-8 is 0xff.
        let any = bytes.iter().fold(0, |any, byte| any | byte.wrapping_add(1));
        if any < 0x80 || text.chars().all(is_inert) {
            return out.write_all(bytes);
        }
        Indented::escaped(out, text)
    }

    fn begin_array<W: Write + ?Sized>(&mut self, out: &mut W) -> io::Result<()> {
        self.open(out, b"[")
    }

    fn end_array<W: Write + ?Sized>(&mut self, out: &mut W) -> io::Result<()> {
        self.close(out, b"]")
    }

    fn begin_array_value<W: Write + ?Sized>(&mut self, out: &mut W, is_first: bool) -> io::Result<()> {
        self.item(out, is_first)
    }

    fn end_array_value<W: Write + ?Sized>(&mut self, _: &mut W) -> io::Result<()> {
        self.is_filled = true;
        Ok(())
    }

    fn begin_object<W: Write + ?Sized>(&mut self, out: &mut W) -> io::Result<()> {
        self.open(out, b"{")
    }

    fn end_object<W: Write + ?Sized>(&mut self, out: &mut W) -> io::Result<()> {
        self.close(out, b"}")
    }

    fn begin_object_key<W: Write + ?Sized>(&mut self, out: &mut W, is_first: bool) -> io::Result<()> {
        self.item(out, is_first)
    }

    fn begin_object_value<W: Write + ?Sized>(&mut self, out: &mut W) -> io::Result<()> {
        out.write_all(b": ")
    }

    fn end_object_value<W: Write + ?Sized>(&mut self, _: &mut W) -> io::Result<()> {
        self.is_filled = true;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde::Serialize;

    use super::Indented;

    #[test]
    fn what_acts_on_a_terminal_is_escaped_and_stays_the_same_value() {
        let value = serde_json::json!({"a\u{9b}é": "\u{1b}[31m\u{7f}x\u{202e}日本👍\u{2028}"});
        let mut ours = Vec::new();
        let mut writer = serde_json::Serializer::with_formatter(&mut ours, Indented::default());
        value.serialize(&mut writer).unwrap();
        let text = String::from_utf8(ours).unwrap();
        assert_eq!(text, "{\n  \"a\\u009bé\": \"\\u001b[31m\\u007fx\\u202e日本👍\\u2028\"\n}");
        assert_eq!(serde_json::from_str::<serde_json::Value>(&text).unwrap(), value);
    }

    #[test]
    fn the_layout_is_that_of_serde_json() {
        let value = serde_json::json!({"a": [1, {"b": []}, {}], "c": {"d": [[null]]}, "e": "é\n"});
        let mut ours = Vec::new();
        let mut writer = serde_json::Serializer::with_formatter(&mut ours, Indented::default());
        value.serialize(&mut writer).unwrap();
        assert_eq!(ours, serde_json::to_vec_pretty(&value).unwrap());
    }
}
