//! Converts a task description that has gone through all transforms into a task.

use std::sync::Arc;

use anyhow::Result;

use crate::schema::fields::{Fields, missing, wrong};
use crate::task::{Dependencies, Label, LabelList, Task};
use crate::transform::{Context, TaskDescription};
use taskgraph_compat::value::path::KeyPath;
use taskgraph_compat::value::{Map, Value};

const END: &str = "do the transforms end with `taskgraph.transforms.task`?";

/// Converts a description into a task; fails if a field is missing or has a wrong type.
pub(crate) fn into_task(context: &Context<'_>, mut description: TaskDescription) -> Result<Task> {
    let label = match description.take("label") {
        Some(Value::Str(text)) => Label::parse(&text)?,
        Some(other) => return Err(wrong("label", &other, "a string")),
        None => return Err(missing("label", &format!("a string; {END}"))),
    };
    let mut attributes = take_map(&mut description, "attributes")?;
    attributes.put("kind", &context.kind.name);
    let dependencies = match description.take("dependencies") {
        None | Some(Value::Null) => Dependencies::default(),
        Some(Value::Map(map)) => map
            .iter()
            .map(|(name, label)| match label {
                Value::Str(label) => Ok((name.clone(), Label::parse(label)?)),
                other => Err(wrong(KeyPath::dotted("dependencies").join(name), other, "a label")),
            })
            .collect::<Result<_>>()?,
        Some(other) => return Err(wrong("dependencies", &other, "a map")),
    };
    let text = description.text("description")?.into();
    let definition = take_map(&mut description, "task")?;
    let optimization = description.take("optimization").unwrap_or_default();
    Ok(Task {
        is_unwritable: false,
        kind: context.kind.name.clone(),
        label,
        description: text,
        definition,
        attributes,
        optimization,
        dependencies,
        soft_dependencies: take_list(&mut description, "soft-dependencies")?,
        if_dependencies: take_list(&mut description, "if-dependencies")?,
        extensions: description.extensions,
        origin: description.origin,
    })
}

fn take_map(description: &mut TaskDescription, key: &str) -> Result<Map> {
    match description.take(key) {
        Some(Value::Map(map)) => Ok(Arc::unwrap_or_clone(map)),
        Some(other) => Err(wrong(key, &other, "a map")),
        None => Err(missing(key, &format!("a map; {END}"))),
    }
}

fn take_list(description: &mut TaskDescription, key: &str) -> Result<LabelList> {
    match description.take(key) {
        None | Some(Value::Null) => Ok(LabelList::default()),
        Some(Value::List(items)) => Ok(Arc::unwrap_or_clone(items).into()),
        Some(other) => Err(wrong(key, &other, "a list")),
    }
}
