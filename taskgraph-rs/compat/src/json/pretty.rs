//! Pretty-prints JSON with an indent of two spaces, as the reference does. Escapes characters that act on a
//! terminal.
//!
//! Faster than the printer of serde_json for graphs, which are deep and mostly text: it writes the indent of a line
//! with one copy, and scans text eight bytes at a time.

use std::io::Write as _;

use serde::ser::{
    Error as _, Impossible, Serialize, SerializeMap, SerializeSeq, SerializeStruct, Serializer,
};

use crate::json::Error;
use crate::json::scan::{Chunk, plain_length};
use crate::terminal::is_safe;

/// Spaces for the indentation of most lines at once.
const SPACES: &[u8; 64] = &[b' '; 64];

/// Appends a value to a text. Tuples and variants of enums that hold something are not part of a graph, and refused.
pub fn append<T: Serialize + ?Sized>(value: &T, out: &mut Vec<u8>) -> Result<(), Error> {
    value.serialize(&mut PrettyWriter { out, depth: 0 })
}

/// A text that is being written.
pub struct PrettyWriter<'o> {
    /// The text so far.
    pub out: &'o mut Vec<u8>,
    /// The depth of the next line.
    pub depth: usize,
}

impl<'o> PrettyWriter<'o> {
    /// Begins a line.
    pub fn line(&mut self) {
        self.out.push(b'\n');
        let mut left = 2 * self.depth;
        while left > 0 {
            let now = left.min(SPACES.len());
            self.out.extend_from_slice(&SPACES[..now]);
            left -= now;
        }
    }

    /// Begins a line with a key.
    pub fn key(&mut self, key: &str) {
        self.line();
        self.text(key);
        self.out.extend_from_slice(b": ");
    }

    /// Ends what began one line above this depth.
    pub fn close(&mut self, bracket: u8) {
        self.depth -= 1;
        self.line();
        self.out.push(bracket);
    }

    fn open(&mut self, brackets: [u8; 2]) -> OpenContainer<'_, 'o> {
        self.depth += 1;
        self.out.push(brackets[0]);
        OpenContainer { writer: self, is_filled: false, closing: brackets[1] }
    }

    /// Appends what needs no quotes.
    pub fn word(&mut self, word: &str) -> Result<(), Error> {
        self.out.extend_from_slice(word.as_bytes());
        Ok(())
    }

    fn number(&mut self, number: impl Serialize) -> Result<(), Error> {
        serde_json::to_writer(&mut *self.out, &number)
    }

    /// Appends a text in quotes.
    pub fn text(&mut self, text: &str) {
        self.out.push(b'"');
        let mut rest = text;
        while let Some(eight) = rest.as_bytes().first_chunk() {
            let after = match Chunk::of(*eight) {
                Chunk::Plain => self.plain(rest),
                Chunk::Quoted => {
                    self.quoted(*eight);
                    // All of them are ASCII.
                    &rest[8..]
                }
                Chunk::Other => self.first(rest),
            };
            rest = after;
        }
        while !rest.is_empty() {
            rest = self.first(rest);
        }
        self.out.push(b'"');
    }

    /// Appends what stands for itself at the start of a text. The rest is given back.
    fn plain<'t>(&mut self, text: &'t str) -> &'t str {
        let (plain, rest) = text.split_at(plain_length(text.as_bytes()));
        self.out.extend_from_slice(plain.as_bytes());
        rest
    }

    /// Appends characters some of which are quotes or backslashes. Texts that hold JSON themselves are full of them.
    fn quoted(&mut self, bytes: [u8; 8]) {
        let mut escaped = [0; 16];
        let mut length = 0;
        for byte in bytes {
            escaped[length & 15] = b'\\';
            length += usize::from(byte == b'"' || byte == b'\\');
            escaped[length & 15] = byte;
            length += 1;
        }
        let end = self.out.len() + length;
        self.out.extend_from_slice(&escaped);
        self.out.truncate(end);
    }

    /// Appends what is plain at the start of a text, and the character behind it.
    fn first<'t>(&mut self, text: &'t str) -> &'t str {
        let mut rest = self.plain(text).chars();
        rest.by_ref().take(1).for_each(|c| self.character(c));
        rest.as_str()
    }

    fn character(&mut self, c: char) {
        let short = match c {
            '"' | '\\' => c,
            '\n' => 'n',
            '\t' => 't',
            '\r' => 'r',
            '\u{8}' => 'b',
            '\u{c}' => 'f',
            c if is_safe(c) => {
                return self.out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
            }
            // All that is not inert lies below U+10000. To write into memory does not fail.
            c => return write!(self.out, "\\u{:04x}", u32::from(c)).unwrap_or_default(),
        };
        self.out.extend([b'\\', short as u8]);
    }
}

fn refused<T>() -> Result<T, Error> {
    Err(Error::custom("tuples and variants are not part of a graph"))
}

macro_rules! numbers {
    ($($name:ident: $number:ty,)*) => {
        $(fn $name(self, number: $number) -> Result<(), Error> {
            self.number(number)
        })*
    };
}

impl<'w, 'o> Serializer for &'w mut PrettyWriter<'o> {
    type Ok = ();
    type Error = Error;
    type SerializeSeq = OpenContainer<'w, 'o>;
    type SerializeTuple = Impossible<(), Error>;
    type SerializeTupleStruct = Impossible<(), Error>;
    type SerializeTupleVariant = Impossible<(), Error>;
    type SerializeMap = OpenContainer<'w, 'o>;
    type SerializeStruct = OpenContainer<'w, 'o>;
    type SerializeStructVariant = Impossible<(), Error>;

    fn serialize_bool(self, flag: bool) -> Result<(), Error> {
        self.word(if flag { "true" } else { "false" })
    }

    numbers! {
        serialize_i8: i8, serialize_i16: i16, serialize_i32: i32, serialize_i64: i64,
        serialize_u8: u8, serialize_u16: u16, serialize_u32: u32, serialize_u64: u64,
        serialize_f32: f32, serialize_f64: f64,
    }

    fn serialize_char(self, c: char) -> Result<(), Error> {
        self.serialize_str(c.encode_utf8(&mut [0; 4]))
    }

    fn serialize_str(self, text: &str) -> Result<(), Error> {
        self.text(text);
        Ok(())
    }

    fn serialize_bytes(self, _: &[u8]) -> Result<(), Error> {
        refused()
    }

    fn serialize_none(self) -> Result<(), Error> {
        self.word("null")
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Error> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<(), Error> {
        self.word("null")
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<(), Error> {
        self.word("null")
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, name: &'static str) -> Result<(), Error> {
        self.serialize_str(name)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<(), Error> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: &T,
    ) -> Result<(), Error> {
        refused()
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<OpenContainer<'w, 'o>, Error> {
        Ok(self.open(*b"[]"))
    }

    fn serialize_tuple(self, _: usize) -> Result<Self::SerializeTuple, Error> {
        refused()
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Self::SerializeTupleStruct, Error> {
        refused()
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeTupleVariant, Error> {
        refused()
    }

    fn serialize_map(self, _: Option<usize>) -> Result<OpenContainer<'w, 'o>, Error> {
        Ok(self.open(*b"{}"))
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<OpenContainer<'w, 'o>, Error> {
        Ok(self.open(*b"{}"))
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeStructVariant, Error> {
        refused()
    }
}

/// A list or a map that is not closed yet.
pub struct OpenContainer<'w, 'o> {
    writer: &'w mut PrettyWriter<'o>,
    is_filled: bool,
    closing: u8,
}

impl OpenContainer<'_, '_> {
    fn begin_item(&mut self) {
        if self.is_filled {
            self.writer.out.push(b',');
        }
        self.is_filled = true;
        self.writer.line();
    }

    fn close(self) -> Result<(), Error> {
        self.writer.depth -= 1;
        if self.is_filled {
            self.writer.line();
        }
        self.writer.out.push(self.closing);
        Ok(())
    }
}

impl SerializeSeq for OpenContainer<'_, '_> {
    type Ok = ();
    type Error = Error;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        self.begin_item();
        value.serialize(&mut *self.writer)
    }

    fn end(self) -> Result<(), Error> {
        self.close()
    }
}

impl SerializeMap for OpenContainer<'_, '_> {
    type Ok = ();
    type Error = Error;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Error> {
        self.begin_item();
        let start = self.writer.out.len();
        key.serialize(&mut *self.writer)?;
        match self.writer.out.get(start) {
            Some(b'"') => Ok(()),
            _ => Err(Error::custom("a key must be a string")),
        }
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        self.writer.word(": ")?;
        value.serialize(&mut *self.writer)
    }

    fn end(self) -> Result<(), Error> {
        self.close()
    }
}

impl SerializeStruct for OpenContainer<'_, '_> {
    type Ok = ();
    type Error = Error;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> Result<(), Error> {
        self.serialize_entry(name, value)
    }

    fn end(self) -> Result<(), Error> {
        self.close()
    }
}

#[cfg(test)]
mod tests {
    use super::append;

    fn written(value: &serde_json::Value) -> String {
        let mut out = Vec::new();
        append(value, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn what_acts_on_a_terminal_is_escaped_and_stays_the_same_value() {
        let value = serde_json::json!({"a\u{9b}é": "\u{1b}[31m\u{7f}x\u{202e}日本👍\u{2028}"});
        let text = written(&value);
        assert_eq!(text, "{\n  \"a\\u009bé\": \"\\u001b[31m\\u007fx\\u202e日本👍\\u2028\"\n}");
        assert_eq!(serde_json::from_str::<serde_json::Value>(&text).unwrap(), value);
    }

    #[test]
    fn the_layout_is_that_of_serde_json() {
        let every: String = ('\0'..'\u{7f}').collect();
        let value = serde_json::json!({
            "a": [1, {"b": []}, {}, -2.5, u64::MAX, true],
            "c": {"d": [[null]]},
            "e\"": "é\n",
            "every": every,
        });
        assert_eq!(written(&value), serde_json::to_string_pretty(&value).unwrap());
    }

    #[test]
    fn an_escape_is_found_wherever_it_stands() {
        for length in 0..20 {
            for place in 0..length {
                for c in ('\0'..='\u{7e}').chain(['\u{80}', 'é', '\u{7ff}', '日', '👍']) {
                    let mut text = "~".repeat(place);
                    text.push(c);
                    text.push_str(&" !#[]".repeat(4)[..length - place]);
                    let value = serde_json::Value::from(text.as_str());
                    let read: String = serde_json::from_str(&written(&value)).unwrap();
                    assert_eq!(read, text);
                    if c != '\u{80}' {
                        assert_eq!(written(&value), value.to_string());
                    }
                }
            }
        }
    }

    #[test]
    fn a_key_that_is_no_text_is_refused() {
        assert!(append(&std::collections::BTreeMap::from([(1, 2)]), &mut Vec::new()).is_err());
    }
}
