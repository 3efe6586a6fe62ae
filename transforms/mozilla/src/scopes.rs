//! Common parts of scriptworker payloads: their tag, and scopes with the prefix from config.yml.

use std::collections::BTreeSet;

use anyhow::{Context as _, Result};
use taskgraph::schema::fields::Fields;
use taskgraph::transform::Context;
use taskgraph_compat::python;
use taskgraph_compat::value::{Map, Value};

/// Tags a definition as one for a scriptworker.
pub(crate) fn tag(definition: &mut Map) -> Result<()> {
    definition.map_at("tags")?.put("worker-implementation", "scriptworker");
    Ok(())
}

/// `scriptworker.scope-prefix` of config.yml, as text: nobody checks it.
pub(crate) fn prefix(ctx: &Context<'_>) -> Result<String> {
    known_prefix(ctx)?.context("config.yml has no `scriptworker.scope-prefix`")
}

/// The same where config.yml need not have it.
pub(crate) fn known_prefix(ctx: &Context<'_>) -> Result<Option<String>> {
    let Some(section) = ctx.config.get("scriptworker") else { return Ok(None) };
    let section = section
        .as_map()
        .with_context(|| format!("`scriptworker` of config.yml must be a map, found {}", section.sort()))?;
    Ok(section.get("scope-prefix").map(python::str))
}

/// Adds scopes; all of them are sorted, and each is there once.
pub(crate) fn add_sorted(definition: &mut Map, scopes: impl IntoIterator<Item = String>) -> Result<()> {
    let all = definition.list_at("scopes")?;
    let sorted: BTreeSet<String> =
        all.iter().filter_map(Value::as_str).map(str::to_owned).chain(scopes).collect();
    *all = sorted.into_iter().map(Value::from).collect();
    Ok(())
}
