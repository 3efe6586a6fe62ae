//! Exceptions of the tree's Python as problems with a place in the tree.

use std::path::Path;

use crate::diagnostics::Problem;
use crate::error::Error;
use crate::tree::Tree;
use taskgraph_compat::json;
use taskgraph_compat::source::{Place, Source, Span};
use taskgraph_compat::value::Value;

/// The number of frames of the tree that are shown besides the innermost one.
const MOST_FRAMES: usize = 5;

/// The circumstances: the request to the worker, and the tree.
pub(super) struct Circumstances<'a> {
    /// The tree, whose paths are shown as people know them.
    pub tree: &'a Tree,
    /// The activity: ``kind `build` ``.
    pub what: &'a str,
    /// The place of the key that was the reason for it.
    pub place: Option<Place>,
}

/// Converts an error of the worker.
pub(super) fn problem(error: &str, asked: &Circumstances<'_>) -> Error {
    let error = match json::read(error) {
        Ok(error) => error,
        Err(why) => return Error::refused(format!("the worker sent an answer that is not JSON: {why}")),
    };
    let killed = error.get("signal").and_then(Value::as_int).and_then(|signal| i32::try_from(signal).ok());
    if let (Some("Died"), Some(signal)) = (error.get("type").and_then(Value::as_str), killed) {
        return crate::python_worker::killed(asked.what, signal);
    }
    reported(&error, asked).into()
}

fn reported(error: &Value, asked: &Circumstances<'_>) -> Problem {
    let mut problem = Problem::error("python", headline(error, asked.what));
    let class = text(error, "type");
    let transform = text(error, "transform");
    let frames = places(error, asked.tree);
    let syntax = error.get("syntax").and_then(|syntax| place(syntax, asked.tree));
    if let Some((mut place, _)) = syntax {
        let column = error.get("syntax").and_then(|syntax| syntax.get("column")).and_then(Value::as_int);
        place.span = from_column(place.span, &place.source.text, column);
        problem = problem.in_place(Some(place)).at(Default::default(), "Python cannot read this");
        for (place, function) in frames.iter().rev().take(MOST_FRAMES) {
            problem = problem.with(Some(place.clone()), format!("needed here, in `{function}`"));
        }
    } else if let Some(((place, function), outer)) = frames.split_last() {
        problem = problem.in_place(Some(place.clone()));
        problem.label = match transform {
            "" => format!("in `{function}`"),
            transform => format!("in `{function}`, called by the transform `{transform}`"),
        };
        for (place, function) in outer.iter().rev().take(MOST_FRAMES) {
            problem = problem.with(Some(place.clone()), format!("called in `{function}`"));
        }
    } else {
        // Nothing of the tree was at work: what it has returned was taken apart.
        problem.label = match (class, transform) {
            ("UnknownLabels", _) => "it picks them".into(),
            (_, "") => elsewhere(error).unwrap_or_default(),
            (_, transform) if error.get("yielded").is_some_and(Value::truthy) => {
                format!("`{transform}` is the last transform")
            }
            (_, transform) => format!("raised by the transform `{transform}`"),
        };
        let definition = error.get("transform_at").filter(|at| at.get("in_tree").is_some_and(Value::truthy));
        problem = match definition.and_then(|at| place(at, asked.tree)) {
            Some((place, _)) => problem.in_place(Some(place)).with(asked.place.clone(), "named here"),
            None => problem.in_place(asked.place.clone()),
        };
    }
    let help = help(error);
    if !help.is_empty() {
        problem = problem.help(help.join("; "));
    }
    problem
}

fn quoted<'w>(words: impl IntoIterator<Item = &'w str>) -> Vec<String> {
    words.into_iter().map(|word| format!("`{word}`")).collect()
}

fn text<'e>(error: &'e Value, key: &str) -> &'e str {
    error.get(key).and_then(Value::as_str).unwrap_or_default()
}

/// Returns the exception in one line.
fn headline(error: &Value, what: &str) -> String {
    let first = text(error, "message").lines().next().unwrap_or_default();
    if let Some(yielded) = error.get("yielded").filter(|yielded| yielded.truthy()) {
        let task = match yielded.get("label").and_then(Value::as_str) {
            Some(label) => format!("`{label}` of the transforms is not a task"),
            None => "what the transforms yield is not a task".into(),
        };
        let missing = yielded.get("missing").and_then(Value::as_list).unwrap_or_default();
        let missing: Vec<&str> = missing.iter().filter_map(Value::as_str).collect();
        let found = text(yielded, "type");
        match (missing.is_empty(), found) {
            (false, _) => return format!("{what}: {task}: there is no {}", quoted(missing).join(" and no ")),
            (true, "dict") => {}
            (true, found) => return format!("{what}: {task}: found `{found}`"),
        }
    }
    match text(error, "type") {
        "SystemExit" => match error.get("exit") {
            Some(Value::Int(status)) => {
                format!("{what}: the Python of the tree ends the process with status {status}")
            }
            Some(Value::Null) | None => format!("{what}: the Python of the tree ends the process"),
            Some(_) => format!("{what}: the Python of the tree ends the process: {first}"),
        },
        "TimedOut" => format!("{what}: the Python of the tree took too long"),
        "MemoryError" => format!("{what}: the Python of the tree needs more memory than it may have"),
        "Unwritable" => {
            let of = match text(error, "label") {
                "" => String::new(),
                label => format!(" of `{label}`"),
            };
            let (path, found) = (text(error, "path"), text(error, "found"));
            let path = if path.is_empty() { "a value".into() } else { format!("`{path}`") };
            format!("{what}: {path}{of} has no place in JSON: found {found}")
        }
        "UnknownLabels" => {
            let labels = error.get("labels").and_then(Value::as_list).unwrap_or_default();
            format!("{what}: {first}: {}", quoted(labels.iter().filter_map(Value::as_str)).join(", "))
        }
        "Died" => match error.get("status").and_then(Value::as_int) {
            Some(status) => format!("{what}: the Python of the tree ended the process with status {status}"),
            None => format!("{what}: {first}"),
        },
        "ModuleNotFoundError" | "ImportError" => format!("{what}: {first}"),
        class if first.is_empty() => format!("{what}: {class}"),
        class => format!("{what}: {class}: {first}"),
    }
}

/// Returns the place of an exception without a frame of the tree: in Taskgraph, or in another package.
fn elsewhere(error: &Value) -> Option<String> {
    let frame = error.get("frames").and_then(Value::as_list)?.last()?;
    let (file, line) = (text(frame, "file"), frame.get("line")?.as_int()?);
    let packages = ["/site-packages/", "/dist-packages/"];
    let (_, short) = packages.iter().find_map(|folder| file.split_once(folder))?;
    Some(format!("raised by `{}` in {short}:{line}", text(frame, "function")))
}

/// The rest of the message, and what to do.
fn help(error: &Value) -> Vec<String> {
    let rest = text(error, "message").lines().skip(1).map(str::trim).filter(|line| !line.is_empty());
    let mut help: Vec<String> = rest.map(str::to_owned).collect();
    if let Some(module) = error.get("module").and_then(Value::as_str) {
        help.push(format!(
            "`{module}` has to be there: a module of the tree, or a package installed beside Taskgraph"
        ));
    }
    if error.get("yielded").is_some_and(Value::truthy) {
        help.push("a task has `label`, `description`, `attributes` and `task`".into());
    }
    match text(error, "type") {
        "Died" => help.push("something in it calls `os._exit`, or ends the process in C".into()),
        "TimedOut" => help.push("--python-timeout SECONDS gives it more time".into()),
        "MemoryError" => help.push("--python-memory MIB gives it more".into()),
        "Unwritable" => help
            .push("JSON has maps with strings for keys, lists, strings, numbers, booleans and null".into()),
        _ => {}
    }
    help
}

/// The frames inside the tree, innermost last, and the functions they are in.
fn places(error: &Value, tree: &Tree) -> Vec<(Place, String)> {
    let frames = error.get("frames").and_then(Value::as_list).unwrap_or_default();
    let inside = frames.iter().filter(|frame| frame.get("in_tree").is_some_and(Value::truthy));
    inside.filter_map(|frame| place(frame, tree)).collect()
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

/// Returns a line without the blanks around it.
fn span_of_line(text: &str, line: usize) -> Span {
    let start = text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum::<usize>();
    let content = text.get(start..).and_then(|rest| rest.lines().next()).unwrap_or_default();
    let indent = content.len() - content.trim_start().len();
    let span = Span::at(text, start + indent);
    // The text may be another one than the interpreter has read: the number of the line is the interpreter's.
    let line = u32::try_from(line).unwrap_or(u32::MAX);
    Span { line, end: span.start + content.trim().len() as u32, ..span }
}

/// Returns the rest of the line from a column on, if there is any.
fn from_column(span: Span, text: &str, column: Option<i64>) -> Span {
    let line = text.get(..span.start as usize).map_or(0, |before| before.rfind('\n').map_or(0, |at| at + 1));
    let columns = column.and_then(|column| usize::try_from(column).ok()?.checked_sub(1));
    let rest = text.get(line..).and_then(|rest| rest.lines().next()).unwrap_or_default();
    let at = columns.and_then(|columns| rest.char_indices().nth(columns)).map(|(at, _)| line + at);
    match at.filter(|at| (span.start as usize..span.end as usize).contains(at)) {
        Some(at) => Span { end: span.end, line: span.line, ..Span::at(text, at) },
        None => span,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_shown_without_the_blanks_around_it() {
        let span = span_of_line("one\n    two \n", 2);
        assert_eq!((span.line, span.column, span.start, span.end), (2, 5, 8, 11));
        assert_eq!(span_of_line("one\n", 9).line, 9);
        let span = from_column(span, "one\n    two \n", Some(6));
        assert_eq!((span.line, span.column, span.start, span.end), (2, 6, 9, 11));
        for column in [None, Some(0), Some(1), Some(40), Some(-1)] {
            assert_eq!(from_column(span, "one\n    two \n", column), span);
        }
    }

    fn said(error: &str) -> String {
        let tree = Tree::embedded(&[]);
        let asked = Circumstances { tree: &tree, what: "kind `build`", place: None };
        problem(error, &asked).to_string()
    }

    #[test]
    fn an_exception_is_reported_with_its_class_and_message() {
        assert_eq!(
            said(r#"{"type": "ValueError", "message": "too large", "frames": []}"#),
            "kind `build`: ValueError: too large"
        );
        assert_eq!(
            said(r#"{"type": "SystemExit", "message": "0", "exit": 0, "frames": []}"#),
            "kind `build`: the Python of the tree ends the process with status 0"
        );
        assert!(said("{").contains("not JSON"));
    }
}
