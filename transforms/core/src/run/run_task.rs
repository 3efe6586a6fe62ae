//! `run.using: run-task`: a command that the script `run-task` starts, after checkouts, with caches.

use crate::cached_tasks::label_of;
use crate::run::checkout::{add, add_caches, os_of, wanted};
use crate::run::{Run, check_section};
use crate::section;
use anyhow::Result;
use taskgraph::graph_config;
use taskgraph::schema::fields::{Fields, about, within};
use taskgraph::schema::{Field, STRINGS, Schema, TEXT_OR_REFERENCE, joined, optional, required};
use taskgraph::transform::substitute::{Missing, fill};
use taskgraph::transform::{Context, TaskDescription};
use taskgraph_compat::value::{Map, Value, intern};
use taskgraph_compat::{map, name, python, value};

/// The keys that every version of Taskgraph knows.
const FIELDS: &[Field] = &[
    required("using", Schema::Word(&["run-task"])),
    optional(
        "use-caches",
        Schema::Either(
            &[Schema::Bool, Schema::List(&Schema::Word(graph_config::CACHES))],
            "true, false or a list of caches",
        ),
    )
    .or_null(),
    required(
        "checkout",
        Schema::Either(
            &[Schema::Bool, Schema::MapOf(&Schema::MapOf(&Schema::Any))],
            "true, false or a map of checkouts",
        ),
    ),
    optional("cwd", Schema::Str),
    required(
        "command",
        Schema::Either(
            &[Schema::List(&TEXT_OR_REFERENCE), TEXT_OR_REFERENCE],
            "a string or a list of strings",
        ),
    ),
    optional("exec-with", Schema::Word(&["bash", "powershell"])),
    optional("run-task-command", STRINGS),
    required("workdir", Schema::Str),
    optional("run-as-root", Schema::Bool).or_null(),
];

const RUN: Schema = Schema::Map(FIELDS);

/// Key that may be null on generic-worker alone.
const GENERIC: Schema = Schema::Map(&[optional("run-task-command", STRINGS).or_null()]);

const SPARSE_RUN: Schema = Schema::Map(&joined::<{ FIELDS.len() + 1 }>(FIELDS, &[SPARSE_PROFILE]));

/// Paths to which a checkout is limited.
pub(super) const SPARSE_PROFILE: Field =
    required("sparse-profile", Schema::Either(&[Schema::Str, Schema::Null], "a string or nothing (null)"));

/// Writes command, environment, caches and mounts of the worker.
pub(super) fn using(ctx: &Context<'_>, run: &mut Run<'_>, description: &mut TaskDescription) -> Result<()> {
    section::drop_nulls(ctx, &RUN, &mut run.fields);
    if !run.is_docker {
        section::drop_nulls(ctx, &GENERIC, &mut run.fields);
    }
    run.fields.set_default("checkout", true);
    let is_sparse = ctx.config.version.has_sparse_profiles();
    if is_sparse {
        run.fields.set_default("sparse-profile", Value::Null);
    }
    run.fields.set_default("run-as-root", false);
    check_section(ctx, description, if is_sparse { &SPARSE_RUN } else { &RUN }, &run.fields)?;
    if !is_sparse {
        run.fields.take("sparse-profile");
    }

    let os = os_of(description);
    let is_windows = os == "windows";
    let default: &[&'static str] = match (run.is_docker, is_windows) {
        (true, _) => &["/usr/local/bin/run-task"],
        (false, true) => &["C:/mozilla-build/python3/python3.exe", "run-task"],
        (false, false) => &["./run-task"],
    };
    let given = run.fields.take("run-task-command").filter(|given| run.is_docker || given.truthy());
    let mut command: Vec<Value> = match given {
        Some(given) => given.as_list().unwrap_or_default().to_vec(),
        None => default.iter().map(|part| intern(part).into()).collect(),
    };
    set_up(ctx, run, description, &mut command)?;
    if !run.is_docker {
        mount_scripts(&run.kind.scripts, description)?;
    }
    let wrapped = match run.fields.take("command").unwrap_or_default() {
        Value::List(parts) => parts.to_vec(),
        text => execute(run, text, is_windows),
    };
    if run.fields.is_set("run-as-root") {
        command.extend(["--user", "root", "--group", "root"].map(intern).map(Value::from));
    }
    command.push(name!("--").into());
    if !run.is_docker && os == "linux-bitbar" {
        command.push("/builds/taskcluster/script.py".into());
    }
    command.extend(wrapped);
    let command: Vec<Value> = match (run.is_docker, is_windows) {
        (true, _) => command,
        (false, true) => vec![one_line(&command)],
        (false, false) => {
            vec![["chmod", "+x", "run-task"].map(intern).into_iter().collect::<Value>(), command.into()]
        }
    };
    description.map_at("worker")?.put("command", command);
    Ok(())
}

/// Checkouts, working directory and caches, the same on every worker.
fn set_up(
    ctx: &Context<'_>,
    run: &mut Run<'_>,
    description: &mut TaskDescription,
    command: &mut Vec<Value>,
) -> Result<()> {
    if run.fields["checkout"].truthy() {
        let checkouts = wanted(ctx, run)?;
        let path = add(run, description, &checkouts)?;
        for checkout in &checkouts.list {
            let path = python::path::join(&path, &checkout.path);
            command.push(value::joined(&["--", &checkout.prefix, "-checkout=", &path]).into());
        }
        if let (Some(profile), Some(last)) = (
            run.fields.get("sparse-profile").and_then(Value::as_str).filter(|profile| !profile.is_empty()),
            checkouts.list.last(),
        ) {
            command.push(format!("--{}-sparse-profile=build/sparse-profiles/{profile}", last.prefix).into());
        }
        if let Some(cwd) = run.fields.get("cwd").and_then(Value::as_str) {
            let cwd = within("run.cwd", fill(cwd, &map! { "checkout" => path }, Missing::Fails))?;
            run.fields.put("cwd", python::path::normpath(&cwd));
        }
    } else if run.fields.get("cwd").and_then(Value::as_str).is_some_and(|cwd| cwd.contains("{checkout}")) {
        return Err(about(
            "run.cwd",
            format!("`run.cwd` of `{}` speaks of a checkout, but the task has none", label_of(description)?),
        ));
    }
    if let Some(cwd) = run.fields.get("cwd") {
        command.extend([name!("--task-cwd").into(), cwd.clone()]);
    }
    add_caches(ctx, run, description)?;
    let level = ctx.params.get("level").map(Value::known).unwrap_or_default();
    description.map_at("worker")?.map_at("env")?.put("MOZ_SCM_LEVEL", level);
    Ok(())
}

/// Generic workers have no run-task of their own: it is an artifact of the decision task.
fn mount_scripts(scripts: &Scripts, description: &mut TaskDescription) -> Result<()> {
    let worker = description.map_at("worker")?;
    let fetches = worker.get("env").and_then(|env| env.get("MOZ_FETCHES")).is_some_and(Value::truthy);
    let mounts = worker.list_at("mounts")?;
    mounts.push(scripts.run_task.clone());
    if fetches {
        mounts.push(scripts.fetch_content.clone());
    }
    Ok(())
}

/// The mounts of those artifacts.
pub(super) struct Scripts {
    run_task: Value,
    fetch_content: Value,
}

impl Scripts {
    /// Builds them from the settings of the call.
    pub(super) fn of(ctx: &Context<'_>) -> Self {
        let task_id = ctx.settings.task_id.as_deref().unwrap_or("<TASK_ID>");
        let proxy = ctx.settings.proxy_url.as_deref();
        let proxy = proxy.filter(|_| ctx.config.version.fetches_scripts_by_proxy());
        let root = proxy.unwrap_or(&ctx.settings.root_url);
        let script = |name: &str| {
            let url = format!("{root}/api/queue/v1/task/{task_id}/artifacts/public/{name}");
            map! { "content" => map! { "url" => url }, "file" => format!("./{name}") }.into()
        };
        Scripts { run_task: script("run-task"), fetch_content: script("fetch-content") }
    }
}

/// On Windows a command is one text, with a reference to tasks if a part of it has one.
fn one_line(parts: &[Value]) -> Value {
    let reference = |part: &Value| part.get("task-reference").cloned();
    let line = parts.iter().map(|part| python::str(&reference(part).unwrap_or_else(|| part.clone())));
    let line = line.collect::<Vec<_>>().join(" ");
    match parts.iter().any(|part| reference(part).is_some()) {
        true => map! { "task-reference" => line }.into(),
        false => line.into(),
    }
}

/// A command that is one text goes to a shell.
fn execute(run: &mut Run<'_>, text: Value, is_windows: bool) -> Vec<Value> {
    let text = match text {
        Value::Str(text) if is_windows && !run.is_docker => format!("\"{text}\"").into(),
        Value::Map(map) if is_windows && !run.is_docker => map
            .iter()
            .map(|(key, text)| (key.clone(), format!("\"{}\"", python::str(text)).into()))
            .collect::<Map>()
            .into(),
        other => other,
    };
    let with = run.fields.take("exec-with");
    let shell: &[&str] = match with.as_ref().and_then(Value::as_str) {
        Some("powershell") => &["powershell.exe", "-ExecutionPolicy", "Bypass"],
        _ => &["bash", "-cx"],
    };
    shell.iter().map(|part| intern(part).into()).chain([text]).collect()
}
