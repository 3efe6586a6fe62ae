//! `taskgraph.transforms.cached_tasks`: index paths for tasks whose result can be used again.
//!
//! A task with a `cache` section (`type`, `name`, `digest-data`) gets a digest over that data and over the digests
//! of all it depends on. Whoever has the same digest finds the task in the index instead of running it.

use std::collections::{BTreeSet, VecDeque};

use anyhow::{Result, bail};
use foldhash::fast::RandomState;
use indexmap::IndexMap;
use taskgraph::schema::fields::{Fields, missing, wrong};
use taskgraph::schema::{STRINGS, Schema, required};
use taskgraph::transform::{Context, TaskDescription, Together, each};
use taskgraph::tree::sha256;
use taskgraph_compat::python;
use taskgraph_compat::time::index_date;
use taskgraph_compat::value::{Map, Str, Value, joined};

const CACHE: Schema = Schema::Map(&[
    required("type", Schema::Str),
    required("name", Schema::Str),
    required("digest-data", STRINGS),
]);

/// The transform.
pub fn transform(ctx: &Context<'_>, descriptions: Vec<TaskDescription>) -> Result<Vec<TaskDescription>> {
    with_digests(ctx, descriptions, chain_of_trust)
}

/// Chain of trust changes artifacts, so it belongs to the digest.
pub fn chain_of_trust(description: &TaskDescription) -> Option<String> {
    let trust = description.get("worker").and_then(|worker| worker.get("chain-of-trust"));
    trust.filter(|trust| trust.truthy()).map(python::str)
}

/// Gives every task with a `cache` section its digest; `last` adds to the digest after the dependencies.
pub fn with_digests(
    ctx: &Context<'_>,
    descriptions: Vec<TaskDescription>,
    last: impl Fn(&TaskDescription) -> Option<String>,
) -> Result<Vec<TaskDescription>> {
    if ctx.settings.fast {
        return each(descriptions, |description| {
            description.take("cache");
            Ok(())
        });
    }
    let upstream = ctx.shelf.shared(|| Digests(upstream_digests(ctx)));
    let mut own = Known::default();
    let descriptions = if ctx.is_part { descriptions } else { order_tasks(&ctx.kind.name, descriptions)? };
    each(descriptions, |description| {
        add_digest(ctx, description, &[&own, &upstream.0], &last)?;
        if !ctx.is_part {
            let cached =
                description.get("attributes").and_then(|attributes| attributes.get("cached_task")?.as_map());
            if let Some(digest) = cached.map(task_digest) {
                own.insert(label_of(description)?, digest);
            }
        }
        Ok(())
    })
}

/// Digests by the label of their task.
type Known = IndexMap<Str, String, RandomState>;

/// Those of the tasks that a kind may depend on.
struct Digests(Known);

/// Gives a task with a `cache` section its digest.
fn add_digest(
    ctx: &Context<'_>,
    description: &mut TaskDescription,
    known: &[&Known],
    last: &impl Fn(&TaskDescription) -> Option<String>,
) -> Result<()> {
    let Some(cache) = description.take_section("cache", &CACHE)? else { return Ok(()) };
    let mut upstream = Vec::new();
    for dependency in
        description.get("dependencies").and_then(Value::as_map).into_iter().flat_map(Map::values)
    {
        let label = dependency.as_str().unwrap_or_default();
        match known.iter().find_map(|digests| digests.get(label)) {
            Some(digest) => upstream.push(&**digest),
            // It may be a task of this kind.
            None if ctx.is_part => return Err(Together.into()),
            None => bail!(
                "cached task `{}` depends on `{label}`, which is not cached: its digest would say nothing about it",
                description.text("label")?
            ),
        }
    }
    upstream.sort_unstable();
    let data: Vec<Str> = cache
        .get("digest-data")
        .and_then(Value::as_list)
        .unwrap_or_default()
        .iter()
        .map(|value| match value {
            Value::Str(text) => text.clone(),
            other => python::str(other).into(),
        })
        .collect();
    let last = last(description);
    let data: Vec<&str> = data.iter().map(|text| &**text).chain(upstream).chain(last.as_deref()).collect();
    let text = |key: &str| match &cache[key] {
        Value::Str(text) => text.clone(),
        other => python::str(other).into(),
    };
    add_optimization(ctx, description, text("type"), text("name"), &data)
}

/// `type/name/digest` of every cached task that this kind may depend on, by label.
pub fn upstream_digests(ctx: &Context<'_>) -> Known {
    let cached = |task: &taskgraph::task::Task| {
        task.attributes.get("cached_task").and_then(Value::as_map).map(task_digest)
    };
    ctx.upstream.values().filter_map(|task| Some((task.label.text().clone(), cached(task)?))).collect()
}

/// `type/name/digest` of an attribute `cached_task`.
pub fn task_digest(cached: &Map) -> String {
    let text = |key: &str| cached.get(key).and_then(Value::as_str).unwrap_or_default();
    [text("type"), text("name"), text("digest")].join("/")
}

/// Puts tasks after those of the same kind that they depend on; all others keep their order.
pub fn order_tasks(kind: &str, descriptions: Vec<TaskDescription>) -> Result<Vec<TaskDescription>> {
    let prefix = format!("{kind}-");
    let label =
        |description: &TaskDescription| description.get("label").and_then(Value::as_str).map(Str::from);
    let labels: BTreeSet<Str> = descriptions.iter().filter_map(label).collect();
    let mut out: Vec<TaskDescription> = Vec::with_capacity(descriptions.len());
    let mut emitted: BTreeSet<Str> = BTreeSet::new();
    let mut waiting: VecDeque<TaskDescription> = descriptions.into();
    // How many tasks were put back since one came through: all of them means a cycle.
    let mut put_back = 0;
    while let Some(description) = waiting.pop_front() {
        let dependencies =
            description.get("dependencies").and_then(Value::as_map).into_iter().flat_map(Map::values);
        let ready = dependencies
            .filter_map(Value::as_str)
            .filter(|label| label.starts_with(&prefix) && labels.contains(*label))
            .all(|label| emitted.contains(label));
        if ready {
            put_back = 0;
            emitted.extend(label(&description));
            out.push(description);
        } else {
            put_back += 1;
            waiting.push_back(description);
            if put_back > waiting.len() {
                let cycle: Vec<_> =
                    waiting.iter().filter_map(label).map(|label| format!("`{label}`")).collect();
                bail!("tasks of kind `{kind}` depend on each other in a cycle: {}", cycle.join(", "));
            }
        }
    }
    Ok(out)
}

/// Adds index routes, the look-up that may replace the task, and the attribute `cached_task`.
/// Python: `taskgraph.util.cached_tasks.add_optimization`.
pub fn add_optimization(
    ctx: &Context<'_>,
    task: &mut Map,
    cache_type: Str,
    cache_name: Str,
    digest_data: &[impl AsRef<str>],
) -> Result<()> {
    if ctx.settings.trace {
        ctx.record.digest_of(task.text("label")?, digest_data);
    }
    let data = digest_data.iter().map(AsRef::as_ref).collect::<Vec<&str>>().join("\n");
    let digest = sha256(&data);
    let index = ctx.shelf.shared(|| Index::of(ctx));
    let path = |before: &str, place: &str, level: &str, end: &str, last: &str| {
        let prefix = &index.prefix;
        joined(&[before, prefix, ".cache.", place, level, ".", &cache_type, ".", &cache_name, ".", end, last])
    };
    let levels = index.levels.iter();
    let mut searched: Vec<Value> =
        levels.map(|level| path("", "level-", level, "hash.", &digest).into()).collect();
    if index.searches_pull_requests && index.caches_pull_requests {
        searched.push(path("", "pr", "", "hash.", &digest).into());
    }
    task.put("optimization", taskgraph_compat::map! { "index-search" => searched });

    let routes = task.list_at("routes")?;
    if !index.is_pull_request {
        let at_level = |end: &str, last: &str| Value::from(path("index.", "level-", &index.level, end, last));
        routes.reserve_exact(3);
        let pushed = at_level("pushdate.", &index.date);
        routes.extend([at_level("hash.", &digest), at_level("latest", ""), pushed]);
    } else if index.caches_pull_requests {
        routes.push(path("index.", "pr", "", "hash.", &digest).into());
    }
    let cached = taskgraph_compat::map! { "type" => cache_type, "name" => cache_name, "digest" => digest };
    task.map_at("attributes")?.put("cached_task", cached);
    Ok(())
}

/// What the index paths of all tasks have in common.
struct Index {
    prefix: Str,
    level: Str,
    /// Those that are searched, the highest first.
    levels: Vec<String>,
    /// When the graph is made.
    date: String,
    is_pull_request: bool,
    searches_pull_requests: bool,
    caches_pull_requests: bool,
}

impl Index {
    fn of(ctx: &Context<'_>) -> Self {
        let config = |key: &str| ctx.config.taskgraph(key);
        Index {
            prefix: match config("cached-task-prefix") {
                Some(Value::Str(prefix)) => prefix.clone(),
                _ => ctx.config.trust_domain().into(),
            },
            level: ctx.params.text("level").into(),
            levels: (ctx.params.level()..4).rev().map(|level| level.to_string()).collect(),
            date: index_date(ctx.params.get("build_date").and_then(Value::as_int).unwrap_or_default()),
            is_pull_request: ctx.config.version.fills_cache_of_pull_requests(ctx.params.text("tasks_for")),
            searches_pull_requests: ctx
                .config
                .version
                .searches_cache_of_pull_requests(ctx.params.text("tasks_for")),
            caches_pull_requests: config("cache-pull-requests").and_then(Value::as_bool).unwrap_or(true),
        }
    }
}

/// The label of a task that has to have one by now.
pub fn label_of(description: &TaskDescription) -> Result<Str> {
    match description.get("label") {
        Some(Value::Str(label)) => Ok(label.clone()),
        Some(other) => Err(wrong("label", other, "a string")),
        None => Err(missing("label", "a string")),
    }
}
