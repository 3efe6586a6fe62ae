//! Lists and maps in block style, and the nodes in them.

use crate::yaml::simple::scalars::is_plain_start;
use crate::yaml::simple::{MAX_DEPTH, MAX_KEY, Mark, Reader, RecordedEvent};

/// `None` from any of these functions leaves the text to libyaml.
impl Reader<'_> {
    fn is_entry(&self) -> bool {
        self.peek() == b'-' && self.is_space(self.at + 1)
    }

    /// A list or a map that begins here, in block style.
    pub(super) fn block_collection(&mut self, depth: usize) -> Option<()> {
        if depth > MAX_DEPTH || self.is_frame() {
            return None;
        }
        let start = self.mark();
        if self.is_entry() {
            self.push(RecordedEvent::ListStart, start, start.at);
            return self.entries(start.column, false, depth);
        }
        self.push(RecordedEvent::MapStart, start, start.at);
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
                    self.push(RecordedEvent::End, self.end_of_block(column), self.at);
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
                self.push(RecordedEvent::ListStart, start, start.at + 1);
                self.entries(column, true, depth + 1)?;
            } else {
                self.empty(after_colon);
            }
            if !self.goes_on(column)? {
                self.push(RecordedEvent::End, self.end_of_block(column), self.at);
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

    /// Returns the place at which libyaml notices that a block in this column ends: the next token, or a line after the
    /// last one.
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
        self.push(RecordedEvent::Slice { start: at, end: at, plain: true }, mark, mark.at);
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
}
