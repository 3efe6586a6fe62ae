//! The events of a text in the subset of YAML that nearly every kind is written in.
//!
//! libyaml decodes, copies and classifies one character at a time. This reader slices the text, and leaves to libyaml
//! whatever is outside of its subset: [`read`] returns nothing for anchors, aliases, tags, directives, several documents,
//! tabs, carriage returns, what is not ASCII, quoted text over several lines, explicit keys, and for every error.
//!
//! Saves 14 % of the instructions of `full -J` at 510 tasks, 12 % at 903 (`benches/cost.py`). Invariant: the events are
//! those of libyaml, with their places; the tests compare both on all embedded kinds and on texts made at random.

use crate::source::Span;
use crate::yaml::events::{Event, Kind};

/// Deeper nesting is left to libyaml.
const MAX_DEPTH: usize = 64;
/// libyaml wants the colon of a key within 1024 bytes.
const MAX_KEY: usize = 1_000;

/// The events of one text, to be handed out in order.
pub(super) struct SimpleEvents<'t> {
    text: &'t str,
    /// The scalars that are not spelled in the text as they read.
    decoded: String,
    events: Vec<(Recorded, Span)>,
    next: usize,
}

#[derive(Clone, Copy)]
enum Recorded {
    Frame,
    StreamEnd,
    /// A scalar that stands in the text: the bytes.
    Slice {
        start: u32,
        end: u32,
        plain: bool,
    },
    /// A scalar that stands in `decoded`: the bytes.
    Decoded {
        start: u32,
        end: u32,
        plain: bool,
    },
    ListStart,
    MapStart,
    End,
}

impl SimpleEvents<'_> {
    /// Returns the next event. After the end of the stream there are only empty frames.
    pub(super) fn advance(&mut self) -> Event<'_> {
        let (recorded, span) =
            self.events.get(self.next).copied().unwrap_or((Recorded::Frame, Span::default()));
        self.next += 1;
        let scalar = |text, plain| Kind::Scalar { anchor: None, tag: None, text, plain };
        let kind = match recorded {
            Recorded::Frame => Kind::Frame,
            Recorded::StreamEnd => Kind::StreamEnd,
            Recorded::Slice { start, end, plain } => scalar(&self.text[start as usize..end as usize], plain),
            Recorded::Decoded { start, end, plain } => {
                scalar(&self.decoded[start as usize..end as usize], plain)
            }
            Recorded::ListStart => Kind::ListStart { anchor: None, tag: None },
            Recorded::MapStart => Kind::MapStart { anchor: None, tag: None },
            Recorded::End => Kind::End,
        };
        Event { kind, span }
    }
}

/// Reads a text, if all of it is in the subset.
pub(super) fn read(text: &str) -> Option<SimpleEvents<'_>> {
    // Not `all`, which would look at one byte after the other.
    let is_plain = |byte: u8| byte == b'\n' || (b' '..=b'~').contains(&byte);
    if !text.bytes().fold(true, |are_plain, byte| are_plain & is_plain(byte)) {
        return None;
    }
    let mut reader = Reader {
        bytes: text.as_bytes(),
        text,
        at: 0,
        line: 1,
        line_start: 0,
        decoded: String::new(),
        // A kind has an event for every 20 bytes or so.
        events: Vec::with_capacity(text.len() / 16 + 8),
    };
    reader.document()?;
    Some(SimpleEvents { text, decoded: reader.decoded, events: reader.events, next: 0 })
}

/// A place in the text.
#[derive(Clone, Copy)]
struct Mark {
    at: usize,
    line: u32,
    column: usize,
}

struct Reader<'t> {
    bytes: &'t [u8],
    text: &'t str,
    at: usize,
    line: u32,
    line_start: usize,
    decoded: String,
    events: Vec<(Recorded, Span)>,
}

/// `None` from any of these functions leaves the text to libyaml.
impl Reader<'_> {
    fn document(&mut self) -> Option<()> {
        self.skip();
        self.push(Recorded::Frame, self.mark(), self.at);
        self.push(Recorded::Frame, self.mark(), self.at);
        if self.column() == 0 && self.bytes[self.at..].starts_with(b"---") {
            let line = self.line;
            self.at += 3;
            if self.bytes.get(self.at).is_some_and(|byte| *byte != b' ' && *byte != b'\n') {
                return None;
            }
            self.skip();
            if self.line == line {
                return None;
            }
        }
        match self.peek() {
            0 => return None,
            b'[' | b'{' => {
                self.flow(0)?;
                self.leaf_ends()?;
            }
            _ => self.block_collection(0)?,
        }
        if self.at < self.bytes.len() {
            return None;
        }
        self.push(Recorded::Frame, self.mark(), self.at);
        self.push(Recorded::StreamEnd, self.mark(), self.at);
        Some(())
    }

    /// The byte that comes next, 0 at the end.
    fn peek(&self) -> u8 {
        self.byte(self.at)
    }

    fn byte(&self, at: usize) -> u8 {
        self.bytes.get(at).copied().unwrap_or_default()
    }

    /// Whether there is a blank, a line break or the end.
    fn is_space(&self, at: usize) -> bool {
        matches!(self.byte(at), b' ' | b'\n' | 0)
    }

    fn column(&self) -> usize {
        self.at - self.line_start
    }

    fn mark(&self) -> Mark {
        Mark { at: self.at, line: self.line, column: self.column() }
    }

    fn push(&mut self, event: Recorded, start: Mark, end: usize) {
        let span = Span {
            line: start.line,
            column: start.column as u32 + 1,
            start: start.at as u32,
            end: end as u32,
        };
        self.events.push((event, span));
    }

    fn line_end(&self) -> usize {
        memchr::memchr(b'\n', &self.bytes[self.at..]).map_or(self.bytes.len(), |length| self.at + length)
    }

    fn skip_blanks(&mut self) {
        while self.peek() == b' ' {
            self.at += 1;
        }
    }

    fn break_line(&mut self) {
        self.at += 1;
        self.line += 1;
        self.line_start = self.at;
    }

    /// Goes on to the next token, over blanks, comments and line breaks.
    fn skip(&mut self) {
        loop {
            self.skip_blanks();
            if self.peek() == b'#' {
                self.at = self.line_end();
            }
            if self.peek() != b'\n' {
                return;
            }
            self.break_line();
        }
    }

    /// Goes on to what follows a scalar or a flow collection, which has to be on another line.
    fn leaf_ends(&mut self) -> Option<()> {
        let line = self.line;
        self.skip();
        (self.line > line || self.at == self.bytes.len()).then_some(())
    }

    /// Whether a document begins or ends here, or a directive stands here.
    fn is_frame(&self) -> bool {
        let rest = &self.bytes[self.at..];
        self.column() == 0 && (rest.starts_with(b"---") || rest.starts_with(b"...") || rest.starts_with(b"%"))
    }

    fn is_entry(&self) -> bool {
        self.peek() == b'-' && self.is_space(self.at + 1)
    }

    /// A list or a map that begins here, in block style.
    fn block_collection(&mut self, depth: usize) -> Option<()> {
        if depth > MAX_DEPTH || self.is_frame() {
            return None;
        }
        let start = self.mark();
        if self.is_entry() {
            self.push(Recorded::ListStart, start, start.at);
            return self.entries(start.column, false, depth);
        }
        self.push(Recorded::MapStart, start, start.at);
        self.key()?;
        self.fields(start.column, depth)
    }

    /// The items of a list whose dashes are in this column. One that is as far left as the map around it ends with the
    /// next key.
    fn entries(&mut self, column: usize, is_indentless: bool, depth: usize) -> Option<()> {
        loop {
            self.at += 1;
            let after_dash = self.mark();
            self.skip();
            if self.at < self.bytes.len() && (self.line == after_dash.line || self.column() > column) {
                self.block_node(column, depth)?;
            } else {
                self.empty(after_dash);
            }
            match self.goes_on(column)? {
                true if self.is_entry() => {}
                true if !is_indentless => return None,
                _ => {
                    self.push(Recorded::End, self.end_of_block(column), self.at);
                    return Some(());
                }
            }
        }
    }

    /// The fields of a map whose keys are in this column, from the colon of the first one.
    fn fields(&mut self, column: usize, depth: usize) -> Option<()> {
        loop {
            self.at += 1;
            let after_colon = self.mark();
            self.skip();
            let is_end = self.at == self.bytes.len();
            if self.line == after_colon.line && !is_end {
                self.leaf(column, depth)?;
            } else if self.column() > column && !is_end {
                self.block_node(column, depth)?;
            } else if self.column() == column && !is_end && self.is_entry() {
                let start = self.mark();
                self.push(Recorded::ListStart, start, start.at + 1);
                self.entries(column, true, depth + 1)?;
            } else {
                self.empty(after_colon);
            }
            if !self.goes_on(column)? {
                self.push(Recorded::End, self.end_of_block(column), self.at);
                return Some(());
            }
            self.key()?;
        }
    }

    /// Whether the next token is in this column. One that is further right belongs to nothing.
    fn goes_on(&self, column: usize) -> Option<bool> {
        if self.at == self.bytes.len() {
            return Some(false);
        }
        if self.column() > column || self.is_frame() {
            return None;
        }
        Some(self.column() == column)
    }

    /// Where libyaml notices that a block in this column ends: at the next token, or on a line after the last one.
    fn end_of_block(&self, column: usize) -> Mark {
        let here = self.mark();
        if self.at == self.bytes.len() && here.column > 0 && column <= here.column {
            return Mark { at: here.at, line: here.line + 1, column: 0 };
        }
        here
    }

    /// The value of a key, or of a dash, that has none.
    fn empty(&mut self, mark: Mark) {
        let at = mark.at as u32;
        self.push(Recorded::Slice { start: at, end: at, plain: true }, mark, mark.at);
    }

    /// A key up to its colon.
    fn key(&mut self) -> Option<()> {
        let start = self.mark();
        match self.peek() {
            quote @ (b'"' | b'\'') => self.quoted(quote)?,
            first if is_plain_start(first, self.byte(self.at + 1)) => self.plain_line(false)?,
            _ => return None,
        }
        self.skip_blanks();
        (self.peek() == b':' && self.is_space(self.at + 1) && self.at - start.at <= MAX_KEY).then_some(())
    }

    /// A node on the line of a dash, or on a line of its own, below something in this column.
    fn block_node(&mut self, parent: usize, depth: usize) -> Option<()> {
        if self.is_entry() || self.is_key() {
            return self.block_collection(depth + 1);
        }
        self.leaf(parent, depth)
    }

    /// Whether a key begins here. What is none is read once more, as what it is.
    fn is_key(&mut self) -> bool {
        let (at, events, decoded) = (self.at, self.events.len(), self.decoded.len());
        let found = self.key().is_some();
        self.at = at;
        self.events.truncate(events);
        self.decoded.truncate(decoded);
        found
    }

    /// A scalar or a flow collection, and nothing else up to the end of its line.
    fn leaf(&mut self, parent: usize, depth: usize) -> Option<()> {
        match self.peek() {
            b'[' | b'{' => self.flow(depth + 1)?,
            quote @ (b'"' | b'\'') => self.quoted(quote)?,
            style @ (b'|' | b'>') => return self.block_scalar(style == b'|', parent),
            first if is_plain_start(first, self.byte(self.at + 1)) => self.plain(parent)?,
            _ => return None,
        }
        self.leaf_ends()
    }

    /// Returns the end of the plain text that begins here, within its line.
    fn plain_end(&self, in_flow: bool) -> Option<usize> {
        let mut at = self.at;
        let mut end = at;
        loop {
            match self.byte(at) {
                b'\n' | 0 => break,
                b' ' => {
                    if self.byte(at + 1) == b'#' {
                        break;
                    }
                    at += 1;
                    continue;
                }
                b':' if self.is_space(at + 1) => break,
                b':' if in_flow && matches!(self.byte(at + 1), b',' | b'?' | b'[' | b']' | b'{' | b'}') => {
                    return None;
                }
                b',' | b'[' | b']' | b'{' | b'}' if in_flow => break,
                _ => {}
            }
            at += 1;
            end = at;
        }
        Some(end)
    }

    /// Plain text that ends on its line.
    fn plain_line(&mut self, in_flow: bool) -> Option<()> {
        let (start, end) = (self.mark(), self.plain_end(in_flow)?);
        self.push(Recorded::Slice { start: start.at as u32, end: end as u32, plain: true }, start, end);
        self.at = end;
        Some(())
    }

    /// Plain text that may go on in further lines, as long as they are further right than `parent`.
    fn plain(&mut self, parent: usize) -> Option<()> {
        let (start, mut end) = (self.mark(), self.plain_end(false)?);
        let first = start.at..end;
        let decoded = self.decoded.len();
        self.at = end;
        let mut is_folded = false;
        loop {
            // What follows decides whether the text goes on.
            let before = (self.at, self.line, self.line_start);
            let mut breaks = 0;
            self.skip_blanks();
            while self.peek() == b'\n' {
                self.break_line();
                breaks += 1;
                self.skip_blanks();
            }
            let is_over =
                breaks == 0 || self.at == self.bytes.len() || self.column() <= parent || self.peek() == b'#';
            if is_over {
                (self.at, self.line, self.line_start) = before;
                break;
            }
            if !is_folded {
                self.decoded.push_str(&self.text[first.clone()]);
                is_folded = true;
            }
            match breaks {
                1 => self.decoded.push(' '),
                _ => self.decoded.extend(std::iter::repeat_n('\n', breaks - 1)),
            }
            let line_end = self.plain_end(false)?;
            // A line that begins with a colon.
            if line_end == self.at {
                return None;
            }
            self.decoded.push_str(&self.text[self.at..line_end]);
            end = line_end;
            self.at = end;
        }
        let recorded = match is_folded {
            true => Recorded::Decoded { start: decoded as u32, end: self.decoded.len() as u32, plain: true },
            false => Recorded::Slice { start: first.start as u32, end: first.end as u32, plain: true },
        };
        self.push(recorded, start, end);
        Some(())
    }

    /// Text in quotes that ends on its line.
    fn quoted(&mut self, quote: u8) -> Option<()> {
        let start = self.mark();
        let decoded = self.decoded.len();
        self.at += 1;
        let mut piece = self.at;
        loop {
            let rest = &self.bytes[self.at..];
            self.at += memchr::memchr3(quote, b'\\', b'\n', rest)?;
            match self.peek() {
                b'\\' if quote == b'"' => {
                    self.decoded.push_str(&self.text[piece..self.at]);
                    self.decoded.push(match self.byte(self.at + 1) {
                        b'n' => '\n',
                        b't' => '\t',
                        escaped @ (b'"' | b'\\' | b'/' | b' ') => char::from(escaped),
                        _ => return None,
                    });
                    self.at += 2;
                    piece = self.at;
                }
                b'\\' => self.at += 1,
                b'\n' => return None,
                _ if quote == b'\'' && self.byte(self.at + 1) == b'\'' => {
                    self.decoded.push_str(&self.text[piece..=self.at]);
                    self.at += 2;
                    piece = self.at;
                }
                _ => break,
            }
        }
        let recorded = match self.decoded.len() > decoded {
            true => {
                self.decoded.push_str(&self.text[piece..self.at]);
                Recorded::Decoded { start: decoded as u32, end: self.decoded.len() as u32, plain: false }
            }
            false => Recorded::Slice { start: piece as u32, end: self.at as u32, plain: false },
        };
        self.at += 1;
        self.push(recorded, start, self.at);
        Some(())
    }

    /// Text after `|` or `>`.
    fn block_scalar(&mut self, is_literal: bool, parent: usize) -> Option<()> {
        let start = self.mark();
        let decoded = self.decoded.len();
        self.at += 1;
        let chomping = self.peek();
        if matches!(chomping, b'+' | b'-') {
            self.at += 1;
        }
        self.skip_blanks();
        if self.peek() == b'#' {
            self.at = self.line_end();
        }
        if self.peek() != b'\n' {
            return None;
        }
        self.break_line();
        let (mut indent, mut deepest) = (None, 0);
        let (mut has_break, mut breaks, mut was_blank) = (false, 0, false);
        let mut end;
        loop {
            // Empty lines, and those with fewer blanks than the text has.
            end = self.at;
            loop {
                while self.peek() == b' ' && indent.is_none_or(|indent| self.column() < indent) {
                    self.at += 1;
                }
                deepest = deepest.max(self.column());
                if self.peek() != b'\n' {
                    break;
                }
                self.break_line();
                breaks += 1;
                end = self.at;
            }
            let indent = *indent.get_or_insert(deepest.max(parent + 1));
            if self.column() != indent || self.at == self.bytes.len() {
                break;
            }
            let is_blank = self.peek() == b' ';
            if has_break && (is_literal || was_blank || is_blank) {
                self.decoded.push('\n');
            } else if has_break && breaks == 0 {
                self.decoded.push(' ');
            }
            self.decoded.extend(std::iter::repeat_n('\n', std::mem::take(&mut breaks)));
            was_blank = is_blank;
            let line_end = self.line_end();
            self.decoded.push_str(&self.text[self.at..line_end]);
            self.at = line_end;
            has_break = self.peek() == b'\n';
            if has_break {
                self.break_line();
            }
        }
        if has_break && chomping != b'-' {
            self.decoded.push('\n');
        }
        if chomping == b'+' {
            self.decoded.extend(std::iter::repeat_n('\n', breaks));
        }
        let recorded =
            Recorded::Decoded { start: decoded as u32, end: self.decoded.len() as u32, plain: false };
        self.push(recorded, start, end);
        self.skip();
        Some(())
    }

    /// A list or a map in brackets.
    fn flow(&mut self, depth: usize) -> Option<()> {
        if depth > MAX_DEPTH {
            return None;
        }
        let is_map = self.peek() == b'{';
        let (event, close) = if is_map { (Recorded::MapStart, b'}') } else { (Recorded::ListStart, b']') };
        self.push(event, self.mark(), self.at + 1);
        self.at += 1;
        self.skip();
        while self.peek() != close {
            if is_map {
                let start = self.at;
                self.flow_scalar()?;
                self.skip_blanks();
                // Without a colon it is a key without a value, or text that goes on in the next line.
                if self.peek() != b':' || self.at - start > MAX_KEY {
                    return None;
                }
                self.at += 1;
                self.skip();
            }
            match self.peek() {
                b'[' | b'{' => self.flow(depth + 1)?,
                _ => self.flow_scalar()?,
            }
            self.skip();
            match self.peek() {
                b',' => {
                    self.at += 1;
                    self.skip();
                }
                next if next == close => {}
                _ => return None,
            }
        }
        let end = self.mark();
        self.at += 1;
        self.push(Recorded::End, end, self.at);
        Some(())
    }

    fn flow_scalar(&mut self) -> Option<()> {
        if self.is_frame() {
            return None;
        }
        match self.peek() {
            quote @ (b'"' | b'\'') => self.quoted(quote),
            first if is_plain_start(first, self.byte(self.at + 1)) => self.plain_line(true),
            _ => None,
        }
    }
}

/// Whether plain text may begin so. libyaml allows some more.
fn is_plain_start(first: u8, second: u8) -> bool {
    match first {
        b'-' => !matches!(second, b' ' | b'\n' | 0),
        b' ' | b'\n' | 0 | b'?' | b':' | b',' | b'[' | b']' | b'{' | b'}' | b'#' | b'&' | b'*' | b'!'
        | b'|' | b'>' | b'\'' | b'"' | b'%' | b'@' | b'`' => false,
        _ => true,
    }
}

#[cfg(test)]
#[path = "simple_tests.rs"]
mod tests;
