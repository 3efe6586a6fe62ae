//! Under which names and with which rank a task is found in the index.

use anyhow::Result;
use taskgraph::schema::fields::{Fields, about, missing};
use taskgraph::transform::{Context, TaskDescription};
use taskgraph_compat::time::index_date;
use taskgraph_compat::value::Value;

/// Adds the rank to `extra.index`, and the routes of the `index` section.
pub(super) fn add_routes(ctx: &Context<'_>, description: &mut TaskDescription) -> Result<()> {
    let index = description.get("index").filter(|index| index.truthy()).cloned();
    let build_date = ctx.params.get("build_date").and_then(Value::as_int).unwrap_or_default();
    let extra = description.map_at("extra")?;
    let tier = extra.get("treeherder").and_then(|treeherder| treeherder.get("tier")?.as_int()).unwrap_or(3);
    let rank = match index.as_ref().and_then(|index| index.get("rank")) {
        Some(Value::Str(rank)) if &**rank == "build_date" => build_date.into(),
        Some(Value::Str(_)) | None => if tier > 1 { 0 } else { build_date }.into(),
        Some(rank) => rank.clone(),
    };
    extra.map_at("index")?.put("rank", rank);
    let Some(index) = index else { return Ok(()) };

    match index.get("type").and_then(Value::as_str) {
        None | Some("generic") => {}
        Some(other) => {
            return Err(about(
                "index.type",
                format!("unknown `index.type: {other}`: generic is the only one"),
            ));
        }
    }
    let text = |key: &str| {
        index.get(key).and_then(Value::as_str).ok_or_else(|| missing(&*format!("index.{key}"), "a string"))
    };
    let (product, job_name) = (text("product")?, text("job-name")?);
    let products = ctx.config.get("index").and_then(|index| index.get("products"));
    let is_known = match products {
        Some(Value::List(products)) => products.iter().any(|known| known.as_str() == Some(product)),
        Some(Value::Map(products)) => products.contains_key(product),
        _ => false,
    };
    if !is_known {
        return Err(about(
            "index.product",
            format!("the index product `{product}` is not in `index.products` of config.yml"),
        ));
    }
    let params = ctx.params;
    let prefix = format!("index.{}.v2.{}", ctx.config.trust_domain(), params.text("project"));
    let routes = [
        format!("{prefix}.latest.{product}.{job_name}"),
        format!("{prefix}.pushdate.{}.{product}.{job_name}", index_date(build_date)),
        format!("{prefix}.pushlog-id.{}.{product}.{job_name}", params.text("pushlog_id")),
        format!("{prefix}.revision.{}.{product}.{job_name}", params.text("head_rev")),
    ];
    description.list_at("routes")?.extend(routes.map(Value::from));
    description.take("index");
    Ok(())
}
