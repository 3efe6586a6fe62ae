//! Numbers that JSON lacks, in a graph or a config. Every task carries a mark if it has one; its place is searched only
//! when the graph is to be written.

use std::sync::Arc;

use crate::diagnostics::{Problem, Problems};
use crate::error::Error;
use crate::task::Task;
use taskgraph_compat::value::Value;
use taskgraph_compat::value::path::KeyPath;

/// The numbers in the tasks of a graph that JSON has no place for, each with its task and path; else the error itself.
pub(crate) fn locate<'t>(tasks: impl IntoIterator<Item = &'t Arc<Task>>, error: serde_json::Error) -> Error {
    let mut problems = Vec::new();
    for task in tasks {
        let sections = [
            ("attributes", Value::from(task.attributes.clone())),
            ("optimization", task.optimization.clone()),
            ("task", Value::from(task.definition.clone())),
        ];
        for (name, section) in &sections {
            let Some((inside, number)) = each(section).into_iter().next() else { continue };
            let path = KeyPath::dotted(name).concat(&inside);
            let message = format!("`{}` has {number}, which JSON has no place for", task.label);
            let place = task.origin.place(&path);
            problems.push(Problem::error("wrong-value", message).at(path, "").in_place(place));
        }
    }
    if problems.is_empty() { error.into() } else { Problems(problems).into() }
}

/// Whether a task has a number that JSON has no place for.
pub(crate) fn is_unwritable(task: &Task) -> bool {
    any(task.definition.values().chain(task.attributes.values()).chain([&task.optimization]))
}

/// Whether there is a number in these values that JSON has no place for.
pub(crate) fn any<'v>(values: impl IntoIterator<Item = &'v Value>) -> bool {
    values.into_iter().any(|value| match value {
        Value::List(items) => any(items.iter()),
        Value::Map(map) => any(map.values()),
        number => is_without_place(number),
    })
}

fn is_without_place(value: &Value) -> bool {
    match value {
        Value::Float(number) => !number.is_finite(),
        Value::BigInt(digits) => digits.parse::<u64>().is_err(),
        _ => false,
    }
}

/// The numbers in a value that JSON lacks, each with its path and in words.
pub(crate) fn each(value: &Value) -> Vec<(KeyPath, String)> {
    let mut found = Vec::new();
    collect(value, &KeyPath::default(), &mut found);
    found
}

fn collect(value: &Value, path: &KeyPath, found: &mut Vec<(KeyPath, String)>) {
    match value {
        Value::Float(number) if is_without_place(value) => {
            found.push((path.clone(), format!("the number {number}")));
        }
        Value::BigInt(digits) if is_without_place(value) => {
            found.push((path.clone(), format!("the integer {digits}")));
        }
        Value::List(items) => {
            items.iter().enumerate().for_each(|(index, item)| collect(item, &path.join(index), found));
        }
        Value::Map(map) => map.iter().for_each(|(key, value)| collect(value, &path.join(key), found)),
        _ => {}
    }
}
