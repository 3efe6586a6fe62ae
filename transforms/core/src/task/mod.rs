//! `taskgraph.transforms.task`: from a task description to the definition that Taskcluster gets.

mod beetmover;
mod checks;
mod definition;
mod docker_worker;
mod generic_worker;
mod index;
mod kind_state;
mod schema;
mod treeherder;

use crate::run::set_label;
use crate::section;
use anyhow::Result;
use kind_state::Row;
use taskgraph::schema::fields::{Fields, within, wrong};
use taskgraph::schema::{Shape, optional, required};
use taskgraph::transform::payload::Payload;
use taskgraph::transform::{Context, Stub, each};
use taskgraph_compat::suggest;
use taskgraph_compat::value::path::KeyPath;
use taskgraph_compat::value::{Map, Value, key};

pub use schema::{COMMON, INDEX};

/// The worker implementations of Taskgraph itself.
pub const PAYLOADS: &[Payload] = &[
    Payload {
        name: "docker-worker",
        shape: |_| &docker_worker::WORKER,
        follows_taskgraph: true,
        build: docker_worker::build,
    },
    Payload {
        name: "generic-worker",
        shape: |_| &generic_worker::WORKER,
        follows_taskgraph: true,
        build: generic_worker::build,
    },
    Payload {
        name: "beetmover",
        shape: |_| &beetmover::WORKER,
        follows_taskgraph: true,
        build: beetmover::build,
    },
    Payload {
        name: "always-optimized",
        shape: |_| &Shape::Any,
        follows_taskgraph: false,
        build: |_, _, definition| no_payload(definition),
    },
    Payload {
        name: "succeed",
        shape: |_| &SUCCEED,
        follows_taskgraph: false,
        build: |_, _, definition| no_payload(definition),
    },
    Payload { name: "invalid", shape: |_| &Shape::Any, follows_taskgraph: false, build: invalid },
];

const SUCCEED: Shape = Shape::Map(&[required("implementation", Shape::Str), optional("os", Shape::Str)]);

fn no_payload(definition: &mut Map) -> Result<()> {
    definition.put("payload", Value::map());
    Ok(())
}

/// A payload that no worker takes: such a task is there to fail when it is created.
fn invalid(_: &Context<'_>, _: &mut Stub, definition: &mut Map) -> Result<()> {
    definition.put("payload", "invalid task - should never be created");
    Ok(())
}

/// The transform.
pub fn transform(ctx: &Context<'_>, stubs: Vec<Stub>) -> Result<Vec<Stub>> {
    ctx.shelf.lend(Row::default, |row| each(stubs, |stub| describe(ctx, row, stub)))
}

fn describe(ctx: &Context<'_>, row: &mut Row, stub: &mut Stub) -> Result<()> {
    set_implementation(ctx, stub)?;
    let payload = payload(ctx, stub)?;
    section::drop_nulls(ctx, &schema::TASK, &mut stub.fields);
    section::drop_nulls_of(ctx, (payload.shape)(ctx.config), stub, "worker");
    set_defaults(stub)?;
    set_label(ctx, stub)?;
    if !ctx.settings.fast {
        validate(ctx, stub, payload)?;
        let named = stub["optimization"].as_map().and_then(|map| Some(map.first()?.0.clone()));
        ctx.leave_to_python("strategy", &named.unwrap_or_default(), |registered| &registered.strategies)?;
        ctx.strategies.check(&stub["optimization"])?;
    }
    treeherder::process(ctx, stub)?;
    index::add_routes(ctx, stub)?;
    definition::build(ctx, row, stub, payload)?;
    checks::check(ctx, stub)
}

fn set_implementation(ctx: &Context<'_>, stub: &mut Stub) -> Result<()> {
    if stub.map_at("worker")?.contains_key("implementation") {
        return Ok(());
    }
    let worker = within("worker-type", ctx.config.worker(stub.text("worker-type")?))?;
    let tags = stub.map_at("tags")?;
    tags.put("worker-implementation", key(worker.implementation));
    if let Some(os) = worker.os {
        tags.put("os", key(os));
    }
    let section = stub.map_at("worker")?;
    section.put("implementation", key(worker.implementation));
    if let Some(os) = worker.os {
        section.put("os", key(os));
    }
    Ok(())
}

fn set_defaults(stub: &mut Stub) -> Result<()> {
    stub.set_default("always-target", false);
    stub.set_default("optimization", Value::Null);
    stub.set_default("needs-sccache", false);
    let worker = stub.map_at("worker")?;
    match worker.get("implementation").and_then(Value::as_str) {
        Some("docker-worker") => docker_worker::set_defaults(worker),
        Some("generic-worker") => generic_worker::set_defaults(worker),
        Some("beetmover") => {
            beetmover::set_defaults(worker);
            Ok(())
        }
        _ => Ok(()),
    }
}

fn payload<'c>(ctx: &Context<'c>, stub: &Stub) -> Result<&'c Payload> {
    let name = stub.get("worker").and_then(|worker| worker.get("implementation")).unwrap_or(&Value::Null);
    let text = name.as_str().unwrap_or_default();
    ctx.leave_to_python("worker implementation", text, |registered| &registered.payloads)?;
    let found = ctx.payloads.get(text);
    found.ok_or_else(|| {
        let known = suggest::list(ctx.payloads.keys().copied());
        wrong("worker.implementation", name, &known)
    })
}

fn validate(ctx: &Context<'_>, stub: &Stub, payload: &Payload) -> Result<()> {
    schema::TASK.require_of(stub)?;
    section::refuse_booleans(ctx, &schema::TASK, &stub.fields, &KeyPath::default())?;
    let mut names = stub.get("dependencies").and_then(Value::as_map).into_iter().flat_map(Map::keys);
    if let Some(name) = names.find(|name| matches!(&***name, "self" | "decision")) {
        let path = KeyPath::dotted("dependencies").join(name);
        return Err(wrong(path, &name.into(), "named otherwise: `self` and `decision` are taken"));
    }
    let (worker, path) = (stub.get("worker").unwrap_or(&Value::Null), KeyPath::dotted("worker"));
    let shape = (payload.shape)(ctx.config);
    match worker {
        Value::Map(section) if payload.follows_taskgraph => {
            section::check(ctx, &stub.origin, shape, section, &path)
        }
        _ if shape.fits(worker) => Ok(()),
        _ => shape.require(worker, &path),
    }
}
