//! `run.using: toolchain-script`: a script of the tree that builds a tool, cached by all that it is built from.

use crate::cached_tasks::label_of;
use crate::run::checkout::{folder, os_of};
use crate::run::fetches::artifact_prefix;
use crate::run::{Run, check, run_task};
use anyhow::Result;
use taskgraph::schema::fields::Fields;
use taskgraph::schema::{Field, STRINGS, Schema, joined, optional, required};
use taskgraph::transform::{Context, TaskDescription};
use taskgraph_compat::value::Value;
use taskgraph_compat::{map, python};

const CACHE_TYPE: &str = "toolchains.v3";
const SCRIPTS: &str = "taskcluster/scripts/toolchain/";

/// The keys that every version of Taskgraph knows.
const FIELDS: &[Field] = &[
    required("using", Schema::Word(&["toolchain-script"])),
    required("script", Schema::Str),
    optional("arguments", STRINGS),
    optional("resources", STRINGS),
    required("toolchain-artifact", Schema::Str),
    optional("toolchain-alias", Schema::Either(&[Schema::Str, STRINGS], "a string or a list of strings")),
    optional("toolchain-env", Schema::MapOf(&Schema::Any)),
    required("workdir", Schema::Str),
];

const RUN: Schema = Schema::Open(FIELDS, &Schema::Any);

const SPARSE_RUN: Schema =
    Schema::Open(&joined::<{ FIELDS.len() + 1 }>(FIELDS, &[run_task::SPARSE_PROFILE]), &Schema::Any);

/// Turns a script into a run-task command, and its inputs into a digest.
pub(super) fn using(ctx: &Context<'_>, run: &mut Run<'_>, description: &mut TaskDescription) -> Result<()> {
    let is_sparse = ctx.config.version.has_sparse_profiles();
    if is_sparse {
        run.fields.set_default("sparse-profile", "toolchain-build");
    }
    check(ctx, if is_sparse { &SPARSE_RUN } else { &RUN }, &run.fields)?;

    set_worker(ctx, run, description)?;
    for key in ["toolchain-artifact", "toolchain-alias", "toolchain-env"] {
        if let Some(value) = run.fields.take(key) {
            description.map_at("attributes")?.put(key, value);
        }
    }
    let script = python::path::normpath(&python::path::join(SCRIPTS, run.text("script")?));
    let resources = run.fields.take("resources");
    if !ctx.settings.fast {
        let data = digest_data(ctx, run, description, resources.as_ref(), &script)?;
        let label = label_of(description)?;
        let name = label.replacen(&format!("{}-", ctx.kind.name), "", 1);
        description.put("cache", map! { "type" => CACHE_TYPE, "name" => name, "digest-data" => data });
    }
    run.fields.take("script");
    run.fields.put("using", "run-task");
    run.fields.put("cwd", "{checkout}/..");
    if script.ends_with(".ps1") {
        run.fields.put("exec-with", "powershell");
    }
    let program = format!("{}/{script}", folder(&os_of(description)));
    let arguments = run.fields.take("arguments").unwrap_or_else(Value::list);
    let arguments: Vec<&str> =
        arguments.as_list().unwrap_or_default().iter().filter_map(Value::as_str).collect();
    let command: Value = match (run.is_docker, arguments.is_empty()) {
        (true, _) => std::iter::once(&*program).chain(arguments).collect(),
        (false, true) => program.into(),
        // The program may hold a variable that the shell has to fill in, so it is not quoted.
        (false, false) => format!("{program} {}", python::shell::quote(arguments)).into(),
    };
    run.fields.put("command", command);
    run_task::using(ctx, run, description)
}

fn set_worker(ctx: &Context<'_>, run: &Run<'_>, description: &mut TaskDescription) -> Result<()> {
    let prefix = artifact_prefix(description.get("attributes").and_then(Value::as_map)).to_owned();
    let worker = description.map_at("worker")?;
    worker.put("chain-of-trust", true);
    if run.is_docker {
        worker.set_default("docker-image", map! { "in-tree" => "toolchain-build" });
    }
    let artifacts = worker.list_at("artifacts")?;
    let is_public = |artifact: &Value| artifact.get("name").and_then(Value::as_str) == Some("public/build");
    if !artifacts.iter().any(is_public) {
        let path = match run.is_docker {
            true => format!("{}/artifacts/", run.text("workdir")?),
            false => prefix.clone(),
        };
        artifacts.push(map! { "name" => prefix, "path" => path.as_str(), "type" => "directory" }.into());
        if run.is_docker {
            worker.map_at("env")?.put("UPLOAD_DIR", path);
        }
    }
    let env = worker.map_at("env")?;
    for (name, parameter) in [("MOZ_BUILD_DATE", "moz_build_date"), ("MOZ_SCM_LEVEL", "level")] {
        env.put(name, ctx.params.get(parameter).cloned().unwrap_or_default());
    }
    Ok(())
}

fn digest_data(
    ctx: &Context<'_>,
    run: &Run<'_>,
    description: &TaskDescription,
    resources: Option<&Value>,
    script: &str,
) -> Result<Value> {
    let resources = resources.and_then(Value::as_list).unwrap_or_default();
    let mut files: Vec<String> = resources.iter().filter_map(Value::as_str).map(str::to_owned).collect();
    files.push(script.to_owned());
    let mut data: Vec<Value> = vec![ctx.tree.hash_matching(&files)?.into()];
    data.extend(
        description.get("attributes").and_then(|attributes| attributes.get("toolchain-artifact").cloned()),
    );
    // Python: the name stands for the image, whose own digest is not known here.
    let image = description.get("worker").and_then(|worker| worker.get("docker-image")?.get("in-tree"));
    data.extend(image.filter(|image| image.truthy()).cloned());
    data.extend(run.fields.get("arguments").and_then(Value::as_list).unwrap_or_default().iter().cloned());
    Ok(data.into())
}
