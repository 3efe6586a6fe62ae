//! The payload of generic-worker.

use crate::task::docker_worker::set_sccache;
use anyhow::Result;
use taskgraph::schema::fields::{Fields, wrong};
use taskgraph::schema::{Field, STRINGS, Schema, TEXT_OR_REFERENCE, optional, required};
use taskgraph::transform::{Context, TaskDescription};
use taskgraph_compat::value::path::KeyPath;
use taskgraph_compat::value::{Map, Value, joined};

/// Exit codes on Windows of an interruption, not of a failure: shutdown and Ctrl-C.
const INTERRUPTED: [i64; 2] = [1_073_807_364, 3_221_225_786];

/// Hides the window of a command on Windows.
const HIDE: &str = "hide-cmd-window";

const CONTENT: &[Field] = &[
    optional("artifact", Schema::Str),
    optional("task-id", TEXT_OR_REFERENCE),
    optional("url", Schema::Str),
];

const MOUNT: &[Field] = &[
    optional("cache-name", Schema::Str),
    optional("content", Schema::Map(CONTENT)),
    optional("directory", Schema::Str),
    optional("file", Schema::Str),
    optional("format", Schema::Word(&["rar", "tar.bz2", "tar.gz", "zip"])),
];

const ARTIFACT: &[Field] = &[
    optional("type", Schema::Word(&["file", "directory"])),
    optional("path", Schema::Str),
    optional("name", Schema::Str),
];

/// The section `worker` of a task description.
pub(super) const WORKER: Schema = Schema::Map(&[
    required("implementation", Schema::Str),
    required("os", Schema::Word(&["windows", "macosx", "linux", "linux-bitbar"])),
    required(
        "command",
        Schema::Either(
            &[Schema::List(&TEXT_OR_REFERENCE), Schema::List(&Schema::List(&TEXT_OR_REFERENCE))],
            "a list of commands",
        ),
    ),
    optional("artifacts", Schema::List(&Schema::Map(ARTIFACT))),
    optional("mounts", Schema::List(&Schema::Map(MOUNT))),
    required("env", Schema::MapOf(&TEXT_OR_REFERENCE)),
    required("max-run-time", Schema::Int),
    optional("retry-exit-status", Schema::List(&Schema::Int)),
    optional("purge-caches-exit-status", Schema::List(&Schema::Int)),
    optional("os-groups", STRINGS).or_null(),
    optional("run-as-administrator", Schema::Bool).or_null(),
    optional("run-task-as-current-user", Schema::Bool).or_null(),
    required("chain-of-trust", Schema::Bool),
    optional("taskcluster-proxy", Schema::Bool).or_null(),
    optional(HIDE, Schema::Bool).or_null(),
    optional("skip-artifacts", Schema::Bool).or_null(),
]);

/// Fills what a generic-worker section may leave out.
pub(super) fn set_defaults(worker: &mut Map) -> Result<()> {
    worker.set_default("env", Value::map());
    worker.set_default("os-groups", Value::list());
    worker.set_default("chain-of-trust", false);
    Ok(())
}

/// Builds the payload, and adds the scopes that it needs.
pub(super) fn build(
    ctx: &Context<'_>,
    description: &mut TaskDescription,
    definition: &mut Map,
) -> Result<()> {
    let worker_type = description.text("worker-type")?.to_owned();
    let sccache = description.is_set("needs-sccache");
    let worker = description.map_at("worker")?;
    if let Some(hide) = worker.get(HIDE).filter(|_| !ctx.config.version.has_hide_cmd_window()) {
        let known = "left out: Taskgraph has it since version 20.0.0";
        return Err(wrong(KeyPath::dotted("worker").join(HIDE), hide, known));
    }
    set_sccache(worker, sccache)?;
    let mut payload = Map::with_capacity(6);
    for (key, name) in [("command", "command"), ("max-run-time", "maxRunTime"), ("env", "env")] {
        payload.put(name, worker.get_mut(key).map(std::mem::take));
    }
    let on_exit = on_exit(worker)?;
    if !on_exit.is_empty() {
        payload.put("onExitStatus", on_exit);
    }
    let artifacts = worker.get("artifacts").and_then(Value::as_list).unwrap_or_default();
    if !artifacts.is_empty() {
        for artifact in artifacts.iter().filter_map(Value::as_map) {
            for key in ["path", "type"] {
                artifact.text(key)?;
            }
        }
        let listed = artifacts.iter().filter_map(Value::as_map).map(|artifact| {
            let kept = artifact.iter().filter(|(key, _)| matches!(&***key, "path" | "type" | "name"));
            Value::from(kept.map(|(key, value)| (key.clone(), value.clone())).collect::<Map>())
        });
        payload.put("artifacts", listed.collect::<Value>());
    }
    let mut scopes = Vec::new();
    let mounts = mounts(ctx, worker, &mut scopes);
    if !mounts.is_empty() {
        payload.put("mounts", mounts);
    }
    if let Some(groups) = worker.get("os-groups").filter(|groups| groups.truthy()) {
        payload.put("osGroups", groups.clone());
        for group in groups.as_list().unwrap_or_default().iter().filter_map(Value::as_str) {
            scopes.push(format!("generic-worker:os-group:{worker_type}/{group}").into());
        }
    }
    let mut features = Map::default();
    for (flag, feature, scope) in [
        ("chain-of-trust", "chainOfTrust", None),
        ("taskcluster-proxy", "taskclusterProxy", None),
        ("run-as-administrator", "runAsAdministrator", Some("run-as-administrator")),
        ("run-task-as-current-user", "runTaskAsCurrentUser", Some("run-task-as-current-user")),
        (HIDE, "hideCmdWindow", None),
    ] {
        if worker.is_set(flag) {
            features.put(feature, true);
            scopes.extend(scope.map(|scope| format!("generic-worker:{scope}:{worker_type}").into()));
        }
    }
    if !features.is_empty() {
        payload.put("features", features);
    }
    definition.list_at("scopes")?.extend(scopes);
    definition.put("payload", payload);
    Ok(())
}

fn on_exit(worker: &Map) -> Result<Map> {
    let mut on_exit = Map::default();
    for (key, name) in [("retry-exit-status", "retry"), ("purge-caches-exit-status", "purgeCaches")] {
        if let Some(status) = worker.get(key) {
            on_exit.put(name, status.clone());
        }
    }
    if worker.get("os").and_then(Value::as_str) == Some("windows") {
        on_exit.list_at("retry")?.extend(INTERRUPTED.map(Value::from));
    }
    Ok(on_exit)
}

/// Mounts with the names that the worker knows, and the scopes for caches and private artifacts. What needs neither
/// stays shared.
fn mounts(ctx: &Context<'_>, worker: &Map, scopes: &mut Vec<Value>) -> Vec<Value> {
    let mut mounts = worker.get("mounts").and_then(Value::as_list).unwrap_or_default().to_vec();
    for mount in &mut mounts {
        if let Some(name) = mount.get("cache-name") {
            let (domain, level) = (ctx.config.trust_domain(), ctx.params.text("level"));
            let name = joined(&[domain, "-level-", level, "-", name.as_str().unwrap_or_default()]);
            scopes.push(joined(&["generic-worker:cache:", &name]).into());
            rename(mount, "cache-name", "cacheName", name.into());
        }
        let Some(content) = mount.get("content") else { continue };
        if let Some(Value::Str(artifact)) = content.get("artifact")
            && !artifact.starts_with("public/")
        {
            scopes.push(joined(&["queue:get-artifact:", artifact]).into());
        }
        if let Some(task_id) = content.get("task-id").cloned() {
            let content = mount.as_map_mut().and_then(|mount| mount.get_mut("content"));
            content.into_iter().for_each(|content| rename(content, "task-id", "taskId", task_id.clone()));
        }
    }
    mounts
}

/// Puts a value under another key than the one there was.
fn rename(map: &mut Value, from: &str, to: &str, value: Value) {
    if let Some(map) = map.as_map_mut() {
        map.take(from);
        map.put(to, value);
    }
}
