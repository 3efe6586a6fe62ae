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
use taskgraph::schema::fields::{Fields, about, within, wrong};
use taskgraph::schema::{Shape, required};
use taskgraph::transform::{Context, Stub, each};
use taskgraph_compat::value::path::KeyPath;
use taskgraph_compat::value::{Map, Value, joined, key};
use taskgraph_compat::{map, name, suggest};

pub use schema::FETCH;

const USING: &[&str] = &["run-task", "toolchain-script", "index-search", "always-optimized"];

const ALWAYS_OPTIMIZED: Shape = Shape::Map(&[required("using", Shape::Word(&["always-optimized"]))]);

/// The transform.
pub fn transform(ctx: &Context<'_>, stubs: Vec<Stub>) -> Result<Vec<Stub>> {
    let stubs = each(stubs, |stub| {
        section::drop_nulls(ctx, &schema::RUN, &mut stub.fields);
        if !ctx.settings.fast {
            schema::RUN.require_of(stub)?;
            if stub.contains_key("when") && stub.contains_key("optimization") {
                return Err(about("when", "`when` and `optimization` exclude each other"));
            }
        }
        rewrite_when(ctx, stub)?;
        set_implementation(ctx, stub)?;
        set_label(ctx, stub)
    })?;
    let repositories = ctx.shelf.shared(Repositories::default);
    let stubs = fetches::use_fetches(ctx, stubs)?;
    each(stubs, |stub| describe(ctx, &repositories, stub))
}

/// "Only when files changed" means "skip unless they changed".
fn rewrite_when(ctx: &Context<'_>, stub: &mut Stub) -> Result<()> {
    let Some(when) = stub.take("when").filter(Value::truthy) else { return Ok(()) };
    let Some(files) = when.get("files-changed").and_then(Value::as_list) else {
        return Err(wrong("when", &when, "a map with files-changed"));
    };
    let mut files = files.to_vec();
    files.push(format!("{}/kind.yml", ctx.kind.path).into());
    if let Some(from) = stub.get("task-from").and_then(Value::as_str).filter(|from| *from != "kind.yml") {
        files.push(format!("{}/{from}", ctx.kind.path).into());
    }
    stub.put("optimization", map! { "skip-unless-changed" => files });
    Ok(())
}

fn set_implementation(ctx: &Context<'_>, stub: &mut Stub) -> Result<()> {
    let worker = within("worker-type", ctx.config.worker(stub.text("worker-type")?))?;
    let tags = stub.map_at("tags")?;
    if let Some(os) = worker.os {
        tags.put("os", key(os));
    }
    tags.put("worker-implementation", key(worker.implementation));
    let section = stub.map_at("worker")?;
    if let Some(implementation) = section.get("implementation") {
        return Err(wrong("worker.implementation", implementation, "left out: `worker-type` decides it"));
    }
    section.put("implementation", key(worker.implementation));
    if let Some(os) = worker.os {
        section.put("os", key(os));
    }
    Ok(())
}

/// Makes a label of the kind and the name, and drops the name.
pub fn set_label(ctx: &Context<'_>, stub: &mut Stub) -> Result<()> {
    if !stub.contains_key("label") {
        let name = stub.text("name").context("a task needs a name or a label")?;
        let label = joined(&[&ctx.kind.name, "-", name]);
        stub.put("label", label);
    }
    if stub.is_set("name") {
        stub.take("name");
    }
    Ok(())
}

/// A run section on its way, and the worker it is for.
struct Run<'r> {
    fields: Map,
    is_docker: bool,
    repositories: &'r Repositories,
}

impl Run<'_> {
    fn text(&self, key: &str) -> Result<&str> {
        self.fields.text(key)
    }
}

fn describe(ctx: &Context<'_>, repositories: &Repositories, stub: &mut Stub) -> Result<()> {
    let Some(Value::Map(run)) = stub.take("run") else { bail!("missing key `run`") };
    let mut run = std::sync::Arc::unwrap_or_clone(run);
    for field in ["attributes", "dependencies", "extra"] {
        stub.map_at(field)?;
    }
    for field in ["soft-dependencies", "routes", "scopes"] {
        stub.list_at(field)?;
    }
    let worker =
        stub.get("worker").and_then(|worker| worker.get("implementation")?.as_str()).unwrap_or_default();
    let is_docker = worker == "docker-worker";
    if is_docker || worker == "generic-worker" {
        run.set_default("workdir", name!("/builds/worker"));
    }
    let using = run.text("using")?.to_owned();
    ctx.leave_to_python("`run.using`", &using, |registered| &registered.run_using)?;
    match (&*using, worker) {
        ("always-optimized", "always-optimized") => check(ctx, &ALWAYS_OPTIMIZED, &run),
        ("index-search", "always-optimized") => index_search::using(ctx, &run, stub),
        ("run-task", "docker-worker" | "generic-worker") => {
            run_task::using(ctx, &mut Run { fields: run, is_docker, repositories }, stub)
        }
        ("toolchain-script", "docker-worker" | "generic-worker") => {
            toolchain::using(ctx, &mut Run { fields: run, is_docker, repositories }, stub)
        }
        (known, worker) if USING.contains(&known) => Err(about(
            "run.using",
            format!(
                "`run.using: {known}` is not possible on `{worker}`, which `worker-type` of `{}` stands for",
                label_of(stub)?
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
fn check(ctx: &Context<'_>, shape: &Shape, run: &Map) -> Result<()> {
    match ctx.settings.fast || shape.fits_fields(run) {
        true => Ok(()),
        false => shape.require(&run.clone().into(), &KeyPath::dotted("run")),
    }
}

/// The same for a section whose unknown keys are ignored since 19.1.
fn check_section(ctx: &Context<'_>, stub: &Stub, shape: &Shape, run: &Map) -> Result<()> {
    match ctx.settings.fast {
        true => Ok(()),
        false => section::check(ctx, &stub.origin, shape, run, &KeyPath::dotted("run")),
    }
}
