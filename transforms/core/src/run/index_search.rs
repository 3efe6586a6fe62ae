//! `run.using: index-search`: a task that stands for one of another graph, found in the index.

use anyhow::Result;
use taskgraph::schema::fields::{Fields, within};
use taskgraph::schema::{STRINGS, Schema, required};
use taskgraph::transform::substitute::{Missing, fill};
use taskgraph::transform::{Context, TaskDescription};
use taskgraph_compat::map;
use taskgraph_compat::value::{Map, Value};

const RUN: Schema =
    Schema::Map(&[required("using", Schema::Word(&["index-search"])), required("index-search", STRINGS)]);

/// Fills parameters into the index paths, and leaves the search to the optimize phase.
pub(super) fn using(ctx: &Context<'_>, run: &Map, description: &mut TaskDescription) -> Result<()> {
    crate::run::check(ctx, &RUN, run)?;
    let paths = run.get("index-search").and_then(Value::as_list).unwrap_or_default();
    let filled = paths
        .iter()
        .filter_map(Value::as_str)
        .map(|path| fill(path, ctx.params.values(), Missing::Fails).map(Value::from))
        .collect::<Result<Vec<_>>>();
    let filled = within("run.index-search", filled)?;
    description.put("optimization", map! { "index-search" => filled });
    Ok(())
}
