//! What leaves the transforms has to be a task.

use std::sync::Arc;

use anyhow::Result;

use crate::schema::fields::{Fields, missing, wrong};
use crate::task::{Dependencies, Label, LabelList, Task};
use crate::transform::{Context, Stub};
use taskgraph_compat::value::path::KeyPath;
use taskgraph_compat::value::{Map, Value};

const END: &str = "do the transforms end with `taskgraph.transforms.task`?";

/// Makes a task of a stub.
pub fn finish(context: &Context<'_>, mut stub: Stub) -> Result<Task> {
    let label = match stub.take("label") {
        Some(Value::Str(text)) => Label::parse(&text)?,
        Some(other) => return Err(wrong("label", &other, "a string")),
        None => return Err(missing("label", &format!("a string; {END}"))),
    };
    let mut attributes = take_map(&mut stub, "attributes")?;
    attributes.put("kind", &context.kind.name);
    let dependencies = match stub.take("dependencies") {
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
    let description = stub.text("description")?.into();
    let definition = take_map(&mut stub, "task")?;
    let optimization = stub.take("optimization").unwrap_or_default();
    Ok(Task {
        is_unwritable: false,
        kind: context.kind.name.clone(),
        label,
        description,
        definition,
        attributes,
        optimization,
        dependencies,
        soft_dependencies: take_list(&mut stub, "soft-dependencies")?,
        if_dependencies: take_list(&mut stub, "if-dependencies")?,
        model: stub.model,
        reuse: stub.reuse,
        origin: stub.origin,
    })
}

fn take_map(stub: &mut Stub, key: &str) -> Result<Map> {
    match stub.take(key) {
        Some(Value::Map(map)) => Ok(Arc::unwrap_or_clone(map)),
        Some(other) => Err(wrong(key, &other, "a map")),
        None => Err(missing(key, &format!("a map; {END}"))),
    }
}

fn take_list(stub: &mut Stub, key: &str) -> Result<LabelList> {
    match stub.take(key) {
        None | Some(Value::Null) => Ok(LabelList::default()),
        Some(Value::List(items)) => Ok(Arc::unwrap_or_clone(items).into()),
        Some(other) => Err(wrong(key, &other, "a list")),
    }
}
