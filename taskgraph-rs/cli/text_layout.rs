//! Lines of text under headings, columns of which line up, laid out for what they are written for.

use anstyle::{AnsiColor, Effects, Style};

use crate::output_medium::one_line;
use crate::output_medium::{OutputMedium, broken, columns, shortened};

/// Between two columns of a table.
const GAP: usize = 2;

/// The last column of a table stands below the others, where there is less room for it than this.
const NARROW: usize = 24;

/// Style of the start of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextStyle {
    /// Like all other text.
    Template,
    /// A heading.
    Heading,
    /// The name of something that is described.
    Name,
    /// Something that is there now.
    Added,
    /// Something that is not there any more.
    Removed,
    /// Something that is another thing now.
    Changed,
    /// Detail.
    Faint,
    /// A warning.
    Warning,
}

impl TextStyle {
    fn style(self) -> Style {
        let colour = |colour: AnsiColor| Style::new().fg_color(Some(colour.into()));
        match self {
            TextStyle::Template => Style::new(),
            TextStyle::Heading => Style::new().effects(Effects::BOLD),
            TextStyle::Name => colour(AnsiColor::Cyan),
            TextStyle::Added => colour(AnsiColor::Green),
            TextStyle::Removed => colour(AnsiColor::Red),
            TextStyle::Changed => colour(AnsiColor::Yellow),
            TextStyle::Faint => Style::new().effects(Effects::DIMMED),
            TextStyle::Warning => colour(AnsiColor::Yellow).effects(Effects::BOLD),
        }
    }
}

/// A text that grows line by line. What a config has in it cannot break out of its line.
pub struct Page {
    text: String,
    medium: OutputMedium,
}

impl Page {
    /// An empty page.
    pub fn new(medium: OutputMedium) -> Self {
        Page { text: String::new(), medium }
    }

    /// A heading, with an empty line before it.
    pub fn heading(&mut self, text: &str) {
        self.heading_in(TextStyle::Heading, text);
    }

    /// A heading in another colour.
    pub fn heading_in(&mut self, ink: TextStyle, text: &str) {
        if !self.text.is_empty() {
            self.text.push('\n');
        }
        self.wrapped(ink, "", text);
    }

    /// A line. On a terminal it is broken where it is too long; the lines that it goes on in are indented.
    pub fn line(&mut self, text: &str) {
        self.wrapped(TextStyle::Template, "", text);
    }

    /// A line that starts in a colour.
    pub fn line_in(&mut self, ink: TextStyle, start: &str, rest: &str) {
        self.wrapped(ink, start, rest);
    }

    /// A sentence behind `start`, in as many lines as it needs, each of them below the first word.
    pub fn sentence(&mut self, start: &str, text: &str) {
        let (start, text) = (one_line(start), one_line(text));
        let indent = columns(&start);
        let lines = broken(&text, 0, self.medium.width.saturating_sub(indent).max(NARROW));
        for (position, line) in lines.iter().enumerate() {
            let start = if position == 0 { start.clone() } else { " ".repeat(indent) };
            self.push(TextStyle::Template, "", &format!("{start}{}", self.cut(line, indent)));
        }
    }

    /// Words of a list behind `start`, in as many lines as they need.
    pub fn list<S: AsRef<str>>(&mut self, start: &str, words: &[S]) {
        self.list_in(TextStyle::Template, start, words);
    }

    /// The same, with a start in a colour.
    pub fn list_in<S: AsRef<str>>(&mut self, ink: TextStyle, start: &str, words: &[S]) {
        let start = one_line(start);
        let indent = columns(&start);
        let room = self.medium.width.saturating_sub(indent);
        let mut line = String::new();
        let mut start = start.as_str();
        let space = " ".repeat(indent);
        for (position, word) in words.iter().enumerate() {
            let comma = if position + 1 < words.len() { "," } else { "" };
            let word = self.cut(&one_line(word.as_ref()), indent + comma.len());
            let gap = usize::from(!line.is_empty());
            if gap > 0 && columns(&line) + gap + columns(&word) + comma.len() > room {
                self.push(ink, start, &line);
                (start, line) = (&space, String::new());
            } else if gap > 0 {
                line.push(' ');
            }
            line.push_str(&word);
            line.push_str(comma);
        }
        self.push(ink, start, &line);
    }

    /// Rows, the first of which is the heading. Each column is as wide as its widest cell. Columns of `right` are set to the right. The last
    /// column is broken into lines, and stands below the others where there is no room for it.
    pub fn table(&mut self, indent: usize, right: &[usize], rows: &[Vec<String>]) {
        let mut rows: Vec<Vec<String>> =
            rows.iter().map(|row| row.iter().map(|cell| one_line(cell)).collect()).collect();
        let number = rows.iter().map(Vec::len).max().unwrap_or_default();
        let mut widths: Vec<usize> = (0..number)
            .map(|column| {
                rows.iter()
                    .filter_map(|row| row.get(column))
                    .map(|cell| columns(cell))
                    .max()
                    .unwrap_or_default()
            })
            .collect();
        let Some((last, others)) = widths.split_last_mut() else { return };
        let taken = |others: &[usize]| {
            indent + others.iter().filter(|width| **width > 0).map(|width| width + GAP).sum::<usize>()
        };
        let room = self.medium.width.saturating_sub(taken(others));
        let is_below = *last > room && room < NARROW;
        // What cannot be broken loses its middle, the widest first.
        let needed = if is_below { 0 } else { (*last).min(NARROW) };
        while let Some(most) = self.medium.cut
            && taken(others) + needed > most + if is_below { GAP } else { 0 }
            && let Some(widest) = others.iter_mut().max()
            && *widest > NARROW / 2
        {
            *widest -= 1;
        }
        for row in &mut rows {
            for (cell, width) in row.iter_mut().zip(others.iter()) {
                *cell = shortened(cell, *width);
            }
        }
        let below = indent + NARROW / 4;
        let room = self.medium.width.saturating_sub(if is_below { below } else { taken(others) });
        for (position, row) in rows.iter().enumerate() {
            let mut line = " ".repeat(indent);
            for (column, cell) in row.iter().take(others.len()).enumerate().filter(|(at, _)| others[*at] > 0)
            {
                let pad = " ".repeat(others[column] - columns(cell));
                let gap = " ".repeat(GAP);
                match right.contains(&column) {
                    true => line.extend([pad.as_str(), cell, &gap]),
                    false => line.extend([cell, pad.as_str(), &gap]),
                }
            }
            let mut start = line;
            let text = row.get(others.len()).map(String::as_str).unwrap_or_default();
            // Figures are not broken, and stand below one another.
            if right.contains(&others.len()) {
                start.push_str(&" ".repeat(last.saturating_sub(columns(text))));
            }
            if is_below {
                self.push(TextStyle::Template, "", &start);
                start = " ".repeat(below);
                // A heading that stands below the others names nothing.
                if text.is_empty() || position == 0 {
                    continue;
                }
            }
            let more = " ".repeat(columns(&start));
            for (position, part) in broken(text, 0, room.max(NARROW)).iter().enumerate() {
                let start = if position == 0 { &start } else { &more };
                self.push(TextStyle::Template, "", &format!("{start}{}", self.cut(part, columns(start))));
            }
        }
    }

    /// The text.
    pub fn into_text(self) -> String {
        self.text
    }

    /// A word that cannot be broken, behind so many columns.
    fn cut(&self, word: &str, taken: usize) -> String {
        match self.medium.cut {
            Some(most) => shortened(word, most.saturating_sub(taken).max(NARROW / 2)),
            None => word.to_owned(),
        }
    }

    fn wrapped(&mut self, ink: TextStyle, start: &str, rest: &str) {
        // A heading is of one colour.
        let (start, rest) =
            if start.is_empty() && ink != TextStyle::Template { (rest, "") } else { (start, rest) };
        let (start, rest) = (one_line(start), one_line(rest));
        let Some(_) =
            self.medium.cut.filter(|_| columns(&start) + columns(rest.trim_end()) > self.medium.width)
        else {
            return self.push(ink, &start, &rest);
        };
        let (ink, text) =
            if rest.is_empty() { (ink, start) } else { (TextStyle::Template, format!("{start}{rest}")) };
        let indent = text.len() - text.trim_start_matches(' ').len();
        // Columns that line up keep their places in the first line.
        let mut line = " ".repeat(indent);
        let more = " ".repeat(indent + 2 * GAP);
        for word in text[indent..].split_inclusive(' ') {
            let is_first = line.trim_start().is_empty();
            if !is_first && columns(&line) + columns(word.trim_end()) > self.medium.width {
                self.coloured(ink, &line);
                line.clone_from(&more);
                if word.trim().is_empty() {
                    continue;
                }
            }
            if line == more && word.trim().is_empty() {
                continue;
            }
            let taken = columns(&line);
            let ending = &word[word.trim_end().len()..];
            line.push_str(&self.cut(word.trim_end(), taken));
            line.push_str(ending);
        }
        if !line.trim().is_empty() {
            self.coloured(ink, &line);
        }
    }

    fn coloured(&mut self, ink: TextStyle, line: &str) {
        match ink {
            TextStyle::Template => self.push(ink, "", line),
            ink => self.push(ink, line.trim_end(), ""),
        }
    }

    /// One line as it is, the start of it in a colour.
    fn push(&mut self, ink: TextStyle, start: &str, rest: &str) {
        let rest = rest.trim_end();
        let start = if rest.is_empty() { start.trim_end() } else { start };
        match self.medium.is_coloured && ink != TextStyle::Template && !start.trim().is_empty() {
            true => {
                let style = ink.style();
                self.text.push_str(&format!("{style}{start}{style:#}{rest}"));
            }
            false => self.text.extend([start, rest]),
        }
        self.text.push('\n');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn terminal(columns: usize) -> OutputMedium {
        OutputMedium { width: columns.min(120), cut: Some(columns), is_coloured: false }
    }

    fn written(medium: OutputMedium, write: impl FnOnce(&mut Page)) -> String {
        let mut page = Page::new(medium);
        write(&mut page);
        page.into_text()
    }

    fn rows() -> Vec<Vec<String>> {
        let pool = "b-linux-large-gcp-1tb-32-256-d2g-with-a-long-name";
        let row = |cells: [&str; 4]| cells.map(str::to_owned).to_vec();
        vec![
            row(["tasks", "worker pool", "at most", ""]),
            row(["6", pool, "36 d", "alignments-original, alignments-backtranslated and 3 more kinds"]),
            row(["20", "images", "-", "all"]),
        ]
    }

    #[test]
    fn a_table_fits_any_terminal_and_keeps_its_columns() {
        for width in [80, 100, 200] {
            let text = written(terminal(width), |page| page.table(2, &[0, 2], &rows()));
            assert!(text.lines().all(|line| columns(line) <= width), "{text}");
            let at = |word: &str| text.lines().find_map(|line| line.find(word)).unwrap();
            assert_eq!(at("worker pool"), at("b-linux"), "{text}");
            assert!(text.contains("alignments-original,") && text.contains("more kinds"), "{text}");
        }
        let narrow = written(terminal(50), |page| page.table(2, &[0, 2], &rows()));
        assert!(narrow.contains("b-linux-large") && narrow.contains('…'), "{narrow}");
        assert!(narrow.lines().all(|line| columns(line) <= 50), "{narrow}");
    }

    #[test]
    fn nothing_is_cut_where_no_terminal_is() {
        let long = format!("https://example.org/{}", "x".repeat(200));
        let text = written(OutputMedium::FILE, |page| {
            page.line(&format!("  a   {long}"));
            page.list("  ", &[&long, "b"]);
            page.table(2, &[], &[vec![long.clone(), "c".into()]]);
        });
        assert_eq!(text.matches(&long).count(), 3, "{text}");
    }

    #[test]
    fn a_long_line_goes_on_in_the_next_and_a_long_word_loses_its_middle() {
        let long = format!("https://example.org/{}/teacher-1", "x".repeat(200));
        let text = written(terminal(80), |page| page.line(&format!("    train-teacher-ru-en-1   {long}")));
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines[0], "    train-teacher-ru-en-1", "{text}");
        assert!(lines[1].starts_with("        https://example.org/xxx"), "{text}");
        assert!(lines[1].ends_with("/teacher-1") && lines[1].contains('…'), "{text}");
        assert_eq!((lines.len(), columns(lines[1])), (2, 80), "{text}");
    }

    #[test]
    fn colours_are_for_those_who_see_them() {
        let medium = |is_coloured| OutputMedium { is_coloured, ..terminal(80) };
        let write = |page: &mut Page| {
            page.heading("Heading");
            page.list_in(TextStyle::Removed, "  - 1 gone  ", &["a\u{1b}[31m"]);
        };
        assert_eq!(written(medium(false), write), "Heading\n  - 1 gone  a\\u{1b}[31m\n");
        let coloured = written(medium(true), write);
        assert_eq!(coloured, "\u{1b}[1mHeading\u{1b}[0m\n\u{1b}[31m  - 1 gone  \u{1b}[0ma\\u{1b}[31m\n");
    }
}
