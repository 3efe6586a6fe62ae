//! The definition of a task: what all tasks have, around the payload of their worker.

use crate::cached_tasks::label_of;
use crate::task::kind_state::Memo;
use anyhow::{Context as _, Result};
use taskgraph::keyed_by;
use taskgraph::schema::fields::{Fields, within, wrong};
use taskgraph::transform::payload::Payload;
use taskgraph::transform::substitute::{Missing, fill};
use taskgraph::transform::{Context, TaskDescription};
use taskgraph_compat::value::path::KeyPath;
use taskgraph_compat::value::{Map, Value};
use taskgraph_compat::{map, name};

/// Replaces the description by what leaves the transforms: label, definition, dependencies, attributes.
pub(super) fn build(
    ctx: &Context<'_>,
    memo: &mut Memo,
    description: &mut TaskDescription,
    payload: &Payload,
) -> Result<()> {
    let mut definition = frame(ctx, memo, description)?;
    (payload.build)(ctx, description, &mut definition)?;
    if matches!(payload.name, "docker-worker" | "generic-worker")
        && let Some(payload) =
            definition.get_mut("payload").and_then(Value::as_map_mut).filter(|p| !p.is_empty())
    {
        payload.map_at("env")?.put("MOZ_AUTOMATION", name!("1"));
    }
    if memo.facts(ctx).is_git {
        definition.list_at("routes")?.push(name!("checks").into());
    }
    let attributes = attributes(description)?;
    let dependencies = description.take("dependencies").unwrap_or_else(Value::map);
    let trusted = definition.get("payload").and_then(|payload| payload.get("features")?.get("chainOfTrust"));
    if trusted.is_some_and(Value::truthy) && dependencies.get("docker-image").is_some_and(Value::truthy) {
        let inputs = definition.map_at("extra")?.map_at("chainOfTrust")?.map_at("inputs")?;
        inputs.put("docker-image", map! { "task-reference" => name!("<docker-image>") });
    }
    let if_dependencies = if_dependencies(description, &dependencies)?;
    description.fields = map! {
        "label" => label_of(description)?,
        "description" => description.fields.get("description").cloned(),
        "task" => definition,
        "dependencies" => dependencies,
        "if-dependencies" => if_dependencies,
        "soft-dependencies" => description.fields.get("soft-dependencies").cloned().unwrap_or_else(Value::list),
        "attributes" => attributes,
        "optimization" => description.fields.get("optimization").cloned().unwrap_or_default(),
    };
    Ok(())
}

/// Builds the parts that do not depend on the worker. Takes routes, extra and tags out of the task.
fn frame(ctx: &Context<'_>, memo: &mut Memo, description: &mut TaskDescription) -> Result<Map> {
    let params = ctx.params;
    let worker = within("worker-type", memo.worker(ctx, description.text("worker-type")?))?;
    description.put("worker-type", worker.pool);

    let scopes = match description.list_at("scopes")?.is_empty() {
        true => Vec::new(),
        false => within("scopes", filled_scopes(ctx, description))?,
    };

    if !description.contains_key("expires-after") {
        let expires = if memo.facts(ctx).is_try {
            Value::from(ctx.config.expires_after())
        } else {
            name!("1 year").into()
        };
        description.put("expires-after", expires);
    }
    if !description.contains_key("deadline-after") {
        let deadline = memo.by_project(ctx, "task-deadline-after")?.unwrap_or_else(|| name!("1 day").into());
        description.put("deadline-after", deadline);
    }
    if !description.contains_key("priority") {
        let priority = memo.by_project(ctx, "task-priority")?;
        description.put("priority", priority);
    }

    let label = Value::from(label_of(description)?);
    description.text("description")?;
    let mut text = description.get("description").cloned().unwrap_or_default();
    let extra = description.map_at("extra")?;
    extra.put("parent", ctx.settings.task_id.as_deref().unwrap_or_default());
    let extra = std::mem::take(extra);
    if extra.is_set("treeherder") {
        let suffix = if params.is_pull_request() { "-pr" } else { "" };
        let (project, rev) = (params.text("project"), params.text("head_rev"));
        let link = format!("https://treeherder.mozilla.org/#/jobs?repo={project}{suffix}&revision={rev}");
        text = format!("{} ([Treeherder push]({link}))", description.text("description")?).into();
    }
    let facts = memo.facts(ctx);
    let owner = facts.owner.clone();
    let tags = description.map_at("tags")?;
    tags.reserve(5);
    for (key, value) in [
        ("createdForUser", owner.clone()),
        ("kind", (&ctx.kind.name).into()),
        ("label", label.clone()),
        ("project", facts.project.clone()),
        ("trust-domain", facts.trust_domain.clone()),
    ] {
        tags.put(key, value);
    }
    let tags = std::mem::take(tags);
    let mut definition = map! {
        "provisionerId" => worker.provisioner,
        "workerType" => worker.worker_type,
        "routes" => std::mem::take(description.list_at("routes")?),
        "created" => memo.relative("0 seconds")?,
        "deadline" => memo.relative(description.text("deadline-after")?)?,
        "expires" => memo.relative(description.text("expires-after")?)?,
        "scopes" => scopes,
        "metadata" => map! {
            "description" => text,
            "name" => label,
            "owner" => owner,
            "source" => memo.source(ctx, &ctx.kind.path)?,
        },
        "extra" => extra,
        "tags" => tags,
        "priority" => description.get("priority").cloned(),
    };
    // The payload follows.
    definition.reserve(1);
    if let Some(requires) = description.get("requires").filter(|requires| requires.truthy()) {
        definition.put("requires", requires.clone());
    }
    Ok(definition)
}

fn filled_scopes(ctx: &Context<'_>, description: &mut TaskDescription) -> Result<Vec<Value>> {
    let names = map! { "level" => ctx.params.text("level"), "project" => ctx.params.text("project") };
    let scopes = description.list_at("scopes")?.iter().map(|scope| {
        let text = scope.as_str().context("a scope must be a string")?;
        fill(text, &names, Missing::Fails).map(Value::from)
    });
    scopes.collect()
}

fn attributes(description: &mut TaskDescription) -> Result<Map> {
    let mut attributes = std::mem::take(description.map_at("attributes")?);
    attributes.reserve(5);
    let platform = attributes.get("build_platform").cloned();
    let all = || [name!("all")].into_iter().collect::<Value>();
    let projects = match description.get("run-on-projects") {
        Some(projects) => keyed_by::evaluate(projects, "`run-on-projects`", |name| match name {
            "build-platform" => platform.clone(),
            other => description.get(other).cloned(),
        })?,
        None => all(),
    };
    attributes.put("run_on_projects", projects);
    attributes.put("run_on_tasks_for", description.get("run-on-tasks-for").cloned().unwrap_or_else(all));
    if let Some(branches) = description.get("run-on-git-branches").filter(|branches| branches.truthy()) {
        attributes.put("run_on_git_branches", branches.clone());
    }
    attributes.put("always_target", description.get("always-target").cloned());
    match description.get("shipping-phase") {
        None | Some(Value::Null) => {
            attributes.set_default("shipping_phase", Value::Null);
        }
        Some(phase) => attributes.put("shipping_phase", phase.clone()),
    }
    Ok(attributes)
}

/// Names become the labels that they stand for.
fn if_dependencies(description: &TaskDescription, dependencies: &Value) -> Result<Value> {
    let names = description.get("if-dependencies").and_then(Value::as_list).unwrap_or_default();
    let label = |name: &Value| {
        let label = name.as_str().and_then(|name| dependencies.get(name));
        label
            .cloned()
            .ok_or_else(|| wrong(KeyPath::dotted("if-dependencies"), name, "the name of a dependency"))
    };
    names.iter().map(label).collect::<Result<Vec<_>>>().map(Value::from)
}
