//! `taskgraph.transforms.cached_tasks`: index paths for tasks whose result can be used again.
//!
//! A task with a `cache` section (`type`, `name`, `digest-data`) gets a digest over that data and over the digests
//! of all it depends on. Whoever has the same digest finds the task in the index instead of running it.

use std::collections::{BTreeSet, VecDeque};

use anyhow::{Result, bail};
use foldhash::fast::RandomState;
use indexmap::IndexMap;
use taskgraph::schema::fields::{Fields, missing, wrong};
use taskgraph::schema::{STRINGS, Shape, required};
use taskgraph::transform::{Context, Stub, Together, each};
use taskgraph::tree::sha256;
use taskgraph_compat::python;
use taskgraph_compat::time::index_date;
use taskgraph_compat::value::{Map, Str, Value, joined};

const CACHE: Shape = Shape::Map(&[
    required("type", Shape::Str),
    required("name", Shape::Str),
    required("digest-data", STRINGS),
]);

/// The transform.
pub fn transform(ctx: &Context<'_>, stubs: Vec<Stub>) -> Result<Vec<Stub>> {
    with_digests(ctx, stubs, chain_of_trust)
}

/// Chain of trust changes artifacts, so it belongs to the digest.
pub fn chain_of_trust(stub: &Stub) -> Option<String> {
    let trust = stub.get("worker").and_then(|worker| worker.get("chain-of-trust"));
    trust.filter(|trust| trust.truthy()).map(python::str)
}

/// Gives every stub with a `cache` section its digest; `last` adds to the digest after the dependencies.
pub fn with_digests(
    ctx: &Context<'_>,
    stubs: Vec<Stub>,
    last: impl Fn(&Stub) -> Option<String>,
) -> Result<Vec<Stub>> {
    if ctx.settings.fast {
        return each(stubs, |stub| {
            stub.take("cache");
            Ok(())
        });
    }
    let upstream = ctx.shelf.shared(|| Digests(upstream_digests(ctx)));
    let mut own = Known::default();
    let stubs = if ctx.is_part { stubs } else { order_tasks(&ctx.kind.name, stubs)? };
    each(stubs, |stub| {
        add_digest(ctx, stub, &[&own, &upstream.0], &last)?;
        if !ctx.is_part {
            let cached =
                stub.get("attributes").and_then(|attributes| attributes.get("cached_task")?.as_map());
            if let Some(digest) = cached.map(task_digest) {
                own.insert(label_of(stub)?, digest);
            }
        }
        Ok(())
    })
}

/// Digests by the label of their task.
type Known = IndexMap<Str, String, RandomState>;

/// Those of the tasks that a kind may depend on.
struct Digests(Known);

/// Gives a stub with a `cache` section its digest.
fn add_digest(
    ctx: &Context<'_>,
    stub: &mut Stub,
    known: &[&Known],
    last: &impl Fn(&Stub) -> Option<String>,
) -> Result<()> {
    let Some(cache) = stub.take_section("cache", &CACHE)? else { return Ok(()) };
    let mut upstream = Vec::new();
    for dependency in stub.get("dependencies").and_then(Value::as_map).into_iter().flat_map(Map::values) {
        let label = dependency.as_str().unwrap_or_default();
        match known.iter().find_map(|digests| digests.get(label)) {
            Some(digest) => upstream.push(&**digest),
            // It may be a task of this kind.
            None if ctx.is_part => return Err(Together.into()),
            None => bail!(
                "cached task `{}` depends on `{label}`, which is not cached: its digest would say nothing about it",
                stub.text("label")?
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
    let last = last(stub);
    let data: Vec<&str> = data.iter().map(|text| &**text).chain(upstream).chain(last.as_deref()).collect();
    let text = |key: &str| match &cache[key] {
        Value::Str(text) => text.clone(),
        other => python::str(other).into(),
    };
    add_optimization(ctx, stub, text("type"), text("name"), &data)
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

/// Puts stubs after those of the same kind that they depend on; all others keep their order.
pub fn order_tasks(kind: &str, stubs: Vec<Stub>) -> Result<Vec<Stub>> {
    let prefix = format!("{kind}-");
    let label = |stub: &Stub| stub.get("label").and_then(Value::as_str).map(Str::from);
    let labels: BTreeSet<Str> = stubs.iter().filter_map(label).collect();
    let mut out: Vec<Stub> = Vec::with_capacity(stubs.len());
    let mut emitted: BTreeSet<Str> = BTreeSet::new();
    let mut waiting: VecDeque<Stub> = stubs.into();
    // How many stubs were put back since one came through: all of them means a circle.
    let mut put_back = 0;
    while let Some(stub) = waiting.pop_front() {
        let dependencies = stub.get("dependencies").and_then(Value::as_map).into_iter().flat_map(Map::values);
        let ready = dependencies
            .filter_map(Value::as_str)
            .filter(|label| label.starts_with(&prefix) && labels.contains(*label))
            .all(|label| emitted.contains(label));
        if ready {
            put_back = 0;
            emitted.extend(label(&stub));
            out.push(stub);
        } else {
            put_back += 1;
            waiting.push_back(stub);
            if put_back > waiting.len() {
                let circle: Vec<_> =
                    waiting.iter().filter_map(label).map(|label| format!("`{label}`")).collect();
                bail!("tasks of kind `{kind}` depend on each other in a circle: {}", circle.join(", "));
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

/// The label of a stub that has to have one by now.
pub fn label_of(stub: &Stub) -> Result<Str> {
    match stub.get("label") {
        Some(Value::Str(label)) => Ok(label.clone()),
        Some(other) => Err(wrong("label", other, "a string")),
        None => Err(missing("label", "a string")),
    }
}
