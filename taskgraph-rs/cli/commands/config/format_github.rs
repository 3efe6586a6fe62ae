//! Problems as annotations of a GitHub workflow: `::error file=…,line=…::message`.

use std::fmt::Write as _;

use crate::commands::config::results::Verdicts;
use crate::output_medium::one_line;
use taskgraph::diagnostics::Problem;

/// One line a problem.
pub(super) fn annotations(verdicts: &Verdicts) -> String {
    let mut out = String::new();
    for (file, problem) in verdicts.problems() {
        let place = problem.place.as_ref();
        let name = place.map_or(file.config.file.as_str(), |place| place.source.name.as_str());
        let mut properties = format!("file={}", property(name));
        // Writing into a string cannot fail.
        if let Some(place) = place {
            let _ = write!(properties, ",line={},col={}", place.span.line, place.span.column);
        }
        let _ = write!(properties, ",title={}", property(problem.code));
        let _ = writeln!(out, "::{} {properties}::{}", problem.severity.word(), data(&message(problem)));
    }
    out
}

/// All that is to be said, in one line: an annotation draws no source.
pub(super) fn message(problem: &Problem) -> String {
    let mut text = problem.message.clone();
    if !problem.path.0.is_empty() {
        text = format!("{text} (at {})", problem.path);
    }
    if !problem.label.is_empty() {
        text = format!("{text}: {}", problem.label);
    }
    for related in &problem.related {
        text = format!("{text}; {}: {}", related.place, related.label);
    }
    if let Some(help) = &problem.help {
        text = format!("{text}; {help}");
    }
    one_line(&text)
}

fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_means_something_to_github_is_escaped() {
        assert_eq!(data("50% of\nit"), "50%25 of%0Ait");
        assert_eq!(property("a:b,c"), "a%3Ab%2Cc");
    }
}
