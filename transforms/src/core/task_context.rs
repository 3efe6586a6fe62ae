//! `taskgraph.transforms.task_context`: fills what is known only now into the text of a stub.
//!
//! ```yaml
//! task-context:
//!     from-parameters:
//!         src: training_config.experiment.src
//!         limit: [training_config.experiment.limit, training_config.default-limit]
//!     from-object: {threads: auto}
//!     from-file: taskcluster/context.yml
//!     substitution-fields: [description, run.command]
//! ```
//!
//! Parameters win over the object, and the object over the file. Of a list of paths the first one counts that has
//! a value. A single path without a value is filled in as `None`, as in the reference.

use std::sync::Arc;

use anyhow::{Result, bail};
use taskgraph::document::load;
use taskgraph::fields::{Fields, wrong};
use taskgraph::shape::{STRINGS, Shape, optional, required};
use taskgraph::source::Source;
use taskgraph::template::{Missing, substitute_fields};
use taskgraph::transform::{Context, Stub, each};
use taskgraph::value::{Map, Value};

const PATHS: Shape = Shape::Either(&[STRINGS, Shape::Str], "the path of a parameter or a list of such paths");

const CONTEXT: Shape = Shape::Open(
    &[
        optional("from-parameters", Shape::MapOf(&PATHS)),
        optional("from-file", Shape::Str),
        optional("from-object", Shape::Any),
        required("substitution-fields", STRINGS),
    ],
    &Shape::Any,
);

/// The transform.
pub fn transform(ctx: &Context<'_>, stubs: Vec<Stub>) -> Result<Vec<Stub>> {
    each(stubs, |stub| {
        if let Some(name) = stub.get("name").filter(|name| name.as_str().is_none()) {
            return Err(wrong("name", name, "a string"));
        }
        let Some(section) = stub.take_section("task-context", &CONTEXT)? else { return Ok(()) };
        let names = names(ctx, stub, &section)?;
        let fields = section["substitution-fields"].as_list().unwrap_or_default();
        substitute_fields(stub, fields.iter().filter_map(Value::as_str), &names, Missing::Fails)
    })
}

fn names(ctx: &Context<'_>, stub: &Stub, section: &Map) -> Result<Map> {
    let mut names = Map::default();
    if let Some(file) = section.get("from-file").and_then(Value::as_str).filter(|file| !file.is_empty()) {
        let path = ctx.tree.disk_path(file)?;
        if !path.is_file() {
            bail!("`task-context.from-file` names `{file}`, which does not exist");
        }
        ctx.tree.check_file(&path)?;
        let (_, value) = load(Source::read(&path)?)?;
        let Value::Map(map) = value else {
            return Err(wrong("task-context.from-file", &value, "a file with a map"));
        };
        names = Arc::unwrap_or_clone(map);
    }
    match section.get("from-object") {
        None => {}
        Some(Value::Map(object)) => {
            names.extend(object.iter().map(|(key, value)| (key.clone(), value.clone())))
        }
        // Python: nothing comes of an empty text or list.
        Some(Value::Str(text)) if text.is_empty() => {}
        Some(Value::List(items)) if items.is_empty() => {}
        Some(other) => return Err(wrong("task-context.from-object", other, "a map")),
    }
    let parameters = section.get("from-parameters").and_then(Value::as_map);
    for (name, path) in parameters.into_iter().flatten() {
        match path {
            Value::List(choices) => {
                let values =
                    choices.iter().filter_map(Value::as_str).map(|choice| ctx.params.deep_get(choice));
                if let Some(value) = values.into_iter().find(|value| **value != Value::Null) {
                    names.put(name, value.clone());
                }
            }
            path => names.put(name, ctx.params.deep_get(path.as_str().unwrap_or_default()).clone()),
        }
    }
    if let Some(name) = stub.get("name") {
        names.set_default("name", name.clone());
    }
    Ok(names)
}
