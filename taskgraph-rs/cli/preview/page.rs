//! Lines of text under headings, columns of which line up.

use crate::report::one_line;

/// Lists are broken so that lines stay shorter than this, where their parts are.
const WIDTH: usize = 110;

/// A text that grows line by line. What a config has in it cannot break out of its line.
#[derive(Default)]
pub struct Page(String);

impl Page {
    /// A heading, with an empty line before it.
    pub fn heading(&mut self, text: &str) {
        if !self.0.is_empty() {
            self.0.push('\n');
        }
        self.line(text);
    }

    /// A line.
    pub fn line(&mut self, text: &str) {
        self.0.push_str(one_line(text).trim_end());
        self.0.push('\n');
    }

    /// Words of a list behind `start`, in as many lines as they need.
    pub fn list<S: AsRef<str>>(&mut self, start: &str, words: &[S]) {
        let indent = " ".repeat(start.chars().count());
        let mut line = start.to_owned();
        for (position, word) in words.iter().enumerate() {
            let word = word.as_ref();
            let comma = if position + 1 < words.len() { "," } else { "" };
            let is_first = line.trim_end().len() <= start.len() && position == 0 || line == indent;
            if !is_first && line.chars().count() + word.chars().count() + 2 > WIDTH {
                self.line(&line);
                line = indent.clone();
            } else if !is_first {
                line.push(' ');
            }
            line.push_str(word);
            line.push_str(comma);
        }
        self.line(&line);
    }

    /// Rows of which each column is as wide as its widest cell. Columns of `right` are set to the right.
    pub fn table(&mut self, indent: usize, right: &[usize], rows: &[Vec<String>]) {
        let columns = rows.iter().map(Vec::len).max().unwrap_or_default();
        let width = |column: usize| {
            rows.iter()
                .filter_map(|row| row.get(column))
                .map(|cell| cell.chars().count())
                .max()
                .unwrap_or_default()
        };
        let widths: Vec<usize> = (0..columns).map(width).collect();
        for row in rows {
            let mut line = " ".repeat(indent);
            for (column, cell) in row.iter().enumerate().filter(|(column, _)| widths[*column] > 0) {
                let pad = " ".repeat(widths[column] - cell.chars().count());
                match right.contains(&column) {
                    true => line.extend([pad.as_str(), cell, "  "]),
                    false => line.extend([cell, pad.as_str(), "  "]),
                }
            }
            self.line(&line);
        }
    }

    /// The text.
    pub fn into_text(self) -> String {
        self.0
    }
}
