//! Reads and writes files with earlier tasks: JSON, or JSON lines with a header.

use std::sync::Arc;

use crate::estimate::history::{EarlierRun, History};
use taskgraph::diagnostics::document::load;
use taskgraph::diagnostics::origin::problem_of;
use taskgraph::diagnostics::{Problem, Problems};
use taskgraph::error::Result;
use taskgraph::parameters::LoadedValues;
use taskgraph::schema::{STRINGS, Schema, Violation, What, optional, required};
use taskgraph::task::id::TaskId;
use taskgraph_compat::json;
use taskgraph_compat::source::{Place, Source, Span};
use taskgraph_compat::value::Value;
use taskgraph_compat::value::path::KeyPath;

/// The version of the schema of files with earlier tasks, and of those with prices.
pub(crate) const VERSION: i64 = 1;

/// After how many problems of a file with JSON lines the rest of it is left unread.
const PROBLEMS: usize = 100;

/// The first line of JSON lines.
const HEAD: Schema = Schema::Map(&[required("version", Schema::Int), optional("groups", STRINGS)]);

/// The whole of a JSON file; each of the runs is checked on its own.
const WHOLE: Schema = Schema::Map(&[
    required("version", Schema::Int),
    optional("groups", STRINGS),
    optional("runs", Schema::List(&Schema::Any)),
]);

/// Expected value of the seconds of a task.
const SECONDS: &str = "a number of seconds, at least 0";

/// A task.
const RUN: Schema = Schema::Map(&[
    required("kind", Schema::Str),
    required("pool", Schema::Str),
    required("seconds", Schema::Either(&[Schema::Int, Schema::Float], SECONDS)),
    optional("task", Schema::Str),
]);

impl History {
    /// Adds the tasks of a file. Reports all problems of the file at once.
    pub fn read(&mut self, source: &Arc<Source>, is_lines: bool) -> Result<()> {
        match is_lines {
            true => self.read_lines(source),
            false => self.read_whole(source),
        }
    }

    /// Returns the problems of the head; adds the groups that it names.
    fn head(&mut self, found: Option<&Value>, groups: Option<&Value>) -> Vec<Violation> {
        let mut violations: Vec<Violation> = version(found).into_iter().collect();
        let groups = groups.and_then(Value::as_list).unwrap_or_default();
        for (position, value) in groups.iter().enumerate() {
            let Some(text) = value.as_str() else { continue };
            match TaskId::parse(text) {
                Ok(group) => self.name_group(group),
                Err(_) => {
                    let path = KeyPath::default().join("groups").join(position);
                    violations.push(violation(path, value, "the id of a task group"));
                }
            }
        }
        violations
    }

    fn read_whole(&mut self, source: &Arc<Source>) -> Result<()> {
        let LoadedValues { values, layer } = LoadedValues::read(source.clone(), true)?;
        let mut violations = WHOLE.check(&values.clone().into());
        violations.extend(self.head(values.get("version"), values.get("groups")));
        let runs = values.get("runs").and_then(Value::as_list).unwrap_or_default();
        for (position, value) in runs.iter().enumerate() {
            match run(value, &KeyPath::default().join("runs").join(position)) {
                Ok(run) => self.add(run),
                Err(more) => violations.extend(more),
            }
        }
        let problems = violations
            .iter()
            .map(|violation| problem_of(violation, violation.path.clone(), Some(&layer.document)));
        Ok(Problems(problems.collect()).check()?)
    }

    fn read_lines(&mut self, source: &Arc<Source>) -> Result<()> {
        let mut problems = Vec::new();
        let mut has_head = false;
        let lines = source.text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
        for (before, line) in lines {
            if problems.len() >= PROBLEMS {
                break;
            }
            let value = match json::read(line) {
                Ok(value) => value,
                Err(error) => {
                    let error = error.to_string();
                    let (why, inside) = reason(&error);
                    let problem = Problem::error("syntax", format!("this line is not JSON: {why}"));
                    let inside = (0..=inside.min(line.len())).rev().find(|at| line.is_char_boundary(*at));
                    let start = line.as_ptr() as usize - source.text.as_ptr() as usize;
                    let span = Span::at(&source.text, start + inside.unwrap_or_default());
                    let place = Place { source: source.clone(), span };
                    problems.push(problem.in_place(Some(place)));
                    continue;
                }
            };
            let violations = if has_head {
                match run(&value, &KeyPath::default()) {
                    Ok(run) => {
                        self.add(run);
                        continue;
                    }
                    Err(violations) => violations,
                }
            } else {
                has_head = true;
                let mut violations = HEAD.check(&value);
                violations.extend(self.head(value.get("version"), value.get("groups")));
                violations
            };
            if violations.is_empty() {
                continue;
            }
            // The line where it stands in the file, so that places are those of the file.
            let text = format!("{}{line}", "\n".repeat(before));
            let (document, _) = load(Source::new(source.name.clone(), text))?;
            problems.extend(
                violations
                    .iter()
                    .map(|violation| problem_of(violation, violation.path.clone(), Some(&document))),
            );
        }
        if !has_head && problems.is_empty() {
            let message = format!("`{}` is empty: its first line has to be {{\"version\": 1}}", source.name);
            problems.push(Problem::error("missing-key", message));
        }
        Ok(Problems(problems).check()?)
    }

    /// The tasks as JSON lines, as [`History::read`] reads them.
    pub fn lines(&self) -> Result<String> {
        let mut text = format!("{{\"version\": {VERSION}}}\n");
        for run in self.runs() {
            text.push_str(&serde_json::to_string(run)?);
            text.push('\n');
        }
        Ok(text)
    }
}

/// Returns the violation of an unsupported version. The schema reports a missing one and one that is not an integer.
pub(super) fn version(found: Option<&Value>) -> Option<Violation> {
    let found = found.filter(|found| match found {
        Value::Int(number) => *number != VERSION,
        Value::Bool(_) => true,
        _ => false,
    })?;
    Some(violation(KeyPath::default().join("version"), found, "1: no other version is known"))
}

/// Something else stands where `allowed` has to stand.
pub(super) fn violation(path: KeyPath, found: &Value, allowed: &str) -> Violation {
    let found = match found {
        Value::Int(number) => number.to_string(),
        Value::Float(number) => number.to_string(),
        Value::Str(text) => format!("the text `{}`", taskgraph_compat::suggest::shorten(text)),
        other => other.sort().to_owned(),
    };
    Violation { path, what: What::Wrong { found, allowed: allowed.into(), nearest: None, instead: None } }
}

/// Splits an error into its text, without the number of the line, which is always the first, and the offset in bytes.
fn reason(error: &str) -> (&str, usize) {
    let (why, place) = error.split_once(" at line ").unwrap_or((error, ""));
    let column = place.rsplit(' ').next().and_then(|column| column.parse::<usize>().ok());
    (why, column.unwrap_or(1).saturating_sub(1))
}

fn run(value: &Value, path: &KeyPath) -> Result<EarlierRun, Vec<Violation>> {
    let mut violations: Vec<Violation> = RUN.check(value);
    for violation in &mut violations {
        violation.path = path.concat(&violation.path);
    }
    let text = |key: &str| value.get(key).and_then(Value::as_str);
    let pool = text("pool").unwrap_or_default();
    let is_pool = pool
        .split_once('/')
        .is_some_and(|(of, name)| !of.is_empty() && !name.is_empty() && !name.contains('/'));
    if let Some(found) = value.get("pool").filter(|found| !is_pool && found.as_str().is_some()) {
        violations.push(violation(path.join("pool"), found, "`provisioner/workerType`"));
    }
    let seconds = value.get("seconds").map(|found| (found, seconds(found)));
    // Others have another schema.
    if let Some((found @ (Value::Int(_) | Value::Float(_) | Value::Bool(_)), None)) = seconds {
        violations.push(violation(path.join("seconds"), found, SECONDS));
    }
    let task = text("task").map(TaskId::parse).transpose();
    if let (Err(_), Some(found)) = (&task, value.get("task")) {
        violations.push(violation(path.join("task"), found, "a taskId"));
    }
    match (seconds, text("kind"), task) {
        (Some((_, Some(seconds))), Some(kind), Ok(task)) if violations.is_empty() => {
            Ok(EarlierRun { kind: kind.into(), pool: pool.into(), seconds, task })
        }
        _ => Err(violations),
    }
}

fn seconds(value: &Value) -> Option<u64> {
    match value {
        Value::Int(number) => u64::try_from(*number).ok(),
        Value::Float(number) if number.is_finite() && *number >= 0.0 => Some(number.round() as u64),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, is_lines: bool) -> Result<History, String> {
        let mut history = History::default();
        let name = if is_lines { "h.jsonl" } else { "h.json" };
        let read = history.read(&Source::new(name, text), is_lines);
        read.map(|()| history).map_err(|error| error.to_string())
    }

    #[test]
    fn a_file_and_its_lines_say_the_same() {
        let whole = r#"{"version": 1, "runs": [
            {"kind": "a", "pool": "p/x", "seconds": 90, "task": "vLbaYNyfFziQ1WZW1EAhcg"},
            {"kind": "b", "pool": "p/y", "seconds": 1.6}]}"#;
        let history = read(whole, false).unwrap();
        let lines = history.lines().unwrap();
        assert_eq!(
            lines,
            "{\"version\": 1}\n\
             {\"kind\":\"a\",\"pool\":\"p/x\",\"seconds\":90,\"task\":\"vLbaYNyfFziQ1WZW1EAhcg\"}\n\
             {\"kind\":\"b\",\"pool\":\"p/y\",\"seconds\":2}\n"
        );
        assert_eq!(read(&lines, true).unwrap().runs(), history.runs());
    }

    #[test]
    fn all_that_is_wrong_is_reported_with_its_place() {
        let error = read(
            "{\"version\": 1,\n \"runs\": [{\"kind\": 1, \"pool\": \"x\", \"seconds\": -1},\n {\"kid\": \"a\", \"pool\": \"p/x\",\n \
             \"seconds\": true, \"task\": \"short\"}, 5]}",
            false,
        )
        .unwrap_err();
        for part in [
            "h.json:2:20: `kind` must be a string",
            "h.json:2:31: `pool` must be `provisioner/workerType`",
            "h.json:2:47: `seconds` must be a number of seconds, at least 0",
            "h.json:3:3: unknown key `kid`",
            "h.json:4:13: `seconds` must be",
            "h.json:4:27: `task` must be a taskId",
            "`runs[2]` must be a map",
        ] {
            assert!(error.contains(part), "{part}: {error}");
        }
        let error =
            read("{\"version\": 7}\n\n{\"kind\": \"a\", \"pool\": \"p/x\", \"seconds\": \"1\"}\nno\n", true);
        let error = error.unwrap_err();
        for part in [
            "h.jsonl:1:13: `version` must be 1",
            "h.jsonl:3:41: `seconds` must be",
            "h.jsonl:4:2: this line is not JSON",
        ] {
            assert!(error.contains(part), "{part}: {error}");
        }
        assert!(read("", true).unwrap_err().contains("is empty"));
        let error = read("{\"version\": true, \"groups\": [\"x\"]}", false).unwrap_err();
        for part in
            ["h.json:1:13: `version` must be 1", "h.json:1:30: `groups[0]` must be the id of a task group"]
        {
            assert!(error.contains(part), "{part}: {error}");
        }
        assert!(read("{}", false).unwrap_err().contains("missing key `version`"));
    }
}
