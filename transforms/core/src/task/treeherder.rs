//! The Treeherder section of a task.

use anyhow::{Context as _, Result};
use taskgraph::parameters::Params;
use taskgraph::schema::fields::{Fields, about};
use taskgraph::transform::{Context, TaskDescription};
use taskgraph_compat::map;
use taskgraph_compat::value::{Map, Value};

/// Treeherder cuts longer names.
const LONGEST_SYMBOL: usize = 25;

/// The project that Treeherder files a task under: of a pull request, the one it is made against.
pub(super) fn project(params: &Params) -> String {
    if !params.is_pull_request() {
        return params.text("project").to_owned();
    }
    let base = params.text("base_repository").rsplit('/').next().unwrap_or_default();
    format!("{}-pr", base.strip_suffix(".git").unwrap_or(base))
}

/// Fills `extra.treeherder` and the route from the `treeherder` section.
pub(super) fn process(ctx: &Context<'_>, description: &mut TaskDescription) -> Result<()> {
    description.list_at("routes")?;
    description.map_at("extra")?;
    let Some(section) = description.get("treeherder").filter(|section| section.truthy()).cloned() else {
        return Ok(());
    };
    let merged = defaults(&ctx.kind.name, section.as_map());
    let platform = merged.text("platform")?;
    let Some((machine, collection)) = platform.split_once('/') else {
        return Err(about(
            "treeherder.platform",
            format!("`treeherder.platform` must be `platform/collection`, found `{platform}`"),
        ));
    };
    let (group, symbol) = split_symbol(merged.text("symbol")?)?;
    for name in [group.unwrap_or_default(), symbol] {
        if name.chars().count() > LONGEST_SYMBOL {
            return Err(about(
                "treeherder.symbol",
                format!("the treeherder symbol `{name}` is longer than {LONGEST_SYMBOL} characters"),
            ));
        }
    }
    let extra = description.map_at("extra")?;
    extra.set_default("treeherder", Value::map());
    extra.set_default("treeherder-platform", platform);
    let treeherder = extra.map_at("treeherder")?;
    treeherder.put("machine", map! { "platform" => machine });
    treeherder.put("collection", map! { collection => true });
    if let Some(group) = group {
        let names = ctx.config.get("treeherder").and_then(|treeherder| treeherder.get("group-names"));
        let name = names.and_then(|names| names.get(group));
        let name = name.with_context(|| {
            format!(
                "the treeherder group `{group}` has no name; add it to `treeherder.group-names` in config.yml"
            )
        })?;
        treeherder.put("groupSymbol", group);
        treeherder.put("groupName", name.clone());
    }
    treeherder.put("symbol", symbol);
    treeherder.put("jobKind", merged["kind"].clone());
    treeherder.put("tier", merged["tier"].clone());
    let params = ctx.params;
    let route = format!(
        "tc-treeherder.v2.{}.{}.{}",
        project(params),
        params.text("head_rev"),
        params.text("pushlog_id")
    );
    description.list_at("routes")?.push(route.into());
    Ok(())
}

fn defaults(kind: &str, section: Option<&Map>) -> Map {
    let job_kind = ["build", "test"].into_iter().find(|word| kind.contains(word)).unwrap_or("other");
    let initials: String = kind.split('-').filter_map(|part| part.chars().next()).collect();
    let mut merged = map! {
        "platform" => "default/opt",
        "tier" => 1,
        "kind" => job_kind,
        "symbol" => initials.to_uppercase(),
    };
    merged.extend(section.cloned().unwrap_or_default());
    merged
}

/// `grp(sym)` in its two parts; a bare symbol has no group.
fn split_symbol(symbol: &str) -> Result<(Option<&str>, &str)> {
    let Some((group, rest)) = symbol.split_once('(') else { return Ok((None, symbol)) };
    match rest.strip_suffix(')') {
        // `?` is how the reference writes "no group".
        Some(inner) if !inner.contains(')') => Ok((Some(group).filter(|group| *group != "?"), inner)),
        _ => Err(about(
            "treeherder.symbol",
            format!("`{symbol}` is not a Treeherder symbol: write `group(symbol)` or `symbol`"),
        )),
    }
}
