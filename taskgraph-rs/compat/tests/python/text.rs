//! Holds `taskgraph_compat::python` to what Python made of hard text: the tables of `tests/python_text`, written by `make.py` there.

use std::fmt::Debug;
use std::path::Path;

use super::typed_values::value;
use serde::de::DeserializeOwned;
use serde_json::Value as Json;
use taskgraph_compat::python::regex::{Captures, Regex, RegexError};
use taskgraph_compat::python::{base64, glob, path, shell, url};
use taskgraph_compat::value::Value;
use taskgraph_compat::{json, python};

/// The rows of a table.
fn table<Row: DeserializeOwned>(name: &str) -> Vec<Row> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/python_text").join(name);
    serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap()
}

/// Differences, row by row. All are reported at once, since one cause often shows in many rows.
#[derive(Default)]
struct Differences {
    rows: usize,
    found: Vec<String>,
}

impl Differences {
    fn compare<T: PartialEq + Debug>(&mut self, row: &dyn Debug, ours: T, theirs: T) {
        self.rows += 1;
        if ours != theirs {
            self.found.push(format!("{row:?}\n      here {ours:?}\n    Python {theirs:?}"));
        }
    }
}

impl Drop for Differences {
    fn drop(&mut self) {
        if std::thread::panicking() {
            return;
        }
        assert!(self.rows > 0, "the table is empty");
        let some: Vec<&str> = self.found.iter().take(40).map(String::as_str).collect();
        assert!(some.is_empty(), "{} of {} differ:\n{}", self.found.len(), self.rows, some.join("\n"));
    }
}

/// As make.py writes an answer: `=` and a text, or `!` and the name of the exception.
fn answer<E>(result: Result<impl AsRef<str>, E>, kind: impl Fn(&E) -> &'static str) -> String {
    match result {
        Ok(text) => format!("={}", text.as_ref()),
        Err(error) => format!("!{}", kind(&error)),
    }
}

#[test]
fn every_character_is_printed_or_escaped_as_in_python() {
    let mut differences = Differences::default();
    let mut runs = table::<(u32, u32)>("printable.json").into_iter().peekable();
    for character in '\0'..=char::MAX {
        let code = u32::from(character);
        while runs.next_if(|(_, last)| *last < code).is_some() {}
        let printable = runs.peek().is_some_and(|(first, _)| *first <= code);
        let plain = !matches!(character, '\\') && printable;
        let shown = python::repr(&character.to_string().as_str().into());
        differences.compare(&character, shown.contains(character) && !shown.contains('\\'), plain);
    }
}

#[test]
fn floats_are_written_as_in_python() {
    let mut differences = Differences::default();
    for (bits, repr, json) in table::<(String, String, Option<String>)>("floats.json") {
        let number = f64::from_bits(u64::from_str_radix(&bits, 16).unwrap());
        differences.compare(&bits, python::float_repr(number), repr);
        if let Some(json) = json {
            differences.compare(&bits, json::compact(&Value::Float(number)).unwrap(), json);
        }
    }
}

#[test]
fn integers_are_read_as_in_python() {
    let mut differences = Differences::default();
    for (text, theirs) in table::<(String, String)>("integers.json") {
        let ours = python::parse_int(&text).map(|number| python::str(&number));
        differences.compare(&text, answer(ours, |_| "ValueError"), theirs);
    }
}

#[test]
fn values_are_written_as_in_python() {
    let mut differences = Differences::default();
    for (cell, str, repr, ascii, dumps, sorted) in
        table::<(Json, String, String, String, String, Option<String>)>("values.json")
    {
        let value = value(&cell);
        differences.compare(&cell, python::str(&value), str);
        differences.compare(&cell, python::repr(&value), repr);
        differences.compare(&cell, python::ascii(&value), ascii);
        differences.compare(&cell, python::json::dumps(&value).unwrap(), dumps);
        let ours = json::compact_sorted(&value);
        // orjson writes null for them; here they are refused, wherever they stand.
        let theirs = sorted.unwrap_or_else(|| "!TypeError".into());
        differences.compare(&cell, answer(ours, |_| "TypeError"), theirs);
    }
}

#[test]
fn words_are_sorted_as_in_python() {
    let mut differences = Differences::default();
    for (mut words, sorted) in table::<(Vec<String>, Vec<String>)>("sorting.json") {
        let row = words.clone();
        words.sort();
        differences.compare(&row, words, sorted);
    }
}

#[test]
fn templates_are_filled_in_as_in_python() {
    let mut differences = Differences::default();
    let mut rows = table::<Json>("templates.json").into_iter();
    let names = value(&rows.next().unwrap());
    for row in rows {
        let (template, whole, partial): (String, String, String) = serde_json::from_value(row).unwrap();
        let find = |name: &str| names.get(name);
        let kind = python::FormatError::kind;
        differences.compare(&template, answer(python::format(&template, find), kind), whole);
        differences.compare(&template, answer(python::format_partial(&template, find), kind), partial);
    }
}

#[test]
fn paths_are_joined_and_taken_apart_as_in_python() {
    let mut differences = Differences::default();
    type Row = (String, String, String, String, String, String, (String, String), String);
    for (path, other, join, normpath, dirname, basename, (root, suffix), stem) in table::<Row>("paths.json") {
        differences.compare(&(&path, &other), path::join(&path, &other), join);
        differences.compare(&path, path::normpath(&path), normpath);
        differences.compare(&path, path::dirname(&path), &dirname);
        differences.compare(&path, path::basename(&path), &basename);
        differences.compare(&path, path::splitext(&path), (&root, &suffix));
        differences.compare(&path, path::stem(&path), &stem);
    }
}

#[test]
fn urls_are_joined_and_taken_apart_as_in_python() {
    let mut differences = Differences::default();
    for (base, address, joined, parts) in table::<(String, String, String, Json)>("urls.json") {
        let ours = answer(url::join(&base, &address), |_| "ValueError");
        differences.compare(&(&base, &address), ours, joined);
        let ours = match url::Url::split(&address) {
            Ok(url) => {
                let hostname = url.hostname();
                serde_json::json!([url.scheme, url.netloc, url.path, url.query, url.fragment, hostname])
            }
            Err(_) => "!ValueError".into(),
        };
        differences.compare(&address, ours, parts);
    }
}

#[test]
fn words_are_quoted_as_in_taskgraph() {
    let mut differences = Differences::default();
    for (words, quoted) in table::<(Vec<String>, String)>("words.json") {
        differences.compare(&words, shell::quote(&words), quoted);
    }
}

#[test]
fn file_patterns_match_as_in_taskgraph() {
    let mut differences = Differences::default();
    for (pattern, path, matches) in table::<(String, String, bool)>("globs.json") {
        differences.compare(&(&pattern, &path), glob::matches(&path, &pattern), Ok(matches));
    }
}

#[test]
fn base64_is_read_as_in_python() {
    let mut differences = Differences::default();
    for (text, theirs) in table::<(String, String)>("codes.json") {
        let ours =
            base64::decode(&text).map(|bytes| bytes.iter().map(|byte| format!("{byte:02x}")).collect());
        differences.compare(&text, ours.is_some(), theirs.starts_with('='));
        differences.compare(&text, ours, theirs.strip_prefix('=').map(str::to_owned));
    }
}

#[test]
fn regular_expressions_match_as_in_python() {
    let found = |captures: Result<Option<Captures<'_>>, RegexError>| match captures {
        Ok(captures) => captures.and_then(|captures| captures.get(0).map(|text| format!("={text}"))),
        Err(_) => Some("!error".into()),
    };
    let mut differences = Differences::default();
    type Row = (String, String, Option<String>, Option<String>);
    for (pattern, text, start, anywhere) in table::<Row>("patterns.json") {
        let row = (&pattern, &text);
        match Regex::new(&pattern) {
            Ok(regex) => {
                differences.compare(&row, found(regex.captures(&text)), start);
                differences.compare(&row, found(regex.search_captures(&text)), anywhere);
            }
            Err(error) => differences.compare(&(row, error), Some("!error".into()), start),
        }
    }
}
