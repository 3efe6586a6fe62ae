//! Lists and maps in brackets.

use crate::yaml::simple::scalars::is_plain_start;
use crate::yaml::simple::{MAX_DEPTH, MAX_KEY, Reader, RecordedEvent};

/// `None` from any of these functions leaves the text to libyaml.
impl Reader<'_> {
    /// A list or a map in brackets.
    pub(super) fn flow(&mut self, depth: usize) -> Option<()> {
        if depth > MAX_DEPTH {
            return None;
        }
        let is_map = self.peek() == b'{';
        let (event, close) =
            if is_map { (RecordedEvent::MapStart, b'}') } else { (RecordedEvent::ListStart, b']') };
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
        self.push(RecordedEvent::End, end, self.at);
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
