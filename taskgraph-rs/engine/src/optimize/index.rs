//! Look-ups before a graph is optimized, and their answers.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::diagnostics::origin::problem_of;
use crate::diagnostics::{Problem, Problems, place_of_key, place_of_value};
use crate::error::Result;
use crate::parameters::LoadedValues;
use crate::schema::{Schema, optional, required};
use crate::task::id::TaskId;
use taskgraph_compat::source::Source;
use taskgraph_compat::value::path::KeyPath;
use taskgraph_compat::value::{Map, Str, Value};

/// The state of a task in the queue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaskState {
    /// `unscheduled`, `pending`, `running`, `completed`, `failed` or `exception`.
    pub state: Str,
    /// When it is forgotten, in RFC 3339.
    pub expires: Str,
    /// The reason for the end of its last run, if it has ended: `canceled`, `deadline-exceeded`, …
    pub reason: Option<Str>,
    /// The time that it took, if it completed.
    pub took: Option<Took>,
}

/// The time that a completed task took.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Took {
    /// The worker pool that it ran on: `provisioner/workerType`.
    pub pool: Str,
    /// All runs that it took, together: those that were interrupted, too, since machines were busy with them.
    pub seconds: u64,
}

/// The look-ups that a graph needs before it is optimized.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LookupRequest {
    /// Index paths, each once.
    pub index_paths: Vec<Str>,
    /// Tasks that stand in for those of the graph, each once: their states are asked for.
    pub tasks: Vec<TaskId>,
}

/// The answers: tasks in the index, and their states.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LookupAnswers {
    /// The index paths that lead to a task. All others lead nowhere.
    pub index: BTreeMap<Str, TaskId>,
    /// The tasks that the queue knows.
    pub states: BTreeMap<TaskId, TaskState>,
    /// The tasks that the queue was asked for and does not know, or knows no longer.
    pub unknown: BTreeSet<TaskId>,
}

/// The schema of a file of answers.
const SCHEMA: Schema = Schema::Open(
    &[
        optional("index", Schema::MapOf(&Schema::Str)),
        optional(
            "status",
            Schema::MapOf(&Schema::Open(
                &[required("state", Schema::Str), required("expires", Schema::Str)],
                &Schema::Any,
            )),
        ),
    ],
    &Schema::Any,
);

/// Looks up what is wanted. A failure is the machine's fault.
pub type Find<'f> = dyn Fn(&LookupRequest) -> Result<LookupAnswers> + 'f;

impl LookupAnswers {
    /// Reads answers that were written down as JSON: `{"index": {PATH: TASKID}, "status": {TASKID: {"state": …,
    /// "expires": …}}}`. Other keys are overlooked.
    pub fn read(source: Arc<Source>) -> Result<Self> {
        let LoadedValues { values, layer } = LoadedValues::read(source, true)?;
        let document = &layer.document;
        let violations = SCHEMA.check(&values.clone().into());
        let mut problems: Vec<Problem> = violations
            .iter()
            .map(|violation| problem_of(violation, violation.path.clone(), Some(document)))
            .collect();
        let mut found = LookupAnswers::default();
        let mut id = |text: &str, path: KeyPath, place_of: fn(&_, &_) -> _| match TaskId::parse(text) {
            Ok(id) => Some(id),
            Err(error) => {
                let place = Some(place_of(document, &path));
                problems.push(Problem::error("wrong-value", error.to_string()).at(path, "").in_place(place));
                None
            }
        };
        for (path, value) in section(&values, "index") {
            let at = KeyPath::dotted("index").join(path);
            if let Some(id) = value.as_str().and_then(|text| id(text, at, place_of_value)) {
                found.index.insert(path.clone(), id);
            }
        }
        for (task, value) in section(&values, "status") {
            let text = |key: &str| value.get(key).and_then(Value::as_str).unwrap_or_default().into();
            if let Some(id) = id(task, KeyPath::dotted("status").join(task), place_of_key) {
                found.states.insert(
                    id,
                    TaskState { state: text("state"), expires: text("expires"), reason: None, took: None },
                );
            }
        }
        Problems(problems).check()?;
        Ok(found)
    }
}

fn section<'v>(values: &'v Map, name: &str) -> impl Iterator<Item = (&'v Str, &'v Value)> {
    values.get(name).and_then(Value::as_map).into_iter().flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<LookupAnswers, String> {
        LookupAnswers::read(Source::new("found.json", text)).map_err(|error| error.to_string())
    }

    #[test]
    fn answers_are_read_from_a_file() {
        let found = read(
            r#"{"about": 1, "index": {"a.b": "vLbaYNyfFziQ1WZW1EAhcg"},
                "status": {"vLbaYNyfFziQ1WZW1EAhcg": {"state": "completed", "expires": "2026-01-01T00:00:00.000Z"}}}"#,
        )
        .unwrap();
        let id = &found.index["a.b"];
        assert_eq!(&*found.states[id].state, "completed");
    }

    #[test]
    fn all_that_is_wrong_is_reported_with_its_place() {
        let reported = read(
            "{\"index\": {\"a.b\": \"short\", \"c\": 1},\n \"status\": {\"x\": {\"state\": \"failed\"}}}",
        )
        .unwrap_err();
        let lines: Vec<&str> = reported.lines().collect();
        assert_eq!(lines.len(), 4, "{reported}");
        assert!(lines[0].starts_with("found.json:1:33: `c` must be a string"), "{reported}");
        assert!(lines[1].starts_with("found.json:2:13: missing key `expires`"), "{reported}");
        assert!(lines[3].starts_with("found.json:2:13: `x` is not a taskId"), "{reported}");
        assert!(lines[2].starts_with("found.json:1:19: `short` is not a taskId"), "{reported}");
    }
}
