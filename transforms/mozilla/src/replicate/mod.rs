//! `mozilla_taskgraph.transforms.replicate`: copies tasks of another decision.
//!
//! ```yaml
//! replicate:
//!     target: [gecko.v2.mozilla-central.latest.taskgraph.decision]
//!     include-attrs: {kind: [build, test]}
//!     exclude-attrs: {build_platform: [win]}
//! ```
//!
//! A target is a decision task: its ID, or an index path. The tasks of its graph that have the attributes become tasks of
//! this kind, at the level and in the trust domain of the tree, with dates from now on and without revisions.

mod attributes;
mod definition;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::nullable::or_null;
use anyhow::Result;
use attributes::Attributes;
use definition::has;
use regex::Regex;
use taskgraph::error::Error;
use taskgraph::generator::NO_DECISION;
use taskgraph::schema::fields::{Fields, about, missing, wrong};
use taskgraph::schema::{Field, STRINGS, Schema, optional, required};
use taskgraph::task::id::TaskId;
use taskgraph::transform::{Context, TaskDescription, Transform, TransformInfo, with_state};
use taskgraph_compat::python::str;
use taskgraph_compat::value::path::KeyPath;
use taskgraph_compat::value::{Map, Value};
use taskgraph_compat::{json, map};

const SECTION: &str = "replicate";
const ARTIFACT: &str = "public/task-graph.json";

const ATTRIBUTES: Schema =
    Schema::MapOf(&Schema::Either(&[Schema::Str, STRINGS], "a string or a list of strings"));
const FIELDS: &[Field] = &[
    required("target", STRINGS),
    optional("include-attrs", ATTRIBUTES),
    optional("exclude-attrs", ATTRIBUTES),
];
const REPLICATE: Schema = Schema::Open(FIELDS, &Schema::Any);
const SCHEMA: Schema = Schema::Open(&[required(SECTION, REPLICATE)], &Schema::Any);
/// msgspec: every key has to be known. Null for the attributes to exclude excludes nothing.
const FIELDS_4: &[Field] = &[FIELDS[0], FIELDS[1], optional("exclude-attrs", or_null!(ATTRIBUTES))];
const SCHEMA_4: Schema = Schema::Open(&[required(SECTION, Schema::Map(FIELDS_4))], &Schema::Any);

/// The description of the transform.
pub(crate) const INFO: TransformInfo = TransformInfo::new(
    "mozilla_taskgraph.transforms.replicate",
    "Copies tasks of another decision, which it asks Taskcluster for.",
)
.sections(&[(SECTION, &REPLICATE)]);

/// The transform.
pub(crate) fn transform() -> Transform {
    with_state(|ctx| Ok(Replication::of(ctx))).fan_out(replicate)
}

/// State that all tasks of a kind share.
struct Replication {
    schema: &'static Schema,
    /// Trust domains and levels in names of caches and scopes, and those of this tree.
    pattern: Regex,
    own: String,
    level: String,
    /// The task group of the copies.
    group: String,
    lowers_workers: bool,
    /// The graphs that were asked for, by target.
    graphs: Mutex<BTreeMap<String, Arc<Map>>>,
}

impl Replication {
    fn of(ctx: &Context<'_>) -> Self {
        let level = ctx.params.text("level").to_owned();
        Replication {
            schema: if ctx.config.mozilla.has_schemas_of_msgspec() { &SCHEMA_4 } else { &SCHEMA },
            pattern: Regex::new("[a-z]+-level-[1-3]").expect("the expression is one"),
            own: format!("{}-level-{level}", ctx.config.trust_domain()),
            level,
            group: ctx.settings.task_id.clone().unwrap_or_else(|| NO_DECISION.into()),
            lowers_workers: ctx.config.mozilla.replicates_at_own_level(),
            graphs: Mutex::default(),
        }
    }

    /// The graph of a target. A graph is asked for once.
    fn graph(&self, ctx: &Context<'_>, target: &str, path: &KeyPath) -> Result<Arc<Map>> {
        let mut graphs = self.graphs.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = graphs.get(target) {
            return Ok(known.clone());
        }
        let Some(source) = &ctx.settings.task_source else {
            let message = format!("without a network nobody knows the tasks of `{target}`");
            return Err(about(path.clone(), message));
        };
        let task = match TaskId::parse(target) {
            Ok(task) => task,
            Err(_) => match source.find_task(target)? {
                Some(task) => task,
                None => return Err(about(path.clone(), format!("nothing is at the index path `{target}`"))),
            },
        };
        let Some(artifact) = source.artifact(&task, ARTIFACT)? else {
            let message = format!(
                "task {task} has no artifact `{ARTIFACT}`: only the tasks of a decision can be copied"
            );
            return Err(about(path.clone(), message));
        };
        let no_graph =
            |why: String| Error::machine(format!("`{ARTIFACT}` of task {task} is not a graph: {why}"));
        let text = String::from_utf8(artifact).map_err(|error| no_graph(error.to_string()))?;
        let graph = match json::read(&text).map_err(|error| no_graph(error.to_string()))? {
            Value::Map(graph) => graph,
            other => return Err(no_graph(format!("found {}", other.sort())).into()),
        };
        graphs.insert(target.to_owned(), graph.clone());
        Ok(graph)
    }
}

fn replicate(
    ctx: &Context<'_>,
    replication: &Replication,
    mut description: TaskDescription,
    out: &mut Vec<TaskDescription>,
) -> Result<()> {
    if !ctx.settings.fast {
        replication.schema.require_of(&description)?;
    }
    let Some(section) = description.take(SECTION) else { return Err(missing(SECTION, "a map with target")) };
    let Some(prefix) = description.get("name").map(str) else { return Err(missing("name", "a string")) };
    let wanted = Attributes::of(&section);
    let targets = section.get("target").and_then(Value::as_list).unwrap_or_default();
    for (index, target) in targets.iter().enumerate() {
        let path = KeyPath::dotted(SECTION).join("target").join(index);
        let Some(target) = target.as_str() else { return Err(wrong(path, target, "a string")) };
        for (label, entry) in replication.graph(ctx, target, &path)?.iter() {
            let copied = copy(replication, entry, &wanted, &prefix)
                .map_err(|error| about(path.clone(), format!("task `{label}` of `{target}`: {error:#}")))?;
            out.extend(copied.map(|fields| TaskDescription { fields, ..description.clone() }));
        }
    }
    Ok(())
}

/// The description of the copy of a task; nothing if it is not wanted.
fn copy(
    replication: &Replication,
    entry: &Value,
    wanted: &Attributes<'_>,
    prefix: &str,
) -> Result<Option<Map>> {
    let definition = entry.get("task").and_then(Value::as_map).ok_or_else(|| missing("task", "a map"))?;
    let features = definition.get("payload").and_then(|payload| payload.get("features"));
    let is_administrator = features.and_then(|features| features.get("runAsAdministrator"));
    // Python: what cannot be copied is passed over.
    if definition.text("provisionerId")? == "releng-hardware" || is_administrator.is_some_and(Value::truthy) {
        return Ok(None);
    }
    let none = Map::default();
    if !wanted.take(entry.get("attributes").and_then(Value::as_map).unwrap_or(&none))? {
        return Ok(None);
    }
    let mut definition = definition.clone();
    replication.rewrite(&mut definition)?;
    let metadata = has(&mut definition, "metadata")?;
    let name = format!("{prefix}-{}", metadata.text("name")?);
    metadata.put("name", &*name);
    let text = metadata.text("description")?.to_owned();
    Ok(Some(map! {
        "label" => name,
        "dependencies" => Value::map(),
        "description" => text,
        "task" => definition,
        "attributes" => map! { "replicate" => prefix },
    }))
}
