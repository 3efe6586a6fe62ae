//! `taskgraph.transforms.run`: from how something is to be run to a task description.
//!
//! `run.using` names the way: `run-task`, `toolchain-script`, `index-search` or `always-optimized`. What it does
//! depends on the worker that the task's `worker-type` stands for.

mod checkout;
mod fetches;
mod index_search;
mod run_task;
mod schema;
mod toolchain;

use crate::cached_tasks::label_of;
use crate::section;
use anyhow::{Context as _, Result, bail};
use checkout::Repositories;
use run_task::Scripts;
use taskgraph::schema::fields::{Fields, about, within, wrong};
use taskgraph::schema::{Schema, required};
use taskgraph::transform::{Context, TaskDescription, Transform, TransformInfo, each, with_state};
use taskgraph_compat::value::path::KeyPath;
use taskgraph_compat::value::{Map, Value, intern, joined};
use taskgraph_compat::{map, name, suggest};

pub(crate) use schema::FETCH;

const USING: &[&str] = &["run-task", "toolchain-script", "index-search", "always-optimized"];

const ALWAYS_OPTIMIZED: Schema = Schema::Map(&[required("using", Schema::Word(&["always-optimized"]))]);

/// The description of the transform.
pub(crate) const INFO: TransformInfo = TransformInfo::new(
    "taskgraph.transforms.run",
    "Turns the section `run`, which says how something is run, into a task description.",
)
.task(&schema::RUN);

/// The transforms.
pub(crate) fn transform() -> [Transform; 3] {
    [each(normalize), fetches::transform(), with_state(|ctx| Ok(KindState::of(ctx))).each(describe)]
}

/// Values that all tasks of a kind share.
struct KindState {
    repositories: Repositories,
    scripts: Scripts,
}

impl KindState {
    fn of(ctx: &Context<'_>) -> Self {
        KindState { repositories: Repositories::default(), scripts: Scripts::of(ctx) }
    }
}

/// Checks a task, and gives it a label and the implementation of its worker.
fn normalize(ctx: &Context<'_>, description: &mut TaskDescription) -> Result<()> {
    section::drop_nulls(ctx, &schema::RUN, &mut description.fields);
    if !ctx.settings.fast {
        schema::RUN.require_of(description)?;
        if description.contains_key("when") && description.contains_key("optimization") {
            return Err(about("when", "`when` and `optimization` exclude each other"));
        }
    }
    rewrite_when(ctx, description)?;
    set_implementation(ctx, description)?;
    set_label(ctx, description)
}

/// "Only when files changed" means "skip unless they changed".
fn rewrite_when(ctx: &Context<'_>, description: &mut TaskDescription) -> Result<()> {
    let Some(when) = description.take("when").filter(Value::truthy) else { return Ok(()) };
    let Some(files) = when.get("files-changed").and_then(Value::as_list) else {
        return Err(wrong("when", &when, "a map with files-changed"));
    };
    let mut files = files.to_vec();
    files.push(format!("{}/kind.yml", ctx.kind.path).into());
    if let Some(from) =
        description.get("task-from").and_then(Value::as_str).filter(|from| *from != "kind.yml")
    {
        files.push(format!("{}/{from}", ctx.kind.path).into());
    }
    description.put("optimization", map! { "skip-unless-changed" => files });
    Ok(())
}

fn set_implementation(ctx: &Context<'_>, description: &mut TaskDescription) -> Result<()> {
    let worker = within("worker-type", ctx.config.worker(description.text("worker-type")?))?;
    let tags = description.map_at("tags")?;
    if let Some(os) = worker.os {
        tags.put("os", intern(os));
    }
    tags.put("worker-implementation", intern(worker.implementation));
    let section = description.map_at("worker")?;
    if let Some(implementation) = section.get("implementation") {
        return Err(wrong("worker.implementation", implementation, "left out: `worker-type` decides it"));
    }
    section.put("implementation", intern(worker.implementation));
    if let Some(os) = worker.os {
        section.put("os", intern(os));
    }
    Ok(())
}

/// Makes a label of the kind and the name, and drops the name.
pub(crate) fn set_label(ctx: &Context<'_>, description: &mut TaskDescription) -> Result<()> {
    if !description.contains_key("label") {
        let name = description.text("name").context("a task needs a name or a label")?;
        let label = joined(&[&ctx.kind.name, "-", name]);
        description.put("label", label);
    }
    if description.is_set("name") {
        description.take("name");
    }
    Ok(())
}

/// A run section on its way, and the worker it is for.
struct Run<'r> {
    fields: Map,
    is_docker: bool,
    kind: &'r KindState,
}

impl Run<'_> {
    fn text(&self, key: &str) -> Result<&str> {
        self.fields.text(key)
    }
}

fn describe(ctx: &Context<'_>, kind: &KindState, description: &mut TaskDescription) -> Result<()> {
    let Some(Value::Map(run)) = description.take("run") else { bail!("missing key `run`") };
    let mut run = std::sync::Arc::unwrap_or_clone(run);
    for field in ["attributes", "dependencies", "extra"] {
        description.map_at(field)?;
    }
    for field in ["soft-dependencies", "routes", "scopes"] {
        description.list_at(field)?;
    }
    let worker = description
        .get("worker")
        .and_then(|worker| worker.get("implementation")?.as_str())
        .unwrap_or_default();
    let is_docker = worker == "docker-worker";
    if is_docker || worker == "generic-worker" {
        run.set_default("workdir", name!("/builds/worker"));
    }
    let using = run.text("using")?.to_owned();
    ctx.leave_to_python("`run.using`", &using, |registered| &registered.run_using)?;
    match (&*using, worker) {
        ("always-optimized", "always-optimized") => check(ctx, &ALWAYS_OPTIMIZED, &run),
        ("index-search", "always-optimized") => index_search::using(ctx, &run, description),
        ("run-task", "docker-worker" | "generic-worker") => {
            run_task::using(ctx, &mut Run { fields: run, is_docker, kind }, description)
        }
        ("toolchain-script", "docker-worker" | "generic-worker") => {
            toolchain::using(ctx, &mut Run { fields: run, is_docker, kind }, description)
        }
        (known, worker) if USING.contains(&known) => Err(about(
            "run.using",
            format!(
                "`run.using: {known}` is not possible on `{worker}`, which `worker-type` of `{}` stands for",
                label_of(description)?
            ),
        )),
        (other, _) => {
            let near = suggest::nearest(other, USING.iter().copied());
            let allowed = suggest::list(USING.iter().copied());
            let hint = near.map_or(allowed, |near| format!("did you mean `{near}`?"));
            Err(about("run.using", format!("unknown `run.using: {other}`: {hint}")))
        }
    }
}

/// Checks a run section, unless the call is in a hurry.
fn check(ctx: &Context<'_>, schema: &Schema, run: &Map) -> Result<()> {
    match ctx.settings.fast || schema.fits_fields(run) {
        true => Ok(()),
        false => schema.require(&run.clone().into(), &KeyPath::dotted("run")),
    }
}

/// The same for a section whose unknown keys are ignored since 19.1.
fn check_section(ctx: &Context<'_>, description: &TaskDescription, schema: &Schema, run: &Map) -> Result<()> {
    match ctx.settings.fast {
        true => Ok(()),
        false => section::check(ctx, &description.origin, schema, run, &KeyPath::dotted("run")),
    }
}
