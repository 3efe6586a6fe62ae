//! `taskgraph.transforms.docker_image`: tasks that build the images of `taskcluster/docker`.
//!
//! ```yaml
//! train: {parent: base, symbol: Train}
//! ```
//!
//! The digest covers the build context, its arguments and the image that builds images.

pub(crate) mod context;
pub mod dockerfile;

use crate::description_schema::INDEX;
use anyhow::Result;
use context::context_hash;
use taskgraph::schema::fields::{Fields, about};
use taskgraph::schema::{STRINGS, Schema, optional, required};
use taskgraph::transform::notes::DockerContext;
use taskgraph::transform::{Context, Transform, TransformInfo, each};
use taskgraph_compat::value::{Map, Value};
use taskgraph_compat::{json, map};

const TASK: Schema = Schema::Map(&[
    required("name", Schema::Str),
    optional("parent", Schema::Str),
    optional("symbol", Schema::Str),
    optional("task-from", Schema::Str),
    optional("args", Schema::MapOf(&Schema::Str)),
    optional("definition", Schema::Str),
    optional("packages", STRINGS),
    optional("index", INDEX),
    optional("cache", Schema::Bool),
]);

/// The description of the transform.
pub const INFO: TransformInfo = TransformInfo::new(
    "taskgraph.transforms.docker_image",
    "Makes tasks that build docker images of the tree.",
)
.task(&TASK);

/// The transform.
pub fn transform() -> Transform {
    each(|ctx, description| {
        if !ctx.settings.fast {
            TASK.require_of(description)?;
        }
        description.fields = make(ctx, description)?;
        Ok(())
    })
}

fn make(ctx: &Context<'_>, description: &Map) -> Result<Map> {
    let name = description.text("name")?;
    let builder = ctx.config.version.image_builder();
    let text = |key: &str| description.get(key).and_then(Value::as_str);
    let mut args = description.get("args").and_then(Value::as_map).cloned().unwrap_or_default();
    let mut packages: Vec<&str> = description
        .get("packages")
        .and_then(Value::as_list)
        .unwrap_or_default()
        .iter()
        .filter_map(Value::as_str)
        .collect();
    for package in &packages {
        let made = |task: &taskgraph::task::Task| {
            &*task.kind == "packages" && task.label.as_str().replace("packages-", "") == *package
        };
        if !ctx.upstream.values().any(|task| made(task)) {
            return Err(about(
                "packages",
                format!(
                    "image `{name}` needs the package `{package}`, which no task of kind `packages` makes"
                ),
            ));
        }
    }
    let hash = match ctx.settings.fast {
        true => "0".repeat(40),
        false => {
            let (hash, tar) = context_hash(ctx, text("definition").unwrap_or(name), &args)?;
            if let Some(tar) = tar {
                ctx.record.keep_context(DockerContext { name: name.into(), tar });
            }
            hash
        }
    };
    let digest_data: Value = [
        hash.clone(),
        json::compact_sorted(&Value::from(args.clone()))?,
        format!("image-builder-image:{}", builder.image),
    ]
    .into_iter()
    .collect();
    args.put(
        "DOCKER_IMAGE_PACKAGES",
        packages.iter().map(|name| format!("<{name}>")).collect::<Vec<_>>().join(" "),
    );

    // Level 1 waits for the image; at other levels it is read more often than built.
    let compression = if ctx.params.level() == 1 { "3" } else { "10" };
    let expires = if ctx.is_try() { ctx.config.expires_after() } else { "1 year" };
    let reference = |text: String| map! { "task-reference" => text };
    let mut env = map! {
        "CONTEXT_TASK_ID" => reference("<decision>".into()),
        "CONTEXT_PATH" => format!("public/docker-contexts/{name}.tar.gz"),
        "HASH" => hash,
        "PROJECT" => ctx.params.text("project"),
        "IMAGE_NAME" => name,
        "DOCKER_IMAGE_ZSTD_LEVEL" => compression,
        "DOCKER_BUILD_ARGS" => reference(json::compact(&Value::from(args))?),
        "VCS_BASE_REPOSITORY" => ctx.params.text("base_repository"),
        "VCS_HEAD_REPOSITORY" => ctx.params.text("head_repository"),
        "VCS_HEAD_REV" => ctx.params.text("head_rev"),
        "VCS_REPOSITORY_TYPE" => ctx.params.text("repository_type"),
    };
    let mut dependencies = Map::default();
    packages.sort_unstable();
    for package in packages {
        dependencies.put(package, format!("packages-{package}"));
    }
    if let Some(parent) = text("parent").filter(|parent| !parent.is_empty()) {
        dependencies.put("parent", format!("docker-image-{parent}"));
        env.put("PARENT_TASK_ID", reference("<parent>".into()));
    }
    let artifact = map! { "type" => "file", "path" => builder.artifact, "name" => "public/image.tar.zst" };
    let mut task = map! {
        "label" => format!("docker-image-{name}"),
        "description" => format!("Build the docker image {name} for use by dependent tasks"),
        "attributes" => map! { "image_name" => name, "artifact_prefix" => "public" },
        "always-target" => true,
        "expires-after" => expires,
        "scopes" => Value::list(),
        "run-on-projects" => Value::list(),
        "worker-type" => "images",
        "worker" => map! {
            "implementation" => "docker-worker",
            "os" => "linux",
            "artifacts" => vec![artifact.into()],
            "env" => env,
            "chain-of-trust" => true,
            "max-run-time" => 7200,
            "docker-image" => builder.image,
        },
    };
    if !dependencies.is_empty() {
        task.put("dependencies", dependencies);
    }
    if let Some(index) = description.get("index") {
        task.put("index", index.clone());
    }
    if let Some(symbol) = text("symbol").filter(|symbol| !symbol.is_empty()) {
        let platform = "taskcluster-images/opt";
        task.put(
            "treeherder",
            map! { "symbol" => symbol, "platform" => platform, "kind" => "other", "tier" => 1 },
        );
    }
    if description.get("cache").is_none_or(Value::truthy) && !ctx.settings.fast {
        task.put(
            "cache",
            map! { "type" => "docker-images.v2", "name" => name, "digest-data" => digest_data },
        );
    }
    Ok(task)
}
