//! Rules of the queue that can be checked offline: the schema of createTask, and its rules about times and
//! dependencies. A dry run fails where the decision itself would stop half-way.
//!
//! Source: `queue/v1/create-task-request.json`, and `services/queue/src/{api,dependencytracker}.js` of Taskcluster.

use indexmap::IndexMap;

use taskgraph::diagnostics::Problem;
use taskgraph::graph::by_task_id::{ReadyGraph, ReadyTask};
use taskgraph::graph_config::GraphConfig;
use taskgraph::parameters::Params;
use taskgraph::task::datestamp::{RELATIVE, milliseconds};
use taskgraph::task::id::TaskId;
use taskgraph_compat::suggest;
use taskgraph_compat::time::parse_json_date;
use taskgraph_compat::value::path::KeyPath;
use taskgraph_compat::value::{Map, Value};

const DAY: i64 = 86_400_000;

/// Latest deadline, counted from the creation of a task, unless a deployment has another.
const DEADLINE: i64 = 5 * DAY;

/// Lifetime of a task that does not set `expires`.
const YEAR: i64 = 365 * DAY;

const PRIORITIES: &[&str] = &["highest", "very-high", "high", "medium", "low", "very-low", "lowest"];
const REQUIRES: &[&str] = &["all-completed", "all-resolved"];

/// The keys of a definition.
const KEYS: &[&str] = &[
    "taskQueueId",
    "provisionerId",
    "workerType",
    "schedulerId",
    "projectId",
    "taskGroupId",
    "dependencies",
    "requires",
    "routes",
    "priority",
    "retries",
    "created",
    "deadline",
    "expires",
    "scopes",
    "payload",
    "metadata",
    "tags",
    "extra",
];

/// Texts in `metadata`, and how long they may be.
const METADATA: [(&str, usize); 4] =
    [("name", 255), ("description", 32_768), ("owner", 255), ("source", 4_096)];

/// Prefixes that `metadata.source` may have.
const SOURCES: [&str; 4] = ["https://", "http://", "ssh://", "git@"];

/// All that the queue would refuse in a graph that is created `now`, in milliseconds after 1970. What is wrong with many
/// tasks in the same way is reported once.
pub(super) fn check(graph: &ReadyGraph, config: &GraphConfig, params: &Params, now: i64) -> Vec<Problem> {
    // A tree that asks for more everywhere is made for a deployment that takes more.
    let asked = config.by_project("task-deadline-after", params.text("project")).ok().flatten();
    let asked = asked.and_then(|span| milliseconds(span.as_str()?).ok());
    let rules = Rules { graph, now, latest: asked.unwrap_or_default().max(DEADLINE) };
    let mut broken: IndexMap<(String, Option<String>), (Problem, usize)> = IndexMap::new();
    for task in graph.tasks.values() {
        for BrokenRule { path, what, why } in rules.broken(task) {
            let place = task.task.origin.place(&KeyPath::dotted(path));
            let key = (what.clone(), place.as_ref().map(ToString::to_string));
            let (_, times) = broken.entry(key).or_insert_with(|| {
                let message = format!("the queue would refuse `{}`: {what}", task.task.label);
                let problem = Problem::error("queue", message).at(KeyPath::dotted(path), why).in_place(place);
                (problem, 0)
            });
            *times += 1;
        }
    }
    let problems = broken.into_values().map(|(problem, times)| match times - 1 {
        0 => problem,
        1 => problem.help("so it would one more task"),
        more => problem.help(format!("so it would {more} more tasks")),
    });
    problems.collect()
}

/// A rule that a task breaks.
struct BrokenRule {
    /// The key of the task description that is to be changed.
    path: &'static str,
    /// Description of the problem.
    what: String,
    /// Description of the values that the queue accepts.
    why: String,
}

fn broken(path: &'static str, what: impl Into<String>, why: impl Into<String>) -> BrokenRule {
    BrokenRule { path, what: what.into(), why: why.into() }
}

struct Rules<'g> {
    graph: &'g ReadyGraph,
    now: i64,
    latest: i64,
}

impl Rules<'_> {
    fn broken(&self, task: &ReadyTask) -> Vec<BrokenRule> {
        let definition = &task.definition;
        let mut found = schema(definition);
        found.extend(self.times(task));
        found.extend(self.dependencies(task));
        found
    }

    /// The point in time at a key, in milliseconds after now.
    fn time(&self, definition: &Map, key: &str) -> Option<i64> {
        match definition.get(key)? {
            Value::Str(date) => Some(parse_json_date(date)? / 1_000 - self.now),
            value => milliseconds(value.get(RELATIVE)?.as_str()?).ok(),
        }
    }

    fn expires(&self, definition: &Map) -> Option<i64> {
        match definition.contains_key("expires") {
            true => self.time(definition, "expires"),
            false => Some(self.time(definition, "deadline")? + YEAR),
        }
    }

    fn times(&self, task: &ReadyTask) -> Vec<BrokenRule> {
        let definition = &task.definition;
        let mut found = Vec::new();
        let Some(deadline) = self.time(definition, "deadline") else {
            return vec![broken("deadline-after", "`deadline` is not a point in time", "")];
        };
        if self.time(definition, "created").is_some_and(|created| created > deadline) {
            found.push(broken("deadline-after", "`deadline` is before `created`", ""));
        }
        if deadline > self.latest {
            let what = format!("`deadline` is {} ahead", days(deadline));
            let why = format!(
                "it takes {}; where a deployment takes more, `task-deadline-after` in config.yml says so",
                days(self.latest)
            );
            found.push(broken("deadline-after", what, why));
        }
        if let Some(expires) = self.expires(definition).filter(|expires| *expires < deadline) {
            let what = format!("`expires` ({}) is before `deadline` ({})", days(expires), days(deadline));
            found.push(broken("expires-after", what, "a task has to stay until its deadline at least"));
        }
        found
    }

    fn dependencies(&self, task: &ReadyTask) -> Vec<BrokenRule> {
        let mut found = Vec::new();
        let mut names: IndexMap<&str, Vec<&str>> = IndexMap::new();
        for (name, id) in &task.dependencies {
            names.entry(id.as_str()).or_default().push(name);
        }
        let listed = task.definition.get("dependencies").and_then(Value::as_list).unwrap_or_default();
        let mut seen: IndexMap<&str, usize> = IndexMap::new();
        listed.iter().filter_map(Value::as_str).for_each(|id| *seen.entry(id).or_default() += 1);
        for (id, _) in seen.iter().filter(|(_, times)| **times > 1) {
            let names = names.get(id).map(Vec::as_slice).unwrap_or_default();
            let quoted = suggest::list(names.iter().map(|name| format!("`{name}`"))).replace(" or ", " and ");
            let why = match names.len() {
                0 | 1 => "it takes each dependency once".to_owned(),
                _ => format!("it takes each dependency once; {quoted} are one task"),
            };
            found.push(broken("dependencies", format!("a dependency stands {} times in it", seen[id]), why));
        }
        let Some(deadline) = self.time(&task.definition, "deadline") else { return found };
        let in_graph = seen.keys().filter_map(|id| self.graph.tasks.get(&TaskId::parse(id).ok()?));
        for other in in_graph.filter(|other| self.expires(&other.definition).is_some_and(|at| at < deadline))
        {
            let what = format!("`{}`, which it needs, expires before its deadline", other.task.label);
            found.push(broken("deadline-after", what, "what a task needs has to stay until its deadline"));
        }
        found
    }
}

/// `5 days`, `36 hours`.
fn days(milliseconds: i64) -> String {
    let of = |unit: i64, name: &str| {
        let number = milliseconds / unit;
        format!("{number} {name}{}", if number == 1 { "" } else { "s" })
    };
    match milliseconds % DAY {
        0 => of(DAY, "day"),
        _ => of(3_600_000, "hour"),
    }
}

/// Returns violations of the schema of a definition.
fn schema(definition: &Map) -> Vec<BrokenRule> {
    let mut found = Vec::new();
    for key in definition.keys().filter(|key| !KEYS.contains(&&***key)) {
        found.push(broken("", format!("`{key}` is not a key of a task"), ""));
    }
    for (key, allowed) in [("priority", PRIORITIES), ("requires", REQUIRES)] {
        if let Some(value) =
            definition.get(key).filter(|it| !it.as_str().is_some_and(|it| allowed.contains(&it)))
        {
            let what = format!("`{key}` is {}", taskgraph::schema::found(value));
            found.push(broken(
                if key == "priority" { "priority" } else { "requires" },
                what,
                suggest::list(allowed),
            ));
        }
    }
    if let Some(retries) =
        definition.get("retries").filter(|it| !it.as_int().is_some_and(|it| (0..=49).contains(&it)))
    {
        found.push(broken("", format!("`retries` is {}", taskgraph::schema::found(retries)), "0 to 49"));
    }
    found.extend(queue(definition));
    found.extend(texts(definition));
    found.extend(metadata(definition));
    if !matches!(definition.get("payload"), Some(Value::Map(_))) {
        found.push(broken("worker", "`payload` is not a map", ""));
    }
    found
}

/// The worker pool, and names that go with it.
fn queue(definition: &Map) -> Vec<BrokenRule> {
    let text = |key: &str| definition.get(key).and_then(Value::as_str).unwrap_or_default();
    let is_plain = |text: &str| text.bytes().all(|it| it.is_ascii_alphanumeric() || b"-_".contains(&it));
    let mut found = Vec::new();
    let pool = text("taskQueueId").split_once('/').unwrap_or((text("provisionerId"), text("workerType")));
    if pool.0.is_empty() || pool.0.len() > 38 || !is_plain(pool.0) {
        let why = "38 letters, digits, `-` and `_` at most";
        found.push(broken(
            "worker-type",
            format!("`{}` is not a provisionerId", suggest::shorten(pool.0)),
            why,
        ));
    }
    let is_small = |it: u8| it.is_ascii_lowercase() || it.is_ascii_digit() || it == b'-';
    let is_worker_type = pool.1.len() <= 38
        && pool.1.starts_with(|it: char| it.is_ascii_lowercase())
        && pool.1.bytes().all(is_small)
        && !pool.1.ends_with('-');
    if !is_worker_type {
        let why = "38 small letters, digits and `-` at most; a letter first, and no `-` last";
        found.push(broken("worker-type", format!("`{}` is not a workerType", suggest::shorten(pool.1)), why));
    }
    let project = text("projectId");
    if project.len() > 500 || !project.bytes().all(|it| it.is_ascii_alphanumeric() || b"._/-".contains(&it)) {
        let why = "500 letters, digits, `.`, `_`, `/` and `-` at most";
        found.push(broken("", format!("`{}` is not a projectId", suggest::shorten(project)), why));
    }
    found
}

/// Routes, scopes and tags.
fn texts(definition: &Map) -> Vec<BrokenRule> {
    let list = |key: &str| definition.get(key).and_then(Value::as_list).unwrap_or_default();
    let mut found = Vec::new();
    let routes = list("routes");
    if routes.len() > 64 {
        found.push(broken("routes", format!("it has {} routes", routes.len()), "64 at most"));
    }
    for (at, route) in routes.iter().enumerate() {
        let text = route.as_str().unwrap_or_default();
        if !(1..=249).contains(&text.chars().count()) {
            let what =
                format!("the route `{}` has {} characters", suggest::shorten(text), text.chars().count());
            found.push(broken("routes", what, "1 to 249"));
        }
        if routes[..at].contains(route) {
            found.push(broken(
                "routes",
                format!("the route `{}` stands twice in it", suggest::shorten(text)),
                "",
            ));
        }
    }
    for scope in list("scopes") {
        let text = scope.as_str().unwrap_or_default();
        let is_printable = scope.as_str().is_some() && text.bytes().all(|it| (b' '..=b'~').contains(&it));
        if !is_printable || text.ends_with("**") {
            let what = format!("`{}` is not a scope", suggest::shorten(text));
            found.push(broken("scopes", what, "printable ASCII, and one `*` at the end at most"));
        }
    }
    let dependencies = list("dependencies").len();
    if dependencies > 10_000 {
        found.push(broken("dependencies", format!("it has {dependencies} dependencies"), "10000 at most"));
    }
    for (name, tag) in definition.get("tags").and_then(Value::as_map).into_iter().flatten() {
        if tag.as_str().is_none_or(|tag| tag.chars().count() > 4_096) {
            found.push(broken(
                "tags",
                format!("the tag `{name}` is {}", taskgraph::schema::found(tag)),
                "4096 characters at most",
            ));
        }
    }
    found
}

fn metadata(definition: &Map) -> Vec<BrokenRule> {
    let path = |key: &str| if key == "description" { "description" } else { "" };
    let mut found = Vec::new();
    for (key, longest) in METADATA {
        let value = definition.get("metadata").and_then(|metadata| metadata.get(key));
        match value.and_then(Value::as_str) {
            None => found.push(broken(path(key), format!("`metadata.{key}` is not a text"), "")),
            Some(text) if text.chars().count() > longest => {
                let what = format!("`metadata.{key}` has {} characters", text.chars().count());
                found.push(broken(path(key), what, format!("{longest} at most")));
            }
            Some(text) if key == "source" && !SOURCES.iter().any(|start| text.starts_with(start)) => {
                let what = format!("`metadata.source` is `{}`", suggest::shorten(text));
                found.push(broken("", what, format!("it begins with {}", suggest::list(SOURCES))));
            }
            Some(_) => {}
        }
    }
    found
}
