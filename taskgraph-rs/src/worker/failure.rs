//! What the Python of a tree has raised, as a problem with its place in the tree.

use std::path::Path;

use crate::json;
use crate::problem::{Machine, Problem, Problems};
use crate::source::{Place, Source, Span};
use crate::tree::Tree;
use crate::value::Value;

/// How many frames of the tree are shown besides the innermost one.
const MOST_FRAMES: usize = 5;

/// Where it happened: what the worker was asked for, and of which tree.
pub(super) struct Asked<'a> {
    /// The tree, whose paths are shown as people know them.
    pub tree: &'a Tree,
    /// What was to be done: ``kind `build` ``.
    pub what: &'a str,
    /// Where the reason for it stands.
    pub place: Option<Place>,
}

/// The problem that an error of the worker tells of.
pub(super) fn problem(error: &str, asked: &Asked<'_>) -> anyhow::Error {
    let error = match json::read(error) {
        Ok(error) => error,
        Err(why) => return anyhow::Error::from(why).context("the worker answers with what is no JSON"),
    };
    let killed = error.get("signal").and_then(Value::as_int);
    if let (Some("Died"), Some(signal)) = (error.get("type").and_then(Value::as_str), killed) {
        let what = anyhow::anyhow!("{}: the Python of the tree was running", asked.what);
        return what.context(Machine(format!("Python was killed by signal {signal}")));
    }
    Problems::from(told(&error, asked)).into()
}

fn told(error: &Value, asked: &Asked<'_>) -> Problem {
    let text = |key: &str| error.get(key).and_then(Value::as_str).unwrap_or_default();
    let message = text("message");
    let (first, rest) = message.split_once('\n').unwrap_or((message, ""));
    let what = asked.what;
    let headline = match text("type") {
        "SystemExit" => format!("{what}: the Python of the tree ends the process: {first}"),
        "TimedOut" => format!("{what}: the Python of the tree took too long: {first}"),
        "Died" => format!("{what}: {first}"),
        "MemoryError" => format!("{what}: the Python of the tree needs more memory than it may have"),
        "ModuleNotFoundError" | "ImportError" => format!("{what}: {first}"),
        class if first.is_empty() => format!("{what}: {class}"),
        class => format!("{what}: {class}: {first}"),
    };
    let mut problem = Problem::error("python", headline);
    let frames = places(error, asked.tree);
    let (inner, outer) = match frames.split_last() {
        Some((inner, outer)) => (Some(inner), outer),
        None => (None, &[][..]),
    };
    if let Some((place, function)) = inner {
        problem = problem.in_place(Some(place.clone()));
        problem.label = match text("transform") {
            "" => format!("in `{function}`"),
            transform => format!("in `{function}`, called by the transform `{transform}`"),
        };
    } else if let Some(place) = &asked.place {
        problem = problem.in_place(Some(place.clone()));
        if !text("transform").is_empty() {
            problem.label = format!("raised by the transform `{}`", text("transform"));
        }
    }
    for (place, function) in outer.iter().rev().take(MOST_FRAMES) {
        problem = problem.with(Some(place.clone()), format!("called in `{function}`"));
    }
    let mut more: Vec<&str> = rest.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let missing = error.get("module").and_then(Value::as_str).map(|module| {
        format!("`{module}` has to be there: a module of the tree, or a package installed beside Taskgraph")
    });
    more.extend(missing.as_deref());
    if !more.is_empty() {
        problem = problem.help(more.join("; "));
    }
    problem
}

/// The frames inside the tree, innermost last, and the functions they are in. A syntax error has its own place.
fn places(error: &Value, tree: &Tree) -> Vec<(Place, String)> {
    let syntax = error.get("syntax").filter(|syntax| syntax.as_map().is_some());
    let frames = error.get("frames").and_then(Value::as_list).unwrap_or_default();
    let inside = frames.iter().filter(|frame| frame.get("in_tree").is_some_and(Value::truthy));
    let mut places: Vec<_> = inside.filter_map(|frame| place(frame, tree)).collect();
    places.extend(syntax.and_then(|syntax| place(syntax, tree)));
    places
}

fn place(frame: &Value, tree: &Tree) -> Option<(Place, String)> {
    let file = Path::new(frame.get("file")?.as_str()?);
    let line = usize::try_from(frame.get("line")?.as_int()?).ok()?;
    let name = tree.shown_path(file);
    let function = frame.get("function").and_then(Value::as_str).unwrap_or(&name).to_owned();
    let text = std::fs::read(file).ok().map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    let source = Source::new(name, text.unwrap_or_default());
    let span = span_of_line(&source.text, line);
    Some((Place { source, span }, function))
}

/// What stands in a line, without the blanks around it.
fn span_of_line(text: &str, line: usize) -> Span {
    let start = text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum::<usize>();
    let content = text.get(start..).and_then(|rest| rest.lines().next()).unwrap_or_default();
    let indent = content.len() - content.trim_start().len();
    let span = Span::at(text, start + indent);
    // The text may be another one than the interpreter has read: the number of the line is the interpreter's.
    let line = u32::try_from(line).unwrap_or(u32::MAX);
    Span { line, end: span.start + content.trim().len() as u32, ..span }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_shown_without_the_blanks_around_it() {
        let span = span_of_line("one\n    two \n", 2);
        assert_eq!((span.line, span.column, span.start, span.end), (2, 5, 8, 11));
        assert_eq!(span_of_line("one\n", 9).line, 9);
    }

    fn said(error: &str) -> String {
        let tree = Tree::embedded(&[]);
        let asked = Asked { tree: &tree, what: "kind `build`", place: None };
        problem(error, &asked).to_string()
    }

    #[test]
    fn an_exception_is_told_with_its_class_and_message() {
        assert_eq!(
            said(r#"{"type": "ValueError", "message": "too large", "frames": []}"#),
            "kind `build`: ValueError: too large"
        );
        assert_eq!(
            said(r#"{"type": "SystemExit", "message": "sys.exit(0)", "frames": []}"#),
            "kind `build`: the Python of the tree ends the process: sys.exit(0)"
        );
        assert!(said("{").contains("no JSON"));
    }
}
