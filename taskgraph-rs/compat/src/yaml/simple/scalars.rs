//! Scalars: plain text, text in quotes, and text after `|` or `>`.

use crate::yaml::simple::{Reader, RecordedEvent};

/// `None` from any of these functions leaves the text to libyaml.
impl Reader<'_> {
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
    pub(super) fn plain_line(&mut self, in_flow: bool) -> Option<()> {
        let (start, end) = (self.mark(), self.plain_end(in_flow)?);
        self.push(RecordedEvent::Slice { start: start.at as u32, end: end as u32, plain: true }, start, end);
        self.at = end;
        Some(())
    }

    /// Plain text that may go on in further lines, as long as they are further right than `parent`.
    pub(super) fn plain(&mut self, parent: usize) -> Option<()> {
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
            true => {
                RecordedEvent::Decoded { start: decoded as u32, end: self.decoded.len() as u32, plain: true }
            }
            false => RecordedEvent::Slice { start: first.start as u32, end: first.end as u32, plain: true },
        };
        self.push(recorded, start, end);
        Some(())
    }

    /// Text in quotes that ends on its line.
    pub(super) fn quoted(&mut self, quote: u8) -> Option<()> {
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
                RecordedEvent::Decoded { start: decoded as u32, end: self.decoded.len() as u32, plain: false }
            }
            false => RecordedEvent::Slice { start: piece as u32, end: self.at as u32, plain: false },
        };
        self.at += 1;
        self.push(recorded, start, self.at);
        Some(())
    }

    /// Text after `|` or `>`.
    pub(super) fn block_scalar(&mut self, is_literal: bool, parent: usize) -> Option<()> {
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
            RecordedEvent::Decoded { start: decoded as u32, end: self.decoded.len() as u32, plain: false };
        self.push(recorded, start, end);
        self.skip();
        Some(())
    }
}

/// Whether plain text may begin so. libyaml allows some more.
pub(super) fn is_plain_start(first: u8, second: u8) -> bool {
    match first {
        b'-' => !matches!(second, b' ' | b'\n' | 0),
        b' ' | b'\n' | 0 | b'?' | b':' | b',' | b'[' | b']' | b'{' | b'}' | b'#' | b'&' | b'*' | b'!'
        | b'|' | b'>' | b'\'' | b'"' | b'%' | b'@' | b'`' => false,
        _ => true,
    }
}
