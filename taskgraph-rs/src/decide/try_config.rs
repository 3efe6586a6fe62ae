//! `try_task_config.json`: parameters that somebody brings along with a try push or a pull request.

use std::path::Path;

use anyhow::Result;

use super::Asked;
use crate::document::equal_keys;
use crate::keypath::KeyPath;
use crate::origin::told;
use crate::params::{Given, Layer, Params, read_file};
use crate::problem::{Problem, Problems, place_of_key, place_of_value};
use crate::shape::{Shape, found, optional, required};
use crate::value::{Map, Value};

/// The file that is looked for in the current directory.
const FILE: &str = "try_task_config.json";

/// The one version that is known.
const VERSION: i64 = 2;

const SHAPE: Shape =
    Shape::Map(&[required("version", Shape::Int), optional("parameters", Shape::MapOf(&Shape::Any))]);

/// Puts the parameters of the file over those that are there, if the event is one that may bring some.
/// Python: `taskgraph.decision.set_try_config`.
pub fn apply(asked: &Asked, directory: &Path, params: &mut Params, notes: &mut Vec<String>) -> Result<()> {
    let is_try_push = asked.project.contains("try") && asked.tasks_for == "hg-push";
    let applies = is_try_push || asked.tasks_for == "github-pull-request";
    let path = directory.join(asked.try_task_config.as_deref().unwrap_or(Path::new(FILE)));
    match (&asked.try_task_config, path.is_file(), applies) {
        (Some(given), false, _) => {
            let message = format!("`--try-task-config-file` names no file: `{}`", given.display());
            return Err(Problems::from(Problem::error("wrong-flag", message)).into());
        }
        (Some(given), true, false) => {
            let given = given.display();
            notes.push(format!("`{given}` is not read: only try pushes and pull requests bring parameters"));
        }
        _ => {}
    }
    if !applies || !path.is_file() {
        return Ok(());
    }
    let given = read_file(&path)?;
    let document = &given.layer.document;
    notes.extend(equal_keys(document).iter().map(ToString::to_string));
    check(&given)?;
    if let Some(parameters) = given.values.get("parameters").and_then(Value::as_map) {
        notes.push(format!("parameters of `{}`: {}", path.display(), names(parameters)));
        for (name, value) in parameters {
            let own = Layer {
                document: document.clone(),
                inside: KeyPath::dotted("parameters").join(name),
                mount: KeyPath::default().join(name),
            };
            params.replace(name, value.clone(), own);
        }
    }
    Ok(())
}

fn check(given: &Given) -> Result<()> {
    let document = &given.layer.document;
    let misfits = SHAPE.check(&Value::from(given.values.clone()));
    let mut problems: Vec<Problem> =
        misfits.iter().map(|misfit| told(misfit, misfit.path.clone(), Some(document))).collect();
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
