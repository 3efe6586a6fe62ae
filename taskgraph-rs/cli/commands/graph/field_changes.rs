//! Fields that differ, as lines of text.

use crate::text_layout::{Page, TextStyle};
use taskgraph::graph::diff::FieldChange;
use taskgraph_compat::json;
use taskgraph_compat::value::Value;

/// Largest number of characters of a value that are shown without `--all`.
const WIDTH: usize = 72;

/// Largest number of fields of one list that are shown without `--all`.
const SHOWN: usize = 8;

/// The fields below one another: what went, what came, what became something else.
pub(super) fn fields(page: &mut Page, indent: usize, fields: &[FieldChange], all: bool) {
    let pad = " ".repeat(indent);
    let shown = if all { fields.len() } else { SHOWN };
    for change in fields.iter().take(shown) {
        let path = &change.path;
        match (&change.before, &change.after) {
            (None, after) => {
                let rest = format!(" {}", short(after.as_ref(), all));
                page.line_in(TextStyle::Added, &format!("{pad}+ {path}:"), &rest);
            }
            (before, None) => {
                let rest = format!(" {}", short(before.as_ref(), all));
                page.line_in(TextStyle::Removed, &format!("{pad}- {path}:"), &rest);
            }
            (Some(before), Some(after)) => {
                let (before, after) = if all { (text(before), text(after)) } else { apart(before, after) };
                page.line_in(TextStyle::Changed, &format!("{pad}~ {path}:"), &format!(" {before}"));
                page.line(&format!("{pad}{} → {after}", " ".repeat(path.to_string().chars().count())));
            }
        }
    }
    if shown < fields.len() {
        page.line(&format!("{pad}… and {} more (--all lists them)", fields.len() - shown));
    }
}

fn text(value: &Value) -> String {
    json::compact(value).unwrap_or_default()
}

fn short(value: Option<&Value>, all: bool) -> String {
    let text = value.map(text).unwrap_or_default();
    if all { text } else { cut(&text, 0) }
}

/// Two values, from shortly before where they begin to differ.
fn apart(before: &Value, after: &Value) -> (String, String) {
    let (before, after) = (text(before), text(after));
    let same = before.chars().zip(after.chars()).take_while(|(a, b)| a == b).count();
    let start = if before.chars().count().max(after.chars().count()) > WIDTH {
        same.saturating_sub(WIDTH / 4)
    } else {
        0
    };
    (cut(&before, start), cut(&after, start))
}

fn cut(text: &str, start: usize) -> String {
    let length = text.chars().count();
    let mut out: String = text.chars().skip(start).take(WIDTH).collect();
    if start > 0 {
        out.insert(0, '…');
    }
    if start + WIDTH < length {
        out.push('…');
    }
    out
}

#[cfg(test)]
mod tests {
    use taskgraph::graph::diff::changes;

    use super::*;

    #[test]
    fn long_values_are_shown_where_they_differ() {
        let value = |middle: &str| Value::from(format!("{}{middle}{}", "a".repeat(100), "b".repeat(100)));
        let mut page = Page::new(crate::output_medium::OutputMedium::FILE);
        fields(&mut page, 2, &changes(&value("x"), &value("y")), false);
        let text = page.into_text();
        let lines: Vec<&str> = text.lines().collect();
        assert!(
            lines[0].contains("…aaaa") && lines[0].contains("aaxbb") && lines[0].ends_with('…'),
            "{text}"
        );
        assert!(lines[1].contains("aaybb"), "{text}");
    }
}
