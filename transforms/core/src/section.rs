//! Checks of sections that Taskgraph checks otherwise since it has another library for that, version 19.1.

use anyhow::Result;
use taskgraph::diagnostics::Problem;
use taskgraph::diagnostics::origin::Origin;
use taskgraph::schema::fields::Misfits;
use taskgraph::schema::{Misfit, Shape};
use taskgraph::transform::{Context, Stub};
use taskgraph_compat::suggest;
use taskgraph_compat::value::path::KeyPath;
use taskgraph_compat::value::{Map, Value};

/// Takes keys of a map out under which null stands for nothing in the Taskgraph of the tree.
pub fn drop_nulls(ctx: &Context<'_>, shape: &Shape, map: &mut Map) {
    if ctx.config.version.takes_null_for_nothing() {
        shape.drop_nulls(map);
    }
}

/// The same for a section of a stub, if there is one.
pub fn drop_nulls_of(ctx: &Context<'_>, shape: &Shape, stub: &mut Stub, name: &str) {
    if ctx.config.version.takes_null_for_nothing()
        && let Some(section) = stub.get_mut(name).and_then(Value::as_map_mut)
    {
        shape.drop_nulls(section);
    }
}

/// Takes a section out whose unknown keys, at any depth, were let through until they came to be refused.
pub fn take(ctx: &Context<'_>, stub: &mut Stub, name: &str, shape: &Shape) -> Result<Option<Map>> {
    drop_nulls_of(ctx, shape, stub, name);
    let section = stub.take_section(name, shape)?;
    // Before that version nothing is looked at, and nothing copied for it.
    if let Some(section) = section.as_ref().filter(|_| ctx.config.version.refuses_unknown_keys_of_sections())
    {
        let path = KeyPath::dotted(name);
        refused(shape.unknown_keys(&section.clone().into()), &path)?;
        refuse_booleans(ctx, shape, section, &path)?;
    }
    Ok(section)
}

/// Refuses keys that the shape lets through, if the Taskgraph of the tree does.
pub fn refuse_unknown(ctx: &Context<'_>, shape: &Shape, section: &Value, path: &KeyPath) -> Result<()> {
    if !ctx.config.version.refuses_unknown_keys_of_sections() {
        return Ok(());
    }
    refused(shape.unknown_keys(section), path)
}

/// Refuses booleans that the shape takes for integers, if the Taskgraph of the tree does.
pub fn refuse_booleans(ctx: &Context<'_>, shape: &Shape, section: &Map, path: &KeyPath) -> Result<()> {
    if !ctx.config.version.refuses_booleans_for_integers() {
        return Ok(());
    }
    refused(shape.booleans_for_integers(&section.clone().into()), path)
}

fn refused(mut misfits: Vec<Misfit>, path: &KeyPath) -> Result<()> {
    misfits.iter_mut().for_each(|misfit| misfit.path = path.concat(&misfit.path));
    if misfits.is_empty() { Ok(()) } else { Err(Misfits(misfits).into()) }
}

/// Checks a section whose unknown keys were refused until they came to be ignored: a warning says so of each.
pub fn check(ctx: &Context<'_>, origin: &Origin, shape: &Shape, section: &Map, path: &KeyPath) -> Result<()> {
    if shape.fits_fields(section) {
        return refuse_booleans(ctx, shape, section, path);
    }
    let Shape::Map(fields) = shape else { return shape.require(&section.clone().into(), path) };
    if !ctx.config.version.ignores_unknown_keys() {
        return shape.require(&section.clone().into(), path);
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
    shape.require(&known.clone().into(), path)?;
    refuse_booleans(ctx, shape, &known, path)
}
