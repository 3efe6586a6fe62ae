//! The payload of docker-worker.

use std::sync::Arc;

use crate::docker_image::context::warn_of_no_run_task;
use crate::task::volumes::{check_caches_are_volumes, volumes};
use anyhow::{Context as _, Result};
use taskgraph::diagnostics::Problem;
use taskgraph::schema::fields::{Fields, about, missing};
use taskgraph::schema::{Field, STRINGS, Schema, TEXT_OR_REFERENCE, optional, required};
use taskgraph::transform::{Context, TaskDescription};
use taskgraph::tree::sha256;
use taskgraph_compat::value::path::KeyPath;
use taskgraph_compat::value::{Map, Str, Value, joined};
use taskgraph_compat::{map, name, python};

/// Raised to throw all caches away, without touching run-task.
const CACHE_VERSION: &str = "v3";

/// run-task ends with this status if something is wrong with its caches.
const PURGE_CACHES: i64 = 72;

/// Features of the worker, in the order of the reference.
const FLAGS: [&str; 8] = [
    "relengapi-proxy",
    "chain-of-trust",
    "taskcluster-proxy",
    "allow-ptrace",
    "loopback-video",
    "loopback-audio",
    "docker-in-docker",
    "privileged",
];

const CACHE: &[Field] = &[
    optional("type", Schema::Word(&["persistent"])),
    optional("name", Schema::Str),
    optional("mount-point", Schema::Str),
    optional("skip-untrusted", Schema::Bool),
];

const ARTIFACT: &[Field] = &[
    optional("type", Schema::Word(&["file", "directory", "volume"])),
    optional("path", Schema::Str),
    optional("name", Schema::Str),
];

/// The section `worker` of a task description.
pub(super) const WORKER: Schema = Schema::Map(&[
    required("implementation", Schema::Str),
    required("os", Schema::Word(&["linux"])),
    required(
        "docker-image",
        Schema::Either(
            &[
                Schema::Str,
                Schema::Map(&[optional("in-tree", Schema::Str)]),
                Schema::Map(&[optional("indexed", Schema::Str)]),
            ],
            "the name of an image, `in-tree: NAME` or `indexed: INDEX PATH`",
        ),
    ),
    optional("relengapi-proxy", Schema::Bool),
    required("chain-of-trust", Schema::Bool),
    required("taskcluster-proxy", Schema::Bool),
    required("allow-ptrace", Schema::Bool),
    required("loopback-video", Schema::Bool),
    optional("loopback-audio", Schema::Bool),
    optional("docker-in-docker", Schema::Bool),
    optional("privileged", Schema::Bool),
    optional("volumes", STRINGS).or_null(),
    optional("caches", Schema::List(&Schema::Map(CACHE))),
    optional("artifacts", Schema::List(&Schema::Map(ARTIFACT))),
    required("env", Schema::MapOf(&TEXT_OR_REFERENCE)),
    optional("command", Schema::List(&TEXT_OR_REFERENCE)),
    required("max-run-time", Schema::Int),
    optional("retry-exit-status", Schema::List(&Schema::Int)),
    optional("purge-caches-exit-status", Schema::List(&Schema::Int)),
    optional("skip-artifacts", Schema::Bool).or_null(),
]);

/// Fills what a docker-worker section may leave out. What a version of Taskgraph no longer knows has no effect either way.
pub(super) fn set_defaults(worker: &mut Map) -> Result<()> {
    worker.reserve(FLAGS.len() + 4);
    for flag in FLAGS {
        worker.set_default(flag, false);
    }
    worker.set_default("volumes", Value::list());
    worker.set_default("env", Value::map());
    if worker.contains_key("caches") {
        for cache in worker.list_at("caches")?.iter_mut().filter_map(Value::as_map_mut) {
            cache.set_default("skip-untrusted", false);
        }
    }
    Ok(())
}

/// 20 hex digits of run-task's digest, which the names of its caches carry.
pub(super) fn run_task_suffix(ctx: &Context<'_>) -> Result<Str> {
    let Some(run_task) = &ctx.settings.run_task else {
        warn_of_no_run_task(ctx, "names of caches are not those of a real run");
        return Ok("0".repeat(20).into());
    };
    let path = run_task.script();
    let digest = run_task.digest().with_context(|| format!("`{}` cannot be read", path.display()))?;
    Ok(digest[..20].into())
}

/// Builds the payload, and adds what it needs to scopes, dependencies and volumes.
pub(super) fn build(
    ctx: &Context<'_>,
    description: &mut TaskDescription,
    definition: &mut Map,
) -> Result<()> {
    let image = image(ctx, description)?;
    let mut scopes = Vec::new();
    let (features, capabilities) = features(ctx, description, &mut scopes)?;
    let worker = description.map_at("worker")?;
    let program =
        worker.get("command").and_then(|command| command.as_list()?.first()?.as_str()).unwrap_or_default();
    let run_task = ctx.config.version.is_run_task(program);
    if run_task {
        worker.list_at("retry-exit-status")?.push(PURGE_CACHES.into());
        worker.list_at("purge-caches-exit-status")?.push(PURGE_CACHES.into());
    }
    let mut payload = map! { "image" => image, "env" => Value::map() };
    payload.reserve(6);
    for (key, name) in [("command", "command"), ("max-run-time", "maxRunTime")] {
        if let Some(value) = worker.get(key) {
            payload.put(name, value.clone());
        }
    }
    let mut on_exit = Map::default();
    for (key, name) in [("retry-exit-status", "retry"), ("purge-caches-exit-status", "purgeCaches")] {
        if let Some(value) = worker.get(key) {
            on_exit.put(name, value.clone());
        }
    }
    payload.put("onExitStatus", on_exit);
    if let Some(artifacts) = worker.get("artifacts").and_then(Value::as_list) {
        payload.put("artifacts", artifacts_of(artifacts, &definition["expires"])?);
    }
    let mut env = match worker.get_mut("env") {
        Some(Value::Map(env)) => Arc::unwrap_or_clone(std::mem::take(env)),
        _ => Map::default(),
    };
    let untrusted = ctx.is_try() || ctx.params.level() == 1;
    if let Some(caches) = caches(ctx, worker, run_task, untrusted, &mut scopes)? {
        if run_task {
            env.put("TASKCLUSTER_CACHES", listed(caches.values()));
        }
        payload.put("cache", map! { "task-reference" => caches });
    }
    let volumes = worker.get("volumes").and_then(Value::as_list).unwrap_or_default();
    if run_task && !volumes.is_empty() {
        env.put("TASKCLUSTER_VOLUMES", listed(volumes));
    }
    if payload.contains_key("cache") && untrusted {
        env.put("TASKCLUSTER_UNTRUSTED_CACHES", name!("1"));
    }
    if !ctx.config.version.takes_caches_that_are_no_volumes() {
        check_caches_are_volumes(worker)?;
    }
    payload.put("env", env);
    if !features.is_empty() {
        payload.put("features", features);
    }
    if !capabilities.is_empty() {
        payload.put("capabilities", capabilities);
    }
    definition.list_at("scopes")?.extend(scopes);
    definition.put("payload", payload);
    Ok(())
}

fn image(ctx: &Context<'_>, description: &mut TaskDescription) -> Result<Value> {
    let image =
        description.get("worker").and_then(|worker| worker.get("docker-image")).cloned().unwrap_or_default();
    let Some(section) = image.as_map() else { return Ok(image) };
    let from = |key: &str| section.get(key).and_then(Value::as_str);
    match (from("in-tree"), from("indexed")) {
        (Some(name), _) => {
            let dependencies = description.map_at("dependencies")?;
            if dependencies.contains_key("docker-image") {
                return Err(about(
                    "dependencies.docker-image",
                    "the dependency `docker-image` is taken by the image of the task itself",
                ));
            }
            dependencies.put("docker-image", joined(&["docker-image-", name]));
            let declared = description.map_at("worker")?.list_at("volumes")?;
            for volume in volumes(ctx, name)? {
                if declared.contains(&volume) {
                    return Err(about(
                        "worker.volumes",
                        format!(
                            "the volume {} stands in the Dockerfile of `{name}`: it need not be named again",
                            python::repr(&volume)
                        ),
                    ));
                }
                declared.push(volume);
            }
            Ok(map! {
                "path" => name!("public/image.tar.zst"),
                "taskId" => map! { "task-reference" => name!("<docker-image>") },
                "type" => name!("task-image"),
            }
            .into())
        }
        (None, Some(namespace)) => Ok(map! {
            "path" => name!("public/image.tar.zst"),
            "namespace" => namespace,
            "type" => name!("indexed-image"),
        }
        .into()),
        (None, None) => {
            Err(about("worker.docker-image", "`worker.docker-image` needs `in-tree` or `indexed`"))
        }
    }
}

fn features(
    ctx: &Context<'_>,
    description: &mut TaskDescription,
    scopes: &mut Vec<Value>,
) -> Result<(Map, Map)> {
    let sccache = description.is_set("needs-sccache");
    let worker = description.map_at("worker")?;
    let mut features = Map::default();
    for (flag, feature) in [
        ("relengapi-proxy", "relengAPIProxy"),
        ("taskcluster-proxy", "taskclusterProxy"),
        ("allow-ptrace", "allowPtrace"),
        ("chain-of-trust", "chainOfTrust"),
        ("docker-in-docker", "dind"),
    ] {
        if worker.is_set(flag) {
            features.put(feature, true);
            if flag == "allow-ptrace" {
                scopes.push("docker-worker:feature:allowPtrace".into());
            }
        }
    }
    if sccache {
        features.put("taskclusterProxy", true);
        let (domain, level) = (ctx.config.trust_domain(), ctx.params.text("level"));
        scopes.push(format!("assume:project:taskcluster:{domain}:level-{level}-sccache-buckets").into());
    }
    set_sccache(worker, sccache)?;
    let mut capabilities = Map::default();
    for (flag, device) in [("loopback-audio", "loopbackAudio"), ("loopback-video", "loopbackVideo")] {
        if worker.is_set(flag) {
            capabilities.map_at("devices")?.put(device, true);
            scopes.push(format!("docker-worker:capability:device:{device}").into());
        }
    }
    if worker.is_set("privileged") {
        capabilities.put("privileged", true);
        scopes.push("docker-worker:capability:privileged".into());
    }
    Ok((features, capabilities))
}

/// Takes out what the Taskgraph of the tree does not know any more, whatever its value is, and warns of it.
pub(super) fn leave_out_removed(ctx: &Context<'_>, description: &mut TaskDescription) -> Result<()> {
    let version = ctx.config.version;
    let known = version.docker_features();
    for (flag, is_known) in [
        ("relengapi-proxy", known.relengapi_proxy),
        ("loopback-audio", known.privileged),
        ("docker-in-docker", known.privileged),
        ("privileged", known.privileged),
    ] {
        if !is_known && description.map_at("worker")?.take(flag).is_some_and(|value| value.truthy()) {
            let path = KeyPath::dotted("worker").join(flag);
            let message = format!(
                "`{path}` of `{}` does nothing: Taskgraph {version} has it no more",
                description.origin.name
            );
            let place = description.origin.place(&path);
            ctx.record.warn(Problem::warning("ignored-key", message).at(path, "").in_place(place));
        }
    }
    Ok(())
}

/// Tells the task whether to use sccache.
pub(super) fn set_sccache(worker: &mut Map, sccache: bool) -> Result<()> {
    let env = worker.map_at("env")?;
    if sccache {
        env.put("USE_SCCACHE", "1");
        env.put("SCCACHE_IDLE_TIMEOUT", "0");
    } else {
        env.put("SCCACHE_DISABLE", name!("1"));
    }
    Ok(())
}

fn artifacts_of(artifacts: &[Value], expires: &Value) -> Result<Map> {
    let mut out = Map::default();
    for (index, artifact) in artifacts.iter().enumerate() {
        let text = |key: &str| match artifact.get(key).and_then(Value::as_str) {
            Some(text) => Ok(text),
            None => Err(missing(KeyPath::dotted("worker.artifacts").join(index).join(key), "a string")),
        };
        let (path, kind) = (text("path")?, text("type")?);
        out.put(text("name")?, map! { "path" => path, "type" => kind, "expires" => expires.clone() });
    }
    Ok(out)
}

/// Names of caches and where they are mounted. A cache that run-task looks after carries run-task and the image in
/// its name, so that neither meets the caches of another version. Each needs a scope.
fn caches(
    ctx: &Context<'_>,
    worker: &Map,
    run_task: bool,
    untrusted: bool,
    scopes: &mut Vec<Value>,
) -> Result<Option<Map>> {
    let Some(wanted) = worker.get("caches").and_then(Value::as_list) else { return Ok(None) };
    let suffix = match (run_task, worker.get("docker-image").and_then(Value::as_str)) {
        (false, _) => CACHE_VERSION.into(),
        (true, None) => joined(&[CACHE_VERSION, "-", &run_task_suffix(ctx)?, "-<docker-image>"]),
        (true, Some(image)) => joined(&[CACHE_VERSION, "-", &run_task_suffix(ctx)?, &sha256(image)[..12]]),
    };
    let mut caches = Map::default();
    for cache in wanted.iter().filter_map(Value::as_map) {
        if cache.is_set("skip-untrusted") && untrusted {
            continue;
        }
        let (domain, level) = (ctx.config.trust_domain(), ctx.params.text("level"));
        let name = joined(&[domain, "-level-", level, "-", cache.text("name")?, "-", &suffix]);
        // Python: a cache that is written twice has its scope twice.
        scopes.push(map! { "task-reference" => joined(&["docker-worker:cache:", &name]) }.into());
        caches.put(&name, cache.text("mount-point")?);
    }
    Ok(Some(caches))
}

/// Paths in one text, sorted.
fn listed<'v>(paths: impl IntoIterator<Item = &'v Value>) -> String {
    let mut paths: Vec<&str> = paths.into_iter().filter_map(Value::as_str).collect();
    paths.sort_unstable();
    paths.join(";")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn null_stands_for_a_missing_key_where_it_has_no_effect() {
        let nulls =
            || map! { "volumes" => Value::Null, "skip-artifacts" => Value::Null, "command" => Value::Null };
        let mut worker = nulls();
        WORKER.drop_nulls(&mut worker);
        assert_eq!(worker, map! { "command" => Value::Null });
        assert!(!WORKER.fits(&nulls().into()));
    }
}
