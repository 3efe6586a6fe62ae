//! Medium of a text: a terminal that has a width and colours, or a pipe or a file.

use std::io::{IsTerminal, stderr, stdout};
use std::path::Path;

use anstream::{AutoStream, ColorChoice};
use taskgraph_compat::redact::redact;
use taskgraph_compat::terminal::inert;
use terminal_size::{Width, terminal_size_of};
use unicode_width::UnicodeWidthStr as _;

/// The width of lists, tables and explanations in a pipe or a file. `README.md` names it.
pub(crate) const FIXED: usize = 100;

/// Lists and sentences do not get longer than this on a wide terminal: long lines are hard to read.
const WIDEST: usize = 120;

/// No text can be laid out in less.
const NARROWEST: usize = 40;

/// Medium of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OutputMedium {
    /// No line that can be broken is longer.
    pub width: usize,
    /// Width at which words that cannot be broken are cut; `None` to keep them whole.
    pub cut: Option<usize>,
    /// Whether colours are shown.
    pub is_coloured: bool,
}

impl OutputMedium {
    /// A file.
    pub const FILE: OutputMedium = OutputMedium { width: FIXED, cut: None, is_coloured: false };

    /// A file, or standard output as it is.
    pub fn of(path: Option<&Path>) -> Self {
        match path {
            Some(_) => OutputMedium::FILE,
            None => {
                let colours = AutoStream::choice(&stdout());
                OutputMedium::new(
                    stdout().is_terminal(),
                    terminal_size_of(stdout()).map(|size| size.0),
                    colours,
                )
            }
        }
    }

    /// Standard error as it is.
    pub fn stderr() -> Self {
        let colours = AutoStream::choice(&stderr());
        OutputMedium::new(stderr().is_terminal(), terminal_size_of(stderr()).map(|size| size.0), colours)
    }

    fn new(is_terminal: bool, columns: Option<Width>, colours: ColorChoice) -> Self {
        let columns = columns.filter(|_| is_terminal).map(|Width(columns)| usize::from(columns));
        // A terminal may not know its width, as in a container without one.
        let columns = columns.map(|columns| if columns == 0 { 80 } else { columns.max(NARROWEST) });
        OutputMedium {
            width: columns.map_or(FIXED, |columns| columns.min(WIDEST)),
            cut: columns,
            is_coloured: colours != ColorChoice::Never,
        }
    }
}

/// Returns the number of columns of a text.
pub(crate) fn columns(text: &str) -> usize {
    text.width()
}

/// A text in at most this many columns: what is too long loses its middle, as both ends of a label or a url say more.
pub(crate) fn shortened(text: &str, most: usize) -> String {
    if columns(text) <= most {
        return text.to_owned();
    }
    let room = most.saturating_sub(1);
    let start = fitting(text.chars(), room.div_ceil(2));
    let end: Vec<char> = fitting(text.chars().rev(), room - room.div_ceil(2));
    start.into_iter().chain(['…']).chain(end.into_iter().rev()).collect()
}

/// The first characters that fit.
fn fitting(chars: impl Iterator<Item = char>, room: usize) -> Vec<char> {
    let mut taken = 0;
    let width = |c: char| unicode_width::UnicodeWidthChar::width(c).unwrap_or_default();
    chars
        .take_while(|c| {
            taken += width(*c);
            taken <= room
        })
        .collect()
}

/// Words in lines of at most `width` columns. `first` columns of the first line are taken already.
pub(crate) fn broken(text: &str, first: usize, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    let mut taken = first;
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        let line = lines.last_mut().expect("there is a line from the beginning");
        let space = usize::from(!line.is_empty());
        if taken > 0 && taken + space + columns(word) > width {
            lines.push(word.to_owned());
            taken = columns(word);
            continue;
        }
        if space > 0 {
            line.push(' ');
        }
        line.push_str(word);
        taken += space + columns(word);
    }
    lines
}

/// The longest line that is shown, in characters: names may be of any length.
const LONGEST_LINE: usize = 2_000;

/// Control characters never reach a terminal raw, nor do users and passwords of urls.
pub(crate) fn one_line(text: &str) -> String {
    let redacted = redact(text);
    let shown = inert(&redacted);
    match shown.char_indices().nth(LONGEST_LINE) {
        Some((end, _)) => format!("{}…", &shown[..end]),
        None => shown.into_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_too_long_loses_its_middle() {
        assert_eq!(shortened("train-teacher-ru-en-1", 11), "train…-en-1");
        assert_eq!(shortened("short", 5), "short");
        assert_eq!(shortened("日本語日本語", 7), "日…語");
        assert!(columns(&shortened("日本語日本語", 7)) <= 7);
    }

    #[test]
    fn words_are_broken_into_lines() {
        assert_eq!(broken("aa bb cc", 0, 5), ["aa bb", "cc"]);
        assert_eq!(broken("aa bb cc", 3, 5), ["aa", "bb cc"]);
        assert_eq!(broken("aaaaaaaa bb", 3, 5), ["", "aaaaaaaa", "bb"]);
        assert_eq!(broken("", 3, 5), [""]);
    }

    #[test]
    fn only_a_terminal_has_a_width_of_its_own() {
        let of = |is_terminal, columns| OutputMedium::new(is_terminal, columns, ColorChoice::Never);
        assert_eq!(of(false, Some(Width(80))), OutputMedium::FILE);
        assert_eq!(of(true, Some(Width(80))), OutputMedium { width: 80, cut: Some(80), is_coloured: false });
        assert_eq!(of(true, Some(Width(200))).width, WIDEST);
        assert_eq!(of(true, Some(Width(200))).cut, Some(200));
        assert_eq!(of(true, Some(Width(0))).cut, Some(80));
    }
}
