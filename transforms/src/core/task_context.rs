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
use taskgraph::last::Last;
use taskgraph::shape::{STRINGS, Shape, optional, required};
use taskgraph::source::Source;
use taskgraph::template::{Forms, Missing};
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
    ctx.shelf.lend(Known::default, |known| each(stubs, |stub| fill_in(ctx, known, stub)))
}

/// What is known of the stub before. Most stubs of a kind ask for the same.
#[derive(Default)]
struct Known {
    parameters: Last<Map>,
    forms: Forms,
}

fn fill_in(ctx: &Context<'_>, known: &mut Known, stub: &mut Stub) -> Result<()> {
    if let Some(name) = stub.get("name").filter(|name| name.as_str().is_none()) {
        return Err(wrong("name", name, "a string"));
    }
    let Some(section) = stub.take_section("task-context", &CONTEXT)? else { return Ok(()) };
    let names = names(ctx, &mut known.parameters, stub, &section)?;
    let fields = section["substitution-fields"].as_list().unwrap_or_default();
    known.forms.fill_fields(stub, fields.iter().filter_map(Value::as_str), &names, Missing::Fails)
}

fn looked_up(ctx: &Context<'_>, asked: &Value) -> Map {
    let mut names = Map::default();
    for (name, path) in asked.as_map().into_iter().flatten() {
        match path {
            Value::List(choices) => {
                let values =
                    choices.iter().filter_map(Value::as_str).map(|choice| ctx.params.deep_get(choice));
                if let Some(value) = values.into_iter().find(|value| **value != Value::Null) {
                    names.put(name, value.known());
                }
            }
            path => names.put(name, ctx.params.deep_get(path.as_str().unwrap_or_default()).known()),
        }
    }
    names
}

fn names(ctx: &Context<'_>, parameters: &mut Last<Map>, stub: &Stub, section: &Map) -> Result<Map> {
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
    if let Some(asked) = section.get("from-parameters") {
        let known = parameters.of(asked, |asked| anyhow::Ok(looked_up(ctx, asked)))?.clone();
        match names.is_empty() {
            true => names = known,
            false => names.extend(known),
        }
    }
    if let Some(name) = stub.get("name") {
        names.set_default("name", name.clone());
    }
    Ok(names)
}
