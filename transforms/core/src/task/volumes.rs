//! Volumes that the Dockerfile of an image in the tree declares. Caches have to be among them.

use std::collections::BTreeSet;

use crate::docker_image::context::beside_kind;
use anyhow::{Result, bail};
use taskgraph::schema::fields::about;
use taskgraph::transform::Context;
use taskgraph_compat::value::{Map, Value};

/// Returns the volumes that the Dockerfile of an image declares, sorted.
pub(super) fn volumes(ctx: &Context<'_>, image: &str) -> Result<Vec<Value>> {
    let lines = ctx.tree.memo(&["volumes of ", image].concat(), || declared_volumes(ctx, image))?;
    if lines.lines().any(|line| line.starts_with('[')) {
        return Err(about(
            "worker.docker-image",
            format!(
                "the Dockerfile of image `{image}` declares volumes as an array; write one VOLUME line for each"
            ),
        ));
    }
    let volumes: BTreeSet<&str> = lines.split_whitespace().collect();
    Ok(volumes.into_iter().map(Value::from).collect())
}

/// Returns the arguments of `VOLUME` in the Dockerfile of an image, one a line.
fn declared_volumes(ctx: &Context<'_>, image: &str) -> Result<String> {
    let kind = ctx.config.get("docker-image-kind").and_then(Value::as_str).unwrap_or("docker-image");
    let description = ctx
        .kinds
        .get(kind)
        .and_then(|kind| kind.descriptions.iter().find(|description| &*description.origin.name == image));
    let definition =
        description.and_then(|description| description.get("definition")?.as_str()).unwrap_or(image);
    let usual = format!("docker/{definition}/Dockerfile");
    let beside = format!("{}/Dockerfile", beside_kind(ctx, kind, definition));
    let below_root = if !ctx.tree.has(&usual) && ctx.tree.has(&beside) { beside } else { usual };
    // A tree without it is wrong; a file that cannot be read is the machine's fault.
    if !ctx.tree.has(&below_root) {
        let path = ctx.tree.from_top(&below_root);
        bail!("the Dockerfile of image `{image}` cannot be read from `{path}`: there is no such file");
    }
    let source = ctx.tree.read(&below_root)?;
    let volumes = source.text.lines().filter_map(|line| line.trim().strip_prefix("VOLUME ")).map(str::trim);
    Ok(volumes.collect::<Vec<_>>().join("\n"))
}

pub(super) fn check_caches_are_volumes(worker: &Map) -> Result<()> {
    let list = |key: &str| worker.get(key).and_then(Value::as_list).unwrap_or_default();
    let volumes = list("volumes");
    let mounts = list("caches").iter().filter_map(|cache| cache.get("mount-point"));
    let missing: BTreeSet<&str> =
        mounts.filter(|mount| !volumes.contains(mount)).filter_map(Value::as_str).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let paths = missing.into_iter().collect::<Vec<_>>().join(", ");
    Err(about(
        "worker.caches",
        format!("caches at {paths} are not volumes of the image; declare each with VOLUME in its Dockerfile"),
    ))
}
