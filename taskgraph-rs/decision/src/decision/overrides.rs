//! Overrides of parameters: from `try_task_config.json`, with a try push or a pull request, or from a git note.

use std::path::Path;
use std::sync::Arc;

use crate::decision::DecisionEvent;
use taskgraph::diagnostics::document::{equal_keys, load};
use taskgraph::diagnostics::origin::problem_of;
use taskgraph::diagnostics::{Problem, Problems, place_of_key, place_of_value};
use taskgraph::error::Result;
use taskgraph::parameters::{Layer, LoadedValues, Params, read_file};
use taskgraph::schema::{Schema, found, optional, required};
use taskgraph::taskgraph_version::TaskgraphVersion;
use taskgraph::tree::git::Repository;
use taskgraph_compat::source::Source;
use taskgraph_compat::value::path::KeyPath;
use taskgraph_compat::value::{Map, Value};
use taskgraph_compat::yaml::Document;

/// The file that is looked for in the current directory.
const FILE: &str = "try_task_config.json";

/// Git ref of the notes that hold parameters.
const NOTES: &str = "refs/notes/decision-parameters";

/// The one version that is known.
const VERSION: i64 = 2;

const SCHEMA: Schema =
    Schema::Map(&[required("version", Schema::Int), optional("parameters", Schema::MapOf(&Schema::Any))]);

/// Puts parameters that somebody brings along over those that are there: those of the file, those of a git note. Which are
/// read, the event says, and from Taskgraph 24 on the caller.
/// Python: `taskgraph.decision.set_try_config` and `get_decision_parameters`.
pub(super) fn apply(
    version: TaskgraphVersion,
    event: &DecisionEvent,
    (directory, repository): (&Path, &Repository),
    params: &mut Params,
    notes: &mut Vec<String>,
) -> Result<()> {
    let allowed = event.allow_parameter_override;
    if allowed && !version.reads_parameters_of_notes() {
        notes
            .push(format!("`--allow-parameter-override` does nothing: Taskgraph {version} has no such flag"));
    }
    let has_read = of_file(version, event, directory, params, notes)?;
    let reads_note = allowed && version.reads_parameters_of_notes();
    match reads_note && !(has_read && version.asks_for_parameter_override()) {
        true => of_note(repository, params, notes),
        false => Ok(()),
    }
}

/// Reads the file, if it is there and the event is one that may bring some. Whether it was read.
fn of_file(
    version: TaskgraphVersion,
    event: &DecisionEvent,
    directory: &Path,
    params: &mut Params,
    notes: &mut Vec<String>,
) -> Result<bool> {
    let is_try_push = event.project.contains("try") && event.tasks_for == "hg-push";
    let (applies, who) = match version.asks_for_parameter_override() {
        true => (event.allow_parameter_override, "`--allow-parameter-override` has to say so"),
        false => (
            is_try_push || event.tasks_for == "github-pull-request",
            "only try pushes and pull requests bring parameters",
        ),
    };
    let path = directory.join(event.try_task_config.as_deref().unwrap_or(Path::new(FILE)));
    match (&event.try_task_config, path.is_file(), applies) {
        (Some(given), false, _) => {
            let message = format!("`--try-task-config-file` names no file: `{}`", given.display());
            return Err(Problems::from(Problem::error("wrong-flag", message)).into());
        }
        (Some(given), true, false) => {
            notes.push(format!("`{}` is not read: {who}", given.display()));
        }
        _ => {}
    }
    if !applies || !path.is_file() {
        return Ok(false);
    }
    let given = read_file(&path)?;
    let document = &given.layer.document;
    notes.extend(equal_keys(document).iter().map(ToString::to_string));
    check(&given)?;
    if let Some(parameters) = given.values.get("parameters").and_then(Value::as_map) {
        notes.push(format!("parameters of `{}`: {}", path.display(), names(parameters)));
        put(parameters, document, &KeyPath::dotted("parameters"), params);
    }
    Ok(true)
}

/// Reads the note of the commit that is built, as the head repository has it.
fn of_note(repository: &Repository, params: &mut Params, notes: &mut Vec<String>) -> Result<()> {
    let Some(note) = repository.note(params.text("head_repository"), NOTES)? else { return Ok(()) };
    let source = Source::new(NOTES, note);
    let (document, value) = load(source)?;
    let Value::Map(parameters) = &value else {
        let place = Some(place_of_value(&document, &KeyPath::default()));
        let message = format!("the note in {NOTES} has to be a map of parameters");
        let problem =
            Problem::error("wrong-value", message).at("".into(), format!("found {}", found(&value)));
        return Err(Problems::from(problem.in_place(place)).into());
    };
    notes.extend(equal_keys(&document).iter().map(ToString::to_string));
    notes.push(format!("parameters of the note in {NOTES}: {}", names(parameters)));
    put(parameters, &document, &KeyPath::default(), params);
    Ok(())
}

fn put(parameters: &Map, document: &Arc<Document>, inside: &KeyPath, params: &mut Params) {
    for (name, value) in parameters {
        let own = Layer {
            document: document.clone(),
            inside: inside.join(name),
            mount: KeyPath::default().join(name),
        };
        params.replace(name, value.clone(), own);
    }
}

fn check(given: &LoadedValues) -> Result<()> {
    let document = &given.layer.document;
    let violations = SCHEMA.check(&Value::from(given.values.clone()));
    let mut problems: Vec<Problem> = violations
        .iter()
        .map(|violation| problem_of(violation, violation.path.clone(), Some(document)))
        .collect();
    match given.values.get("version") {
        Some(Value::Int(VERSION)) => {}
        Some(version @ Value::Int(_)) => {
            let path = KeyPath::dotted("version");
            let place = Some(place_of_value(document, &path));
            let message = format!("unknown version of {FILE}");
            let label = format!("found {}, allowed: {VERSION}", found(version));
            // A file of another version has other keys; what they should be is not known.
            problems = vec![Problem::error("wrong-value", message).at(path, label).in_place(place)];
        }
        _ if problems.is_empty() => {
            let place = Some(place_of_key(document, &KeyPath::default()));
            problems.push(Problem::error("missing-key", "missing key `version`").in_place(place));
        }
        _ => {}
    }
    Ok(Problems(problems).check()?)
}

fn names(parameters: &Map) -> String {
    parameters.keys().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}
