//! What the payloads of scriptworkers share: their tag, and scopes that start as config.yml says.

use std::collections::BTreeSet;

use anyhow::{Context as _, Result};
use taskgraph::fields::Fields;
use taskgraph::transform::Context;
use taskgraph::value::{Map, Value};

/// Tags a definition as one for a scriptworker.
pub fn tag(definition: &mut Map) -> Result<()> {
    definition.map_at("tags")?.put("worker-implementation", "scriptworker");
    Ok(())
}

/// `scriptworker.scope-prefix` of config.yml.
pub fn prefix<'c>(ctx: &Context<'c>) -> Result<&'c str> {
    let prefix = ctx.config.get("scriptworker").and_then(|section| section.get("scope-prefix")?.as_str());
    prefix.context("config.yml has no `scriptworker.scope-prefix`")
}

/// Adds scopes; all of them are sorted, and each is there once.
pub fn add_sorted(definition: &mut Map, scopes: impl IntoIterator<Item = String>) -> Result<()> {
    let all = definition.list_at("scopes")?;
    let sorted: BTreeSet<String> =
        all.iter().filter_map(Value::as_str).map(str::to_owned).chain(scopes).collect();
    *all = sorted.into_iter().map(Value::from).collect();
    Ok(())
}
