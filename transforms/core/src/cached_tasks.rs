//! `taskgraph.transforms.cached_tasks`: index paths for tasks whose result can be used again.
//!
//! A task with a `cache` section (`type`, `name`, `digest-data`) gets a digest over that data and over the digests
//! of all it depends on. Whoever has the same digest finds the task in the index instead of running it.

use std::borrow::Cow;
use std::collections::{BTreeSet, VecDeque};

use anyhow::{Result, bail};
use foldhash::fast::RandomState;
use indexmap::IndexMap;
use rayon::prelude::*;
use taskgraph::schema::fields::{Fields, missing, wrong};
use taskgraph::schema::{STRINGS, Schema, required};
use taskgraph::transform::{Context, TaskDescription, Transform, TransformInfo, prepare};
use taskgraph::tree::sha256;
use taskgraph_compat::python;
use taskgraph_compat::time::index_date;
use taskgraph_compat::value::{Map, Str, Value, joined};

const CACHE: Schema = Schema::Map(&[
    required("type", Schema::Str),
    required("name", Schema::Str),
    required("digest-data", STRINGS),
]);

/// The description of the transform.
pub const INFO: TransformInfo = TransformInfo::new(
    "taskgraph.transforms.cached_tasks",
    "Gives a task a digest and index paths, so that its result is found and used again.",
)
.sections(&[("cache", &CACHE)]);

/// The transform.
pub fn transform() -> Transform {
    with_digests(|_| chain_of_trust)
}

/// Chain of trust changes artifacts, so it belongs to the digest.
pub fn chain_of_trust(description: &TaskDescription) -> Option<String> {
    let trust = description.get("worker").and_then(|worker| worker.get("chain-of-trust"));
    trust.filter(|trust| trust.truthy()).map(python::str)
}

/// Returns what goes into the digest of a task after everything else.
pub type LastData = fn(&TaskDescription) -> Option<String>;

/// Builds a transform that gives every task with a `cache` section its digest. `last` chooses for a kind what comes last
/// in the data of its digests.
pub fn with_digests(last: fn(&Context<'_>) -> LastData) -> Transform {
    // Nobody looks at the digests of a fast call.
    let prepare = prepare(move |ctx, tasks| match ctx.settings.fast {
        true => Ok(None),
        false => Digests::prepare(ctx, tasks, last(ctx)).map(Some),
    });
    prepare.each(|ctx, digests, description| match digests {
        Some(digests) => digests.add(ctx, description),
        None => {
            description.take("cache");
            Ok(())
        }
    })
}

/// The digests that those of the tasks of a kind are made of.
struct Digests {
    /// Those of its own tasks, in order; empty if no task depends on another.
    own: IndexMap<Str, Option<String>, RandomState>,
    paths: IndexPaths,
    last: LastData,
}

impl Digests {
    /// Puts the tasks in the order of their dependencies. Works out the digests of the kind itself if they are needed.
    fn prepare(ctx: &Context<'_>, tasks: &mut [TaskDescription], last: LastData) -> Result<Self> {
        let mut digests = Digests { own: IndexMap::default(), paths: IndexPaths::of(ctx), last };
        if !may_depend_on_each_other(ctx, tasks) {
            return Ok(digests);
        }
        order_tasks(&ctx.kind.name, tasks)?;
        let has_digest = |label: &str| upstream_digest(ctx, label).is_some();
        let needs_own =
            |task: &TaskDescription| task.contains_key("cache") && !dependencies(task).all(has_digest);
        if tasks.iter().any(needs_own) {
            for task in &*tasks {
                if let Some(Value::Str(label)) = task.get("label") {
                    // What is wrong with a task is reported when it gets its own digest.
                    digests.own.insert(label.clone(), None);
                    let digest = digests.digest_of(ctx, task).ok().flatten();
                    digests.own.insert(label.clone(), digest);
                }
            }
        }
        Ok(digests)
    }

    /// Returns the digest that a task has or is going to have, if any.
    fn digest_of(&self, ctx: &Context<'_>, task: &TaskDescription) -> Result<Option<String>> {
        let Some(cache) = task.get("cache") else {
            let cached =
                task.get("attributes").and_then(|attributes| attributes.get("cached_task")?.as_map());
            return Ok(cached.map(task_digest));
        };
        let Some(cache) = cache.as_map().filter(|_| CACHE.fits(cache)) else { return Ok(None) };
        let data = self.data(ctx, task, cache)?;
        let [cache_type, name] = [text(cache, "type"), text(cache, "name")];
        Ok(Some([&*cache_type, &*name, &*sha256(&data.join("\n"))].join("/")))
    }

    /// Gives a task with a `cache` section its digest.
    fn add(&self, ctx: &Context<'_>, description: &mut TaskDescription) -> Result<()> {
        if let Some(cache) = description.take_section("cache", &CACHE)? {
            let data = self.data(ctx, description, &cache)?;
            let (cache_type, name) = (text(&cache, "type"), text(&cache, "name"));
            return add_optimization(ctx, &self.paths, description, cache_type, name, &data);
        }
        let attributes = description.get("attributes");
        if attributes.and_then(|attributes| attributes.get("cached_task")?.as_map()).is_some() {
            label_of(description)?;
        }
        Ok(())
    }

    /// Returns the data of a digest: that of the section, the digests of all dependencies, and what comes last.
    fn data<'d>(
        &'d self,
        ctx: &Context<'_>,
        task: &TaskDescription,
        cache: &'d Map,
    ) -> Result<Vec<Cow<'d, str>>> {
        let listed = cache.get("digest-data").and_then(Value::as_list).unwrap_or_default();
        let mut data = Vec::with_capacity(listed.len() + 8);
        data.extend(listed.iter().map(|value| match value {
            Value::Str(text) => Cow::Borrowed(&**text),
            other => python::str(other).into(),
        }));
        let before = data.len();
        for label in dependencies(task) {
            let upstream = upstream_digest(ctx, label).map(Cow::Owned);
            match upstream.or_else(|| self.earlier(task, label).map(|digest| Cow::Borrowed(&**digest))) {
                Some(digest) => data.push(digest),
                None => bail!(
                    "cached task `{}` depends on `{label}`, which is not cached: its digest would say nothing about it",
                    task.text("label")?
                ),
            }
        }
        data[before..].sort_unstable();
        data.extend((self.last)(task).map(Cow::Owned));
        Ok(data)
    }

    /// Returns the digest of a task of the kind that stands before `task`.
    fn earlier(&self, task: &TaskDescription, label: &str) -> Option<&String> {
        let (at, _, digest) = self.own.get_full(label)?;
        (at < self.own.get_index_of(task.get("label")?.as_str()?)?).then_some(digest.as_ref()?)
    }
}

/// The labels that a task depends on.
fn dependencies(task: &TaskDescription) -> impl Iterator<Item = &str> {
    let dependencies = task.get("dependencies").and_then(Value::as_map).into_iter().flat_map(Map::values);
    dependencies.map(|label| label.as_str().unwrap_or_default())
}

/// The text at a key, as Python writes it.
fn text(cache: &Map, key: &str) -> Str {
    match &cache[key] {
        Value::Str(text) => text.clone(),
        other => python::str(other).into(),
    }
}

/// `type/name/digest` of a task that this kind may depend on, if it is cached.
fn upstream_digest(ctx: &Context<'_>, label: &str) -> Option<String> {
    ctx.upstream.get(label)?.attributes.get("cached_task").and_then(Value::as_map).map(task_digest)
}

/// `type/name/digest` of an attribute `cached_task`.
fn task_digest(cached: &Map) -> String {
    let text = |key: &str| cached.get(key).and_then(Value::as_str).unwrap_or_default();
    [text("type"), text("name"), text("digest")].join("/")
}

/// Whether a task depends on one that no other kind has made. If none does, no task depends on another of its kind.
pub(crate) fn may_depend_on_each_other(ctx: &Context<'_>, tasks: &[TaskDescription]) -> bool {
    const FEW: usize = 64;
    let is_upstream = |label: &str| ctx.upstream.contains_key(label);
    tasks.par_iter().with_min_len(FEW).any(|task| !dependencies(task).all(is_upstream))
}

/// Puts tasks after those of the same kind that they depend on; all others keep their order.
pub(crate) fn order_tasks(kind: &str, tasks: &mut [TaskDescription]) -> Result<()> {
    let prefix = format!("{kind}-");
    let depends_on_sibling =
        |task: &TaskDescription| dependencies(task).any(|label| label.starts_with(&prefix));
    if !tasks.iter().any(depends_on_sibling) {
        return Ok(());
    }
    let label = |task: &TaskDescription| task.get("label").and_then(Value::as_str).map(Str::from);
    let labels: BTreeSet<Str> = tasks.iter().filter_map(label).collect();
    let mut emitted: BTreeSet<Str> = BTreeSet::new();
    let mut order = Vec::with_capacity(tasks.len());
    let mut waiting: VecDeque<usize> = (0..tasks.len()).collect();
    // How many tasks were put back since one came through: all of them means a cycle.
    let mut put_back = 0;
    while let Some(index) = waiting.pop_front() {
        let ready = dependencies(&tasks[index])
            .filter(|label| label.starts_with(&prefix) && labels.contains(*label))
            .all(|label| emitted.contains(label));
        if ready {
            put_back = 0;
            emitted.extend(label(&tasks[index]));
            order.push(index);
        } else {
            put_back += 1;
            waiting.push_back(index);
            if put_back > waiting.len() {
                let cycle = waiting.iter().filter_map(|index| label(&tasks[*index]));
                let cycle: Vec<_> = cycle.map(|label| format!("`{label}`")).collect();
                bail!("tasks of kind `{kind}` depend on each other in a cycle: {}", cycle.join(", "));
            }
        }
    }
    let mut rank = vec![0; order.len()];
    order.into_iter().enumerate().for_each(|(position, index)| rank[index] = position);
    for index in 0..rank.len() {
        while rank[index] != index {
            let to = rank[index];
            tasks.swap(index, to);
            rank.swap(index, to);
        }
    }
    Ok(())
}

/// Adds index routes, the look-up that may replace the task, and the attribute `cached_task`.
/// Python: `taskgraph.util.cached_tasks.add_optimization`.
pub fn add_optimization(
    ctx: &Context<'_>,
    index: &IndexPaths,
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

/// The parts of index paths that all tasks share.
pub struct IndexPaths {
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

impl IndexPaths {
    /// Reads them from the parameters and the graph config.
    pub fn of(ctx: &Context<'_>) -> Self {
        let config = |key: &str| ctx.config.taskgraph(key);
        IndexPaths {
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
