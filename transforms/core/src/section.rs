//! Checks of sections that Taskgraph checks otherwise since it has another library for that, version 19.1.

use std::sync::Arc;

use anyhow::Result;
use taskgraph::diagnostics::Problem;
use taskgraph::diagnostics::origin::Origin;
use taskgraph::schema::fields::{FieldError, Fields as _};
use taskgraph::schema::{Schema, Violation};
use taskgraph::transform::{Context, TaskDescription};
use taskgraph_compat::suggest;
use taskgraph_compat::value::path::KeyPath;
use taskgraph_compat::value::{Map, Value};

/// Takes keys of a map out under which null stands for nothing in the Taskgraph of the tree.
pub(crate) fn drop_nulls(ctx: &Context<'_>, schema: &Schema, map: &mut Map) {
    if ctx.config.version.takes_null_for_nothing() {
        schema.drop_nulls(map);
    }
}

/// The same for a section of a task, if there is one.
pub(crate) fn drop_nulls_of(
    ctx: &Context<'_>,
    schema: &Schema,
    description: &mut TaskDescription,
    name: &str,
) {
    // A section that several tasks share is copied when it is changed, and only then.
    let has_null = |section: &Map| section.values().any(|value| *value == Value::Null);
    if ctx.config.version.takes_null_for_nothing()
        && description.get(name).and_then(Value::as_map).is_some_and(has_null)
        && let Some(section) = description.get_mut(name).and_then(Value::as_map_mut)
    {
        schema.drop_nulls(section);
    }
}

/// Takes a section out whose unknown keys, at any depth, were let through until they came to be refused.
pub(crate) fn take(
    ctx: &Context<'_>,
    description: &mut TaskDescription,
    name: &str,
    schema: &Schema,
) -> Result<Option<Map>> {
    drop_nulls_of(ctx, schema, description, name);
    let is_closed = ctx.config.version.refuses_unknown_keys_of_sections();
    if is_closed
        && let Some(Value::Map(section)) = description.get(name)
        && schema.fits_fields_closed(section)
        && let Some(Value::Map(section)) = description.take(name)
    {
        return Ok(Some(Arc::unwrap_or_clone(section)));
    }
    let section = description.take_section(name, schema)?;
    if let Some(section) = section.as_ref().filter(|_| is_closed) {
        let path = KeyPath::dotted(name);
        refused(schema.unknown_keys(&section.clone().into()), &path)?;
        refuse_booleans(ctx, schema, section, &path)?;
    }
    Ok(section)
}

/// Refuses keys that the schema lets through, if the Taskgraph of the tree does.
pub(crate) fn refuse_unknown(
    ctx: &Context<'_>,
    schema: &Schema,
    section: &Value,
    path: &KeyPath,
) -> Result<()> {
    if !ctx.config.version.refuses_unknown_keys_of_sections() {
        return Ok(());
    }
    refused(schema.unknown_keys(section), path)
}

/// Checks all fields of a task, and that no boolean stands for an integer if the Taskgraph of the tree refuses that.
pub(crate) fn require_of(ctx: &Context<'_>, schema: &Schema, fields: &Map) -> Result<()> {
    if fits_fields(ctx, schema, fields) {
        return Ok(());
    }
    schema.require_of(fields)?;
    refuse_booleans(ctx, schema, fields, &KeyPath::default())
}

/// Whether a map has a schema in the Taskgraph of the tree.
fn fits_fields(ctx: &Context<'_>, schema: &Schema, fields: &Map) -> bool {
    match ctx.config.version.refuses_booleans_for_integers() {
        true => schema.fits_fields_with_strict_integers(fields),
        false => schema.fits_fields(fields),
    }
}

/// Refuses booleans that the schema takes for integers, if the Taskgraph of the tree does.
fn refuse_booleans(ctx: &Context<'_>, schema: &Schema, section: &Map, path: &KeyPath) -> Result<()> {
    if !ctx.config.version.refuses_booleans_for_integers() {
        return Ok(());
    }
    refused(schema.booleans_for_integers(&section.clone().into()), path)
}

fn refused(mut violations: Vec<Violation>, path: &KeyPath) -> Result<()> {
    violations.iter_mut().for_each(|violation| violation.path = path.concat(&violation.path));
    if violations.is_empty() { Ok(()) } else { Err(FieldError::Violations(violations).into()) }
}

/// Checks a section whose unknown keys were refused until they came to be ignored: a warning says so of each.
pub(crate) fn check(
    ctx: &Context<'_>,
    origin: &Origin,
    schema: &Schema,
    section: &Map,
    path: &KeyPath,
) -> Result<()> {
    if fits_fields(ctx, schema, section) {
        return Ok(());
    }
    if schema.fits_fields(section) {
        return refuse_booleans(ctx, schema, section, path);
    }
    let Schema::Map(fields) = schema else { return schema.require(&section.clone().into(), path) };
    if !ctx.config.version.ignores_unknown_keys() {
        return schema.require(&section.clone().into(), path);
    }
    let is_known = |key: &str| fields.iter().any(|field| field.name == key);
    for key in section.keys().filter(|key| !is_known(key)) {
        let (path, version) = (path.join(key), ctx.config.version);
        let message = format!("`{path}` of `{}` does nothing: Taskgraph {version} ignores it", origin.name);
        let nearest = suggest::nearest(key, fields.iter().map(|field| field.name));
        let label = nearest.map(|nearest| format!("did you mean `{nearest}`?")).unwrap_or_default();
        let place = origin.place(&path);
        ctx.record.warn(Problem::warning("ignored-key", message).at(path, label).in_place(place));
    }
    let known = section.iter().filter(|(key, _)| is_known(key));
    let known: Map = known.map(|(key, value)| (key.clone(), value.clone())).collect();
    schema.require(&known.clone().into(), path)?;
    refuse_booleans(ctx, schema, &known, path)
}
