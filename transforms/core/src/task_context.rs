//! `taskgraph.transforms.task_context`: fills what is known only now into the text of a task.
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
//! From Taskgraph 23.2 on, a `by-*` map in such a field is resolved first; `resolve-keyed-by-options` says how.
//!
//! Parameters win over the object, and the object over the file. Of a list of paths the first one counts that has
//! a value. A single path without a value is filled in as `None`, as in the reference.

use std::sync::Arc;

use crate::section;
use anyhow::{Context as _, Result, bail};
use taskgraph::Error;
use taskgraph::diagnostics::Problem;
use taskgraph::diagnostics::document::load;
use taskgraph::keyed_by::evaluate_up_to;
use taskgraph::python_worker::Because;
use taskgraph::schema::fields::{Fields, within, wrong};
use taskgraph::schema::{Field, STRINGS, Schema, joined, optional, required};
use taskgraph::transform::substitute::{Missing, fill_fields};
use taskgraph::transform::{
    Context, NeedsPython, Pool, TaskDescription, Transform, TransformInfo, with_state,
};
use taskgraph_compat::source::Source;
use taskgraph_compat::value::memo::Memo;
use taskgraph_compat::value::path::{KeyPath, deep_get};
use taskgraph_compat::value::{Map, Value};

const PATHS: Schema =
    Schema::Either(&[STRINGS, Schema::Str], "the path of a parameter or a list of such paths");

const FIELDS: &[Field] = &[
    optional("from-parameters", Schema::MapOf(&PATHS)),
    optional("from-file", Schema::Str).or_null(),
    optional("from-object", Schema::Any),
    required("substitution-fields", STRINGS),
];

/// Later features: `by-*` maps, and providers in Python.
const LATER: &[Field] = &[
    optional(
        "resolve-keyed-by-options",
        Schema::Map(&[optional("defer", STRINGS), optional(SINGLE, Schema::Bool)]),
    )
    .or_null(),
    optional(CUSTOM, STRINGS).or_null(),
];

const CUSTOM: &str = "from-custom";

const SINGLE: &str = "enforce-single-match";

const CONTEXT: Schema = Schema::Open(FIELDS, &Schema::Any);

const WITH_OPTIONS: Schema = Schema::Open(&joined::<{ FIELDS.len() + 1 }>(FIELDS, &[LATER[0]]), &Schema::Any);

pub(super) const WITH_CUSTOM: Schema =
    Schema::Open(&joined::<{ FIELDS.len() + 2 }>(FIELDS, LATER), &Schema::Any);

/// The schema of the section in the Taskgraph of the tree.
fn schema(ctx: &Context<'_>) -> &'static Schema {
    let version = ctx.config.version;
    match () {
        _ if version.has_custom_context() => &WITH_CUSTOM,
        _ if version.task_context_resolves_keys() => &WITH_OPTIONS,
        _ => &CONTEXT,
    }
}

/// The description of the transform.
pub(crate) const INFO: TransformInfo = TransformInfo::new(
    "taskgraph.transforms.task_context",
    "Fills parameters and other values into the text of a task.",
)
.sections(&[("task-context", &WITH_CUSTOM)]);

/// The transform.
pub(crate) fn transform() -> Transform {
    with_state(|_| Ok(Pool::<Memo<Map>>::default()))
        .each(|ctx, memos, description| memos.with(|memo| fill_in(ctx, memo, description)))
}

/// Fills in a task. The memo has the parameters that tasks ask for: most tasks of a kind ask for the same.
fn fill_in(ctx: &Context<'_>, memo: &mut Memo<Map>, description: &mut TaskDescription) -> Result<()> {
    if let Some(name) = description.get("name").filter(|name| name.as_str().is_none()) {
        return Err(wrong("name", name, "a string"));
    }
    let Some(section) = section::take(ctx, description, "task-context", schema(ctx))? else { return Ok(()) };
    if ctx.config.version.has_custom_context() && section.get(CUSTOM).is_some_and(Value::truthy) {
        return Err(NeedsPython(Because::NoNative(format!("task-context.{CUSTOM}").into())).into());
    }
    let names = names(ctx, memo, description, &section)?;
    let fields =
        section["substitution-fields"].as_list().unwrap_or_default().iter().filter_map(Value::as_str);
    if ctx.config.version.task_context_resolves_keys() {
        fields
            .clone()
            .try_for_each(|field| within(field, resolve_keys(ctx, description, &section, field, &names)))?;
    }
    fill_fields(description, fields, &names, Missing::Fails)
}

/// Chooses from the `by-*` map that stands in a field, if one does. What is filled in, and the task itself, say by what.
fn resolve_keys(
    ctx: &Context<'_>,
    description: &mut TaskDescription,
    section: &Map,
    field: &str,
    names: &Map,
) -> Result<()> {
    let Some(value) =
        deep_get(description, field).filter(|value| value.as_map().is_some_and(|map| map.len() == 1))
    else {
        return Ok(());
    };
    let options = section.get("resolve-keyed-by-options");
    let option = |key: &str| options.and_then(|options| options.get(key));
    let defer = option("defer").and_then(Value::as_list).unwrap_or_default();
    let defer: Vec<&str> = defer.iter().filter_map(Value::as_str).collect();
    if option(SINGLE) == Some(&Value::Bool(false)) {
        // Python: the name of the argument has underscores, and so the option does not reach it.
        let path = KeyPath::dotted("task-context.resolve-keyed-by-options").join(SINGLE);
        let message = format!("`{path}` does nothing: Taskgraph {} ignores it", ctx.config.version);
        let place = description.origin.place(&path);
        ctx.record.warn(Problem::warning("ignored-key", message).at(path, "").in_place(place));
    }
    let attribute = |name: &str| names.get(name).or_else(|| description.get(name)).cloned();
    let item = format!("`{field}`");
    let chosen = evaluate_up_to(value, &item, &defer, attribute)?;
    *description.at(field).context("the field was there")? = chosen;
    Ok(())
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

fn names(
    ctx: &Context<'_>,
    parameters: &mut Memo<Map>,
    description: &TaskDescription,
    section: &Map,
) -> Result<Map> {
    let mut names = Map::default();
    if let Some(file) = section.get("from-file").and_then(Value::as_str).filter(|file| !file.is_empty()) {
        let path = ctx.tree.disk_path(file)?;
        if !path.is_file() {
            bail!("`task-context.from-file` names `{file}`, which does not exist");
        }
        ctx.tree.check_file(&path)?;
        let (_, value) = load(Source::read(&path).map_err(Error::from)?)?;
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
    if let Some(name) = description.get("name") {
        names.set_default("name", name.clone());
    }
    Ok(names)
}
