//! `taskgraph.transforms.fetch`: tasks that download something once and publish it as an artifact.
//!
//! ```yaml
//! kenlm:
//!     description: kenlm
//!     fetch: {type: git, repo: https://github.com/kpu/kenlm, revision: 4e6ac85c8d01ac91cb61dfbdc76cd652158c5969}
//! ```
//!
//! Types: `static-url` and `git`. The digest covers what is fetched, not how.

use crate::cached_tasks::{IndexPaths, add_optimization};
use crate::section;
use anyhow::{Context as _, Result};
use taskgraph::Error;
use taskgraph::schema::fields::{Fields, about};
use taskgraph::schema::{Schema, optional, required};
use taskgraph::transform::substitute::{Missing, fill};
use taskgraph::transform::{Context, TaskDescription, Transform, TransformInfo, with_state};
use taskgraph_compat::source::Source;
use taskgraph_compat::value::path::KeyPath;
use taskgraph_compat::value::{Map, Value};
use taskgraph_compat::{map, python};

const CACHE_TYPE: &str = "content.v1";
const ARTIFACTS: &str = "/builds/worker/artifacts";

const TASK: Schema = Schema::Map(&[
    required("name", Schema::Str),
    optional("task-from", Schema::Str),
    required("description", Schema::Str),
    optional("expires-after", Schema::Str),
    optional("docker-image", Schema::Any),
    optional("fetch-alias", Schema::Str).or_null(),
    optional("artifact-prefix", Schema::Str),
    optional("attributes", Schema::MapOf(&Schema::Any)),
    required("fetch", Schema::Open(&[required("type", Schema::Str)], &Schema::Any)),
]);

const TYPE: Schema = Schema::Word(&["static-url", "git"]);

const STATIC_URL: Schema = Schema::Map(&[
    required("type", Schema::Str),
    required("url", Schema::Str),
    required("sha256", Schema::Str),
    required("size", Schema::Int),
    optional(
        "gpg-signature",
        Schema::Map(&[required("sig-url", Schema::Str), required("key-path", Schema::Str)]),
    ),
    optional("artifact-name", Schema::Str).or_null(),
    optional("strip-components", Schema::Int).or_null(),
    optional("add-prefix", Schema::Str).or_null(),
    optional("headers", Schema::MapOf(&Schema::Str)),
]);

const GIT: Schema = Schema::Map(&[
    required("type", Schema::Str),
    required("repo", Schema::Str),
    required("revision", Schema::Str),
    optional("include-dot-git", Schema::Bool).or_null(),
    optional("artifact-name", Schema::Str).or_null(),
    optional("path-prefix", Schema::Str).or_null(),
    optional("ssh-key", Schema::Str).or_null(),
]);

/// Kind of a fetch.
struct Fetch {
    command: Vec<String>,
    artifact_name: String,
    digest_data: Vec<String>,
    env: Map,
    secret: Option<String>,
}

/// The description of the transform.
pub(crate) const INFO: TransformInfo = TransformInfo::new(
    "taskgraph.transforms.fetch",
    "Makes tasks that download something once and publish it as an artifact.",
)
.task(&TASK);

/// The transform.
pub(crate) fn transform() -> Transform {
    with_state(|ctx| Ok(IndexPaths::of(ctx))).each(|ctx, paths, description| {
        section::drop_nulls(ctx, &TASK, &mut description.fields);
        if !ctx.settings.fast {
            TASK.require_of(description)?;
        }
        let fetch = description.take("fetch").context("missing key `fetch`")?;
        let kind = fetch.get("type").and_then(Value::as_str).unwrap_or_default();
        let fetched = match kind {
            "static-url" => static_url(ctx, &checked(ctx, description, &STATIC_URL, &fetch)?)?,
            "git" => git(&checked(ctx, description, &GIT, &fetch)?)?,
            other => return TYPE.require(&other.into(), &KeyPath::dotted("fetch.type")),
        };
        description.fields = make(ctx, paths, description, fetched)?;
        Ok(())
    })
}

fn checked(ctx: &Context<'_>, description: &TaskDescription, schema: &Schema, fetch: &Value) -> Result<Map> {
    let mut fetch = fetch.as_map().cloned().unwrap_or_default();
    section::drop_nulls(ctx, schema, &mut fetch);
    section::check(ctx, &description.origin, schema, &fetch, &KeyPath::dotted("fetch"))?;
    Ok(fetch)
}

fn make(ctx: &Context<'_>, paths: &IndexPaths, description: &Map, fetch: Fetch) -> Result<Map> {
    let name = description.text("name")?;
    let text = |key: &str| description.get(key).and_then(Value::as_str);
    let prefix = text("artifact-prefix").unwrap_or("public");
    let expires = match ctx.params.text("level") {
        // What was fetched never changes: it may live for ever.
        "3" => "1000 years",
        _ => ctx.config.expires_after(),
    };
    let mut env = fetch.env;
    env.put("UPLOAD_DIR", ARTIFACTS);
    let mut attributes = description.get("attributes").and_then(Value::as_map).cloned().unwrap_or_default();
    attributes.put("fetch-artifact", python::path::join(prefix, &fetch.artifact_name));
    if let Some(alias) = text("fetch-alias").filter(|alias| !alias.is_empty()) {
        attributes.put("fetch-alias", alias);
    }
    let mut worker = map! {
        "chain-of-trust" => true,
        "docker-image" => description.get("docker-image").cloned().unwrap_or_else(|| map! { "in-tree" => "fetch" }.into()),
        "env" => env,
        "max-run-time" => 900,
        "artifacts" => vec![map! { "type" => "directory", "name" => prefix, "path" => ARTIFACTS }.into()],
    };
    let label = format!("fetch-{name}");
    let mut task = map! {
        "attributes" => attributes,
        "name" => name,
        "description" => description.text("description")?,
        "expires-after" => text("expires-after").unwrap_or(expires),
        "label" => label.as_str(),
        "run-on-projects" => Value::list(),
        "run" => map! {
            "using" => "run-task",
            "checkout" => false,
            "command" => fetch.command.into_iter().collect::<Value>(),
        },
        "worker-type" => "images",
    };
    if ctx.config.get("treeherder").is_some() {
        let symbol = format!("Fetch({name})");
        task.put(
            "treeherder",
            map! { "symbol" => symbol, "kind" => "build", "platform" => "fetch/opt", "tier" => 1 },
        );
    }
    if let Some(secret) = fetch.secret {
        task.put("scopes", [format!("secrets:get:{secret}")].into_iter().collect::<Value>());
        worker.put("taskcluster-proxy", true);
    }
    task.put("worker", worker);
    if !ctx.settings.fast {
        let cache_name = label.replacen(&format!("{}-", ctx.kind.name), "", 1);
        add_optimization(ctx, paths, &mut task, CACHE_TYPE.into(), cache_name.into(), &fetch.digest_data)?;
    }
    Ok(task)
}

fn static_url(ctx: &Context<'_>, fetch: &Map) -> Result<Fetch> {
    let text = |key: &str| fetch.get(key).and_then(Value::as_str).filter(|text| !text.is_empty());
    let url = fetch.text("url")?;
    let artifact_name =
        text("artifact-name").unwrap_or_else(|| url.rsplit('/').next().unwrap_or_default()).to_owned();
    let mut args: Vec<String> =
        ["--sha256", fetch.text("sha256")?, "--size", &python::str(&fetch["size"])].map(String::from).into();
    if let Some(strip) = fetch.get("strip-components").filter(|strip| strip.truthy()) {
        args.extend(["--strip-components".into(), python::str(strip)]);
    }
    if let Some(prefix) = text("add-prefix") {
        args.extend(["--add-prefix".into(), prefix.into()]);
    }
    let mut command: Vec<String> = ["fetch-content", "static-url"].map(String::from).into();
    command.extend(args.iter().cloned());
    let mut env = Map::default();
    if let Some(signature) = fetch.get("gpg-signature").and_then(Value::as_map) {
        let names = map! { "url" => url };
        let signature_url = fill(signature.text("sig-url")?, &names, Missing::Fails)?;
        let path = ctx.tree.disk_path(signature.text("key-path")?)?;
        let key = Source::read(&path).map_err(Error::from)?;
        env.put("FETCH_GPG_KEY", key.text.as_str());
        command.extend([
            "--gpg-sig-url".into(),
            signature_url.to_string(),
            "--gpg-key-env".into(),
            "FETCH_GPG_KEY".into(),
        ]);
    }
    for (name, value) in fetch.get("headers").and_then(Value::as_map).into_iter().flatten() {
        command.extend(["-H".into(), format!("{name}:{}", python::str(value))]);
    }
    command.extend([url.into(), format!("{ARTIFACTS}/{artifact_name}")]);
    // The signature proves what the checksum says already, so it stays out of the digest.
    args.push(artifact_name.clone());
    Ok(Fetch { command, artifact_name, digest_data: args, env, secret: None })
}

fn git(fetch: &Map) -> Result<Fetch> {
    let text = |key: &str| fetch.get(key).and_then(Value::as_str).filter(|text| !text.is_empty());
    let repo = fetch.text("repo")?;
    let revision = fetch.text("revision")?;
    if revision.len() < 40 || !revision.bytes().take(40).all(|byte| byte.is_ascii_hexdigit()) {
        return Err(about(
            "fetch.revision",
            format!("`fetch.revision` must be a whole commit id of 40 hex digits, found `{revision}`"),
        ));
    }
    let last = || repo.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
    let prefix = text("path-prefix").unwrap_or_else(last).to_owned();
    let artifact_name = text("artifact-name").map_or_else(|| format!("{prefix}.tar.zst"), str::to_owned);
    let mut command: Vec<String> =
        ["fetch-content", "git-checkout-archive", "--path-prefix"].map(String::from).into();
    command.extend([prefix.clone(), repo.into(), revision.into(), format!("{ARTIFACTS}/{artifact_name}")]);
    let secret = text("ssh-key").map(str::to_owned);
    if let Some(secret) = &secret {
        command.extend(["--ssh-key-secret".into(), secret.clone()]);
    }
    let mut digest_data = vec![revision.into(), prefix, artifact_name.clone()];
    if fetch.get("include-dot-git").is_some_and(Value::truthy) {
        command.push("--include-dot-git".into());
        digest_data.push(".git".into());
    }
    Ok(Fetch { command, artifact_name, digest_data, env: Map::default(), secret })
}
