//! `taskgraph.transforms.task`: from a task description to the definition that Taskcluster gets.

mod beetmover;
mod checks;
mod definition;
mod docker_worker;
mod generic_worker;
mod index;
mod kind_state;
mod treeherder;
mod volumes;

use crate::description_schema::TASK;
use crate::run::set_label;
use crate::section;
use anyhow::Result;
use kind_state::KindState;
use taskgraph::schema::fields::{Fields, within, wrong};
use taskgraph::schema::{Schema, optional, required};
use taskgraph::transform::payload::Payload;
use taskgraph::transform::{Context, TaskDescription, Transform, TransformInfo, with_state};
use taskgraph_compat::suggest;
use taskgraph_compat::value::path::KeyPath;
use taskgraph_compat::value::{Map, Value, intern};

/// The worker implementations of Taskgraph itself.
pub(crate) const PAYLOADS: &[Payload] = &[
    Payload {
        name: "docker-worker",
        summary: "Runs a command in a docker container.",
        schema: |_| &docker_worker::WORKER,
        follows_taskgraph: true,
        build: docker_worker::build,
    },
    Payload {
        name: "generic-worker",
        summary: "Runs a command on a machine.",
        schema: |_| &generic_worker::WORKER,
        follows_taskgraph: true,
        build: generic_worker::build,
    },
    Payload {
        name: "beetmover",
        summary: "Moves artifacts to the place where they are released.",
        schema: |_| &beetmover::WORKER,
        follows_taskgraph: true,
        build: beetmover::build,
    },
    Payload {
        name: "always-optimized",
        summary: "Stands for a task that is always replaced or left out.",
        schema: |_| &Schema::Any,
        follows_taskgraph: false,
        build: |_, _, definition| no_payload(definition),
    },
    Payload {
        name: "succeed",
        summary: "Does nothing and succeeds.",
        schema: |_| &SUCCEED,
        follows_taskgraph: false,
        build: |_, _, definition| no_payload(definition),
    },
    Payload {
        name: "invalid",
        summary: "Fails when it is created, as no worker takes such a task.",
        schema: |_| &Schema::Any,
        follows_taskgraph: false,
        build: invalid,
    },
];

const SUCCEED: Schema = Schema::Map(&[required("implementation", Schema::Str), optional("os", Schema::Str)]);

fn no_payload(definition: &mut Map) -> Result<()> {
    definition.put("payload", Value::map());
    Ok(())
}

/// A payload that no worker takes: such a task is there to fail when it is created.
fn invalid(_: &Context<'_>, _: &mut TaskDescription, definition: &mut Map) -> Result<()> {
    definition.put("payload", "invalid task - should never be created");
    Ok(())
}

/// The description of the transform.
pub(crate) const INFO: TransformInfo = TransformInfo::new(
    "taskgraph.transforms.task",
    "Turns a task description into a task definition for Taskcluster.",
)
.task(&TASK);

/// The transform.
pub(crate) fn transform() -> Transform {
    with_state(|_| Ok(KindState::default())).each(describe)
}

fn describe(ctx: &Context<'_>, state: &KindState, description: &mut TaskDescription) -> Result<()> {
    set_implementation(ctx, description)?;
    let payload = payload(ctx, description)?;
    section::drop_nulls(ctx, &TASK, &mut description.fields);
    section::drop_nulls_of(ctx, (payload.schema)(ctx.config), description, "worker");
    set_defaults(ctx, description)?;
    set_label(ctx, description)?;
    if !ctx.settings.fast {
        validate(ctx, description, payload)?;
        let named = description["optimization"].as_map().and_then(|map| Some(map.first()?.0.clone()));
        ctx.leave_to_python("strategy", &named.unwrap_or_default(), |registered| &registered.strategies)?;
        ctx.strategies.check(&description["optimization"])?;
    }
    treeherder::process(ctx, description)?;
    index::add_routes(ctx, description)?;
    state.memos.with(|memo| definition::build(ctx, memo, description, payload))?;
    checks::check(ctx, description)
}

fn set_implementation(ctx: &Context<'_>, description: &mut TaskDescription) -> Result<()> {
    if description.map_at("worker")?.contains_key("implementation") {
        return Ok(());
    }
    let worker = within("worker-type", ctx.config.worker(description.text("worker-type")?))?;
    let tags = description.map_at("tags")?;
    tags.put("worker-implementation", intern(worker.implementation));
    if let Some(os) = worker.os {
        tags.put("os", intern(os));
    }
    let section = description.map_at("worker")?;
    section.put("implementation", intern(worker.implementation));
    if let Some(os) = worker.os {
        section.put("os", intern(os));
    }
    Ok(())
}

fn set_defaults(ctx: &Context<'_>, description: &mut TaskDescription) -> Result<()> {
    description.set_default("always-target", false);
    description.set_default("optimization", Value::Null);
    description.set_default("needs-sccache", false);
    let worker = description.map_at("worker")?;
    match worker.get("implementation").and_then(Value::as_str) {
        Some("docker-worker") => {
            docker_worker::leave_out_removed(ctx, description)?;
            docker_worker::set_defaults(description.map_at("worker")?)
        }
        Some("generic-worker") => generic_worker::set_defaults(worker),
        Some("beetmover") => {
            beetmover::set_defaults(worker);
            Ok(())
        }
        _ => Ok(()),
    }
}

fn payload<'c>(ctx: &Context<'c>, description: &TaskDescription) -> Result<&'c Payload> {
    let name =
        description.get("worker").and_then(|worker| worker.get("implementation")).unwrap_or(&Value::Null);
    let text = name.as_str().unwrap_or_default();
    ctx.leave_to_python("worker implementation", text, |registered| &registered.payloads)?;
    let found = ctx.payloads.get(text);
    found.ok_or_else(|| {
        let known = suggest::list(ctx.payloads.keys().copied());
        wrong("worker.implementation", name, &known)
    })
}

fn validate(ctx: &Context<'_>, description: &TaskDescription, payload: &Payload) -> Result<()> {
    section::require_of(ctx, &TASK, &description.fields)?;
    let mut names = description.get("dependencies").and_then(Value::as_map).into_iter().flat_map(Map::keys);
    if let Some(name) = names.find(|name| matches!(&***name, "self" | "decision")) {
        let path = KeyPath::dotted("dependencies").join(name);
        return Err(wrong(path, &name.into(), "named otherwise: `self` and `decision` are taken"));
    }
    let (worker, path) = (description.get("worker").unwrap_or(&Value::Null), KeyPath::dotted("worker"));
    let schema = (payload.schema)(ctx.config);
    match worker {
        Value::Map(section) if payload.follows_taskgraph => {
            section::check(ctx, &description.origin, schema, section, &path)
        }
        _ if schema.fits(worker) => Ok(()),
        _ => schema.require(worker, &path),
    }
}
