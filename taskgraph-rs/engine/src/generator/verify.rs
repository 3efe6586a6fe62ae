//! Verifications of a full graph. They report every violation and change nothing.

use foldhash::fast::RandomState;
use indexmap::IndexMap;
use memchr::memchr;
use rayon::prelude::*;

use crate::diagnostics::Problem;
use crate::graph::TaskGraph;
use crate::graph_config::GraphConfig;
use crate::task::{Label, Task};
use taskgraph_compat::suggest;
use taskgraph_compat::value::Value;
use taskgraph_compat::value::path::KeyPath;

/// Events that a notification route may end with.
const NOTIFICATIONS: &[&str] = &[
    "on-any",
    "on-completed",
    "on-defined",
    "on-failed",
    "on-exception",
    "on-pending",
    "on-resolved",
    "on-running",
    "on-transition",
];

/// The longest route that Taskcluster takes.
const LONGEST_ROUTE: usize = 249;

/// The longest name of a task that Taskcluster takes. The label is its name.
const LONGEST_NAME: usize = 255;

/// All that is wrong with a full graph.
pub fn verify(graph: &TaskGraph, config: &GraphConfig) -> Vec<Problem> {
    let v2 = format!("index.{}.v2", config.trust_domain());
    let bad_index: fn(&str) -> bool = match config.version.verifies_index_paths() {
        true => has_bad_index_path,
        false => has_slash,
    };
    let marked = MarkedGraph::of(graph, &v2, bad_index);
    let mut problems = Vec::new();
    names(&marked, &mut problems);
    symbols(&marked, &mut problems);
    routes(&marked, &v2, bad_index, &mut problems);
    tiers(&marked, &mut problems);
    toolchain_aliases(&marked, &mut problems);
    problems
}

/// The parts of a task that checks look at. Most tasks have none of them.
const NAME: u8 = 1;
const TREEHERDER: u8 = 1 << 1;
const ROUTES: u8 = 1 << 2;
const ALIAS: u8 = 1 << 3;

/// A graph of which every task was looked at once.
struct MarkedGraph<'g> {
    graph: &'g TaskGraph,
    marks: Vec<u8>,
    /// The tiers of the tasks. Those that have none are below all others.
    tiers: Vec<i64>,
}

const NO_TIER: i64 = i64::MAX;

impl<'g> MarkedGraph<'g> {
    fn of(graph: &'g TaskGraph, v2: &str, bad_index: fn(&str) -> bool) -> Self {
        let look_at = |at: usize| {
            let task = &*graph.tasks[at];
            let treeherder = treeherder(task);
            let mut marks = 0;
            let mut mark = |name: u8, is_marked: bool| marks |= if is_marked { name } else { 0 };
            mark(NAME, task.label.as_str().len() > LONGEST_NAME);
            mark(TREEHERDER, treeherder.is_some());
            mark(ROUTES, routes_of(task).any(|route| is_noteworthy(route, v2) || bad_index(route)));
            mark(ALIAS, task.attributes.contains_key("toolchain-alias"));
            (marks, treeherder.and_then(|treeherder| treeherder.get("tier")?.as_int()).unwrap_or(NO_TIER))
        };
        let (marks, tiers) = (0..graph.tasks.len()).into_par_iter().map(look_at).unzip();
        MarkedGraph { graph, marks, tiers }
    }

    /// The tasks with a mark.
    fn with(&self, mark: u8) -> impl Iterator<Item = &'g Task> {
        let tasks = self.graph.tasks.values().zip(&self.marks);
        tasks.filter(move |(_, marks)| **marks & mark != 0).map(|(task, _)| &**task)
    }
}

fn routes_of(task: &Task) -> impl Iterator<Item = &str> {
    let routes = task.definition.get("routes").and_then(Value::as_list).unwrap_or_default();
    routes.iter().filter_map(Value::as_str)
}

/// Whether a route is one of those of which something is asked.
fn is_noteworthy(route: &str, v2: &str) -> bool {
    route.len() > LONGEST_ROUTE || route.starts_with(v2) || route.starts_with("notify.")
}

/// Whether a route is an index path with a slash.
fn has_slash(route: &str) -> bool {
    route.starts_with("index.") && memchr(b'/', route.as_bytes()).is_some()
}

/// Bytes of an index path, by what they are.
const BAD: u8 = 0;
const ALLOWED: u8 = 1;
const DOT: u8 = 2;

const INDEX_BYTES: [u8; 256] = {
    let mut table = [BAD; 256];
    let mut byte = 0u8;
    while byte < 128 {
        let is_mark = matches!(byte, b'_' | b'!' | b'~' | b'*' | b'\'' | b'(' | b')' | b'%' | b'-');
        if byte.is_ascii_alphanumeric() || is_mark {
            table[byte as usize] = ALLOWED;
        }
        byte += 1;
    }
    table[b'.' as usize] = DOT;
    table
};

/// Whether a route is an index path that the index does not take: a part is empty, or has a character that is not allowed.
pub fn has_bad_index_path(route: &str) -> bool {
    let Some(path) = route.strip_prefix("index.") else { return false };
    // The path follows a dot. A part is empty between two of them.
    let mut before = DOT;
    for byte in path.bytes() {
        let found = INDEX_BYTES[usize::from(byte)];
        if found == BAD || (found == DOT && before == DOT) {
            return true;
        }
        before = found;
    }
    before == DOT
}

fn about(task: &Task, code: &'static str, message: String, path: &str) -> Problem {
    let path = KeyPath::dotted(path);
    let place = task.origin.place(&path);
    Problem::error(code, message).at(path, "").in_place(place)
}

/// Names fit what Taskcluster takes. They count in characters, unlike routes, which are ASCII.
fn names(marked: &MarkedGraph<'_>, problems: &mut Vec<Problem>) {
    for task in marked.with(NAME) {
        let length = task.label.as_str().chars().count();
        if length > LONGEST_NAME {
            let message = format!(
                "`{}` is a label of {length} characters; Taskcluster takes names of {LONGEST_NAME}",
                suggest::shorten(task.label.as_str())
            );
            problems.push(about(task, "label", message, ""));
        }
    }
}

fn treeherder(task: &Task) -> Option<&Value> {
    task.definition.get("extra")?.get("treeherder")
}

/// No two tasks share platform, collection, group and symbol.
fn symbols(marked: &MarkedGraph<'_>, problems: &mut Vec<Problem>) {
    let mut seen: IndexMap<[Option<&str>; 4], &Label, RandomState> = IndexMap::default();
    for task in marked.with(TREEHERDER) {
        let Some(treeherder) = treeherder(task) else { continue };
        let text = |key: &str| treeherder.get(key).and_then(Value::as_str);
        let collections: Vec<_> = treeherder
            .get("collection")
            .and_then(Value::as_map)
            .into_iter()
            .flat_map(|map| map.keys())
            .collect();
        let [collection] = collections[..] else {
            let message = format!("`{}` must be in exactly one treeherder collection", task.label);
            problems.push(about(task, "treeherder", message, "treeherder.platform"));
            continue;
        };
        let platform = treeherder.get("machine").and_then(|machine| machine.get("platform")?.as_str());
        let key = [platform, Some(collection), text("groupSymbol"), text("symbol")];
        if let Some(other) = seen.insert(key, &task.label) {
            let message = format!(
                "`{}` and `{other}` have the same treeherder symbol `{}` on {}/{collection}",
                task.label,
                key[3].unwrap_or_default(),
                platform.unwrap_or_default(),
            );
            problems.push(about(task, "treeherder", message, "treeherder.symbol"));
        }
    }
}

/// Routes of the trust domain are unique, notifications know their event, index paths have no slashes.
fn routes(marked: &MarkedGraph<'_>, v2: &str, bad_index: fn(&str) -> bool, problems: &mut Vec<Problem>) {
    let mut seen: IndexMap<&str, &Label, RandomState> = IndexMap::default();
    for task in marked.with(ROUTES) {
        for route in routes_of(task) {
            if route.starts_with(v2)
                && let Some(other) = seen.insert(route, &task.label)
            {
                let message = format!("`{}` and `{other}` have the same route `{route}`", task.label);
                problems.push(about(task, "route", message, "index"));
            }
            if route.starts_with("notify.") {
                let event = route.rsplit('.').next().unwrap_or_default();
                if !NOTIFICATIONS.contains(&event) {
                    let message =
                        format!("`{}` asks to be notified of `{event}`, which is not an event", task.label);
                    let allowed = suggest::list(NOTIFICATIONS.iter().copied());
                    problems.push(
                        about(task, "route", message, "routes").help(format!("the events are {allowed}")),
                    );
                }
            }
            if route.len() > LONGEST_ROUTE {
                let message = format!(
                    "`{}` has a route of {} characters; Taskcluster takes {LONGEST_ROUTE}: `{}`",
                    suggest::shorten(task.label.as_str()),
                    route.len(),
                    suggest::shorten(route),
                );
                problems.push(about(task, "route", message, "routes"));
            }
            if bad_index(route) {
                let message = match has_slash(route) {
                    true => format!("`{}` has a route with a slash: `{route}`", task.label),
                    false => format!("`{}` has a route that is not an index path: `{route}`", task.label),
                };
                problems.push(about(task, "route", message, "routes"));
            }
        }
    }
}

/// No task depends on one of a higher tier number.
fn tiers(marked: &MarkedGraph<'_>, problems: &mut Vec<Problem>) {
    let MarkedGraph { graph, tiers, .. } = marked;
    let words = |tier: i64| if tier == NO_TIER { "no tier".into() } else { format!("tier {tier}") };
    let highest = tiers.iter().copied().max().unwrap_or_default();
    let is_dummy = |task: &Task| {
        task.kind.contains("dummy")
            || task.definition.get("workerType").and_then(Value::as_str) == Some("always-optimized")
    };
    let of_task = |at: usize| {
        let (task, own) = (&graph.tasks[at], tiers[at]);
        let labels = task.dependencies.values().filter(move |_| own < highest);
        let higher = labels.filter_map(move |label| {
            let (index, _, dependency) = graph.tasks.get_full(label)?;
            (own < tiers[index] && !is_dummy(dependency)).then_some((dependency, tiers[index]))
        });
        higher.map(move |(dependency, tier)| {
            let message = format!(
                "`{}` ({}) cannot depend on `{}` ({})",
                task.label,
                words(own),
                dependency.label,
                words(tier),
            );
            about(task, "tier", message, "treeherder.tier")
        })
    };
    problems.par_extend((0..graph.tasks.len()).into_par_iter().flat_map_iter(of_task));
}

/// No two toolchains share an alias.
fn toolchain_aliases(marked: &MarkedGraph<'_>, problems: &mut Vec<Problem>) {
    let mut seen: IndexMap<&str, &Label> = IndexMap::new();
    for task in marked.with(ALIAS) {
        let aliases: Vec<&str> = match task.attributes.get("toolchain-alias") {
            Some(Value::Str(alias)) => vec![alias],
            Some(Value::List(aliases)) => aliases.iter().filter_map(Value::as_str).collect(),
            _ => continue,
        };
        for alias in aliases {
            if let Some(other) = seen.insert(alias, &task.label) {
                let message =
                    format!("`{}` and `{other}` have the same toolchain alias `{alias}`", task.label);
                problems.push(about(task, "toolchain-alias", message, "run.toolchain-alias"));
            }
        }
    }
}
