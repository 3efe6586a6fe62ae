//! Index tasks: the queue takes 64 routes for a task. What has more gets a task that puts it into the index.

use std::collections::BTreeSet;

use anyhow::Context as _;

use crate::diagnostics::{Problem, Problems, place_of_key, place_of_value};
use crate::error::{Error, Result};
use crate::graph::by_task_id::ReadyTask;
use crate::graph_config::GraphConfig;
use crate::morph::added_task::{KIND, task};
use crate::morph::morphed::MorphedGraph;
use crate::parameters::Params;
use crate::schema::fields::Fields;
use crate::task::Label;
use crate::task::datestamp::RELATIVE;
use crate::task::id::TaskId;
use taskgraph_compat::python::Regex;
use taskgraph_compat::value::path::KeyPath;
use taskgraph_compat::value::{Map, Str, Value};
use taskgraph_compat::{map, python};

/// The most routes that the queue takes.
const MAX_ROUTES: usize = 64;

const INDEX: &str = "index.";

/// Adds an index task for each task with too many routes, and takes the index routes off that one.
pub(super) fn add_index_tasks(
    morphed: &mut MorphedGraph,
    params: &Params,
    config: &GraphConfig,
    new_id: &mut dyn FnMut(&Label) -> TaskId,
) -> Result<()> {
    let routes =
        |ready: &ReadyTask| ready.definition.get("routes").and_then(Value::as_list).map_or(0, <[_]>::len);
    let has_too_many = morphed.graph.tasks.values_mut().filter(|ready| routes(ready) > MAX_ROUTES);
    let mut parents: Vec<&mut ReadyTask> = has_too_many.collect();
    if parents.is_empty() {
        return Ok(());
    }
    let worker = config.worker_type(KIND, params.text("level")).map_err(|error| {
        let path = KeyPath::dotted("workers.aliases");
        let message = format!("tasks with more than {MAX_ROUTES} routes need the worker `{KIND}`: {error:#}");
        let place = Some(place_of_key(&config.document, &path));
        Problems::from(Problem::error("worker", message).at(path, "").in_place(place))
    })?;
    let patterns = patterns(config)?;
    let mut added = Vec::with_capacity(parents.len());
    for parent in &mut parents {
        let paths = take_index_paths(&mut parent.definition)?;
        let scopes =
            paths.iter().map(|path| scope(path, &patterns, config)).collect::<Result<BTreeSet<_>>>()?;
        let label = format!("index-task-{}", parent.task.label);
        let definition = definition(parent, &label, &worker, &paths, scopes, config)?;
        let dependencies = [("parent".into(), parent.task_id.clone())].into_iter().collect();
        added.push(task(&label, definition, dependencies, new_id)?);
    }
    added.into_iter().try_for_each(|ready| morphed.add(ready))
}

/// Takes the index routes out of a definition, and gives their paths.
fn take_index_paths(definition: &mut Map) -> Result<Vec<Str>> {
    let mut paths: Vec<Str> = Vec::new();
    definition.list_at("routes")?.retain(|route| {
        match route.as_str().and_then(|route| route.strip_prefix(INDEX)) {
            Some(path) => {
                paths.push(path.into());
                false
            }
            None => true,
        }
    });
    Ok(paths)
}

/// Patterns that stand for a whole part of the index: the scopes of single paths could exceed a temporary credential.
/// The first pattern that matches counts.
fn patterns(config: &GraphConfig) -> Result<Vec<(KeyPath, Regex)>> {
    let domain: String = config.trust_domain().chars().flat_map(escaped).collect();
    let mut patterns = vec![("trust-domain".into(), Regex::new(&format!(r"({domain}\.v2\.[^.]*\.).*"))?)];
    let given = config.taskgraph("index-path-regexes").and_then(Value::as_list).unwrap_or_default();
    for (index, pattern) in given.iter().enumerate() {
        let path = KeyPath::dotted("taskgraph.index-path-regexes").join(index);
        match Regex::new(pattern.as_str().unwrap_or_default()) {
            Ok(regex) => patterns.push((path, regex)),
            Err(error) => return Err(refused(config, path, error.to_string())),
        }
    }
    Ok(patterns)
}

/// Python: `re.escape`.
fn escaped(letter: char) -> impl Iterator<Item = char> {
    let slash = r"()[]{}?*+-|^$\.&~#".contains(letter) || letter.is_ascii_whitespace();
    slash.then_some('\\').into_iter().chain([letter])
}

fn refused(config: &GraphConfig, path: KeyPath, message: String) -> Error {
    let place = Some(place_of_value(&config.document, &path));
    Problems::from(Problem::error("wrong-value", message).at(path, "").in_place(place)).into()
}

fn scope(path: &str, patterns: &[(KeyPath, Regex)], config: &GraphConfig) -> Result<String> {
    for (key, pattern) in patterns {
        if let Some(groups) = pattern.captures(path)? {
            let Some(start) = groups.get(1) else {
                let message =
                    format!("the pattern matches `{path}`, but has no group that says which part to keep");
                return Err(refused(config, key.clone(), message));
            };
            return Ok(format!("index:insert-task:{start}*"));
        }
    }
    Ok(format!("index:insert-task:{path}"))
}

fn definition(
    parent: &ReadyTask,
    label: &str,
    (provisioner, worker_type): &(String, String),
    paths: &[Str],
    scopes: BTreeSet<String>,
    config: &GraphConfig,
) -> Result<Map> {
    let get = |path: &[&str]| {
        let (first, rest) = path.split_first()?;
        rest.iter().try_fold(parent.definition.get(*first)?, |value, key| value.get(key))
    };
    let need = |path: &[&str]| {
        get(path).cloned().with_context(|| format!("`{}` has no `{}`", parent.task.label, path.join(".")))
    };
    let deadline = need(&["deadline"])?;
    let description = need(&["metadata", "description"])?;
    let rank = get(&["extra", "index", "rank"]).cloned().unwrap_or(Value::Int(0));
    let rank = if config.version.writes_index_rank_as_text() { python::str(&rank).into() } else { rank };
    let command = std::iter::once("insert-indexes.js").chain(paths.iter().map(|path| &**path));
    Ok(map! {
        "provisionerId" => &**provisioner,
        "workerType" => &**worker_type,
        "dependencies" => vec![Value::from(parent.task_id.text())],
        "created" => map! { RELATIVE => "0 seconds" },
        "deadline" => deadline.clone(),
        // There is no point in living longer than the parent may run.
        "expires" => deadline,
        "metadata" => map! {
            "name" => label,
            "description" => format!("index-task for {}", description.as_str().unwrap_or_default()),
            "owner" => need(&["metadata", "owner"])?,
            "source" => need(&["metadata", "source"])?,
        },
        "scopes" => scopes.into_iter().collect::<Value>(),
        "payload" => map! {
            "image" => map! {
                "path" => "public/image.tar.zst",
                "namespace" => "taskgraph.cache.level-3.docker-images.v2.index-task.latest",
                "type" => "indexed-image",
            },
            "features" => map! { "taskclusterProxy" => true },
            "maxRunTime" => 600,
            "command" => command.collect::<Value>(),
            "env" => map! { "TARGET_TASKID" => parent.task_id.text(), "INDEX_RANK" => rank },
        },
    })
}
