//! The events of a text in the subset of YAML that nearly every kind is written in.
//!
//! libyaml decodes, copies and classifies one character at a time. This reader slices the text, and leaves to libyaml
//! whatever is outside of its subset: [`read`] returns nothing for anchors, aliases, tags, directives, several documents,
//! tabs, carriage returns, what is not ASCII, quoted text over several lines, explicit keys, and for every error.
//!
//! Saves 14 % of the instructions of `full -J` at 510 tasks, 12 % at 903 (`benches/cost.py`). Invariant: the events are
//! those of libyaml, with their places; the tests compare both on all embedded kinds and on texts made at random.

mod blocks;
mod flow;
mod scalars;
#[cfg(test)]
mod tests;

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
    events: Vec<(RecordedEvent, Span)>,
    next: usize,
}

#[derive(Clone, Copy)]
enum RecordedEvent {
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
            self.events.get(self.next).copied().unwrap_or((RecordedEvent::Frame, Span::default()));
        self.next += 1;
        let scalar = |text, plain| Kind::Scalar { anchor: None, tag: None, text, plain };
        let kind = match recorded {
            RecordedEvent::Frame => Kind::Frame,
            RecordedEvent::StreamEnd => Kind::StreamEnd,
            RecordedEvent::Slice { start, end, plain } => {
                scalar(&self.text[start as usize..end as usize], plain)
            }
            RecordedEvent::Decoded { start, end, plain } => {
                scalar(&self.decoded[start as usize..end as usize], plain)
            }
            RecordedEvent::ListStart => Kind::ListStart { anchor: None, tag: None },
            RecordedEvent::MapStart => Kind::MapStart { anchor: None, tag: None },
            RecordedEvent::End => Kind::End,
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
    events: Vec<(RecordedEvent, Span)>,
}

/// `None` from any of these functions leaves the text to libyaml.
impl Reader<'_> {
    fn document(&mut self) -> Option<()> {
        self.skip();
        self.push(RecordedEvent::Frame, self.mark(), self.at);
        self.push(RecordedEvent::Frame, self.mark(), self.at);
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
        self.push(RecordedEvent::Frame, self.mark(), self.at);
        self.push(RecordedEvent::StreamEnd, self.mark(), self.at);
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

    fn push(&mut self, event: RecordedEvent, start: Mark, end: usize) {
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
}
