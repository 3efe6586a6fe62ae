//! Syntax errors of YAML, with their causes and corrections.

use std::fmt;
use std::sync::Arc;

use crate::source::{Place, Source, Span};
use crate::yaml::events::Fault;

/// A text that is no YAML, or not of the kind that is read here.
#[derive(Clone, Debug)]
pub struct YamlError {
    /// The message: lower case, no full stop.
    pub message: String,
    /// The place.
    pub place: Place,
}

impl fmt::Display for YamlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.message)
    }
}

impl std::error::Error for YamlError {}

/// An error whose text is known to the caller.
pub(super) struct Problem {
    pub message: String,
    pub span: Span,
}

impl Problem {
    pub(super) fn new(message: impl Into<String>, span: Span) -> Self {
        Problem { message: message.into(), span }
    }

    pub(super) fn into_error(self, source: &Arc<Source>) -> YamlError {
        YamlError { message: self.message, place: Place { source: source.clone(), span: self.span } }
    }

    /// Says in more helpful words what libyaml says.
    pub(super) fn from_fault(fault: Fault, text: &str) -> Self {
        const TAB: &str = "a tab cannot indent here: use spaces";
        let Fault { problem, at, context, quoted } = fault;
        let found = text.get(at.start as usize..).and_then(|rest| rest.chars().next());
        let (context, opened) = context.map_or((String::new(), at), |(context, opened)| (context, opened));
        let line = opened.line;
        if let Some(marker) = merge_marker(text) {
            return marker;
        }
        // What stands behind the end of such a text was meant to be in quotes: it was the next quote that ended it.
        if let Some((start, end)) = quoted.filter(|(_, end)| at.line == *end || opened.line == *end) {
            let message = format!(
                "the quote that opens here is closed by the next one, in line {end}: a quote is missing between them"
            );
            return Problem::new(message, start);
        }
        if let Some(smart) = smart_quote(text, at) {
            return smart;
        }
        let close = |wanted: &str, bracket: &str, sort: &str| match found {
            None => Problem::new(format!("the `{bracket}` is never closed"), opened),
            Some(_) => Problem::new(
                format!("expected `,` or `{wanted}` in the {sort} that `{bracket}` opens in line {line}"),
                at,
            ),
        };
        let message = match (problem.as_str(), found) {
            ("found character that cannot start any token", Some('\t')) => TAB.to_owned(),
            ("found character that cannot start any token", Some(c)) => {
                format!("a text cannot begin with `{c}`: put it in quotes")
            }
            ("control characters are not allowed", Some(c)) => {
                format!(
                    "the character U+{:04X} is not allowed, not even in quotes: write it as an escape",
                    c as u32
                )
            }
            ("mapping values are not allowed in this context", _) => {
                "a `:` is not allowed here: look at the indentation, or put the text in quotes".to_owned()
            }
            ("did not find expected ',' or ']'", _) => return close("]", "[", "list"),
            ("did not find expected ',' or '}'", _) => return close("}", "{", "map"),
            ("did not find expected node content", None) => {
                "the text ends where a value should be".to_owned()
            }
            ("did not find expected key", _) => {
                format!("expected a key of the map that begins in line {line}: look at the indentation")
            }
            ("did not find expected '-' indicator", _) => {
                format!("expected a `-` of the list that begins in line {line}: look at the indentation")
            }
            ("could not find expected ':'", _) => format!("expected a `:` after the key in line {line}"),
            ("found unexpected end of stream", _) if context.contains("quoted") => {
                return Problem::new("the quote is never closed", opened);
            }
            _ if problem.contains("tab character") => TAB.to_owned(),
            _ if context.is_empty() => problem,
            _ => format!("{problem} {context}"),
        };
        Problem { message, span: at }
    }
}

/// The marks with which git separates the two sides of an unfinished merge.
const CONFLICT: [&str; 3] = ["<<<<<<<", "=======", ">>>>>>>"];

/// The first line that git has left of a merge.
fn merge_marker(text: &str) -> Option<Problem> {
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let marker = CONFLICT.iter().find(|marker| {
            line.strip_prefix(**marker)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '\r', '\n']))
        });
        if let Some(marker) = marker {
            let message = format!(
                "`{marker}` is a mark of a merge with conflicts: decide for one of its sides, and take out the marks"
            );
            let span = Span { end: (start + marker.len()) as u32, ..Span::at(text, start) };
            return Some(Problem::new(message, span));
        }
        start += line.len();
    }
    None
}

/// The first quote of a printed text in the line of a fault, if it opens a word.
fn smart_quote(text: &str, at: Span) -> Option<Problem> {
    let offset = (at.start as usize).min(text.len());
    let start = text.get(..offset)?.rfind('\n').map_or(0, |at| at + 1);
    let line = text[start..].lines().next()?;
    let (found, quote) = line.char_indices().find(|(_, c)| matches!(c, '“' | '”' | '‘' | '’' | '„' | '‚'))?;
    let opens = line[..found].chars().next_back().is_none_or(|before| " \t[{,".contains(before));
    let span = Span { end: (start + found + quote.len_utf8()) as u32, ..Span::at(text, start + found) };
    opens.then(|| Problem::new(format!("`{quote}` is not a quote in YAML: write `\"` or `'`"), span))
}

#[cfg(test)]
mod tests {
    use crate::source::Source;
    use crate::yaml::read;

    #[test]
    fn errors_help_and_point_at_the_cause() {
        for (text, expected) in [
            ("a:\n\tb: 1\n", "2:1: a tab cannot indent here: use spaces"),
            ("é: [1, 2\n", "1:4: the `[` is never closed"),
            ("a: {b: 1\n", "1:4: the `{` is never closed"),
            ("a: [1, 2\nb: 3\n", "2:2: expected `,` or `]` in the list that `[` opens in line 1"),
            ("a: 'b\nc: d\n", "1:4: the quote is never closed"),
            (
                "a: \"b\nc: 1\nd: \"true\"\n",
                "1:4: the quote that opens here is closed by the next one, in line 3: a quote is missing between them",
            ),
            (
                "a:\n  - 'b\n  - c\n  - 'd'\n",
                "2:5: the quote that opens here is closed by the next one, in line 4: a quote is missing between them",
            ),
            (
                "x: [\"a, b]\ny: {c: \"d\"}\n",
                "1:5: the quote that opens here is closed by the next one, in line 2: a quote is missing between them",
            ),
            // A text of several lines that is well closed has nothing to do with what is wrong later.
            ("a: \"b\n  c\"\nd: [1\n", "3:4: the `[` is never closed"),
            (
                "a: 1\n<<<<<<< HEAD\nb: 2\n=======\nb: 3\n>>>>>>> other\n",
                "2:1: `<<<<<<<` is a mark of a merge with conflicts: decide for one of its sides, and take out the marks",
            ),
            (
                "a: 1\nb: 2\n=======\nb: 3\n",
                "3:1: `=======` is a mark of a merge with conflicts: decide for one of its sides, and take out the marks",
            ),
            ("a: “b: c”\n", "1:4: `“` is not a quote in YAML: write `\"` or `'`"),
            ("a: [‘b’: {]\n", "1:5: `‘` is not a quote in YAML: write `\"` or `'`"),
            (
                "a: b: c\n",
                "1:5: a `:` is not allowed here: look at the indentation, or put the text in quotes",
            ),
            ("a: @b\n", "1:4: a text cannot begin with `@`: put it in quotes"),
            (
                "a:\n  - b\n - c\n",
                "3:2: expected a key of the map that begins in line 1: look at the indentation",
            ),
            ("a: 1\nb\n", "3:1: expected a `:` after the key in line 2"),
            (
                "é: \u{7}\n",
                "1:4: the character U+0007 is not allowed, not even in quotes: write it as an escape",
            ),
        ] {
            let error = read(Source::new("a.yml", text)).unwrap_err();
            assert_eq!(error.to_string(), format!("a.yml:{expected}"), "{text:?}");
        }
    }
}
