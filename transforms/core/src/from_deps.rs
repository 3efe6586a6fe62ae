//! `taskgraph.transforms.from_deps`: makes tasks from the tasks of the kinds that this kind depends on.
//!
//! ```yaml
//! from-deps:
//!     kinds: [train-teacher, split-corpus]   # all kind-dependencies, if left out; the first one is the primary
//!     with-attributes: {stage: evaluate}
//!     group-by: single                       # one task a task; `all`: one task; `attribute: NAME`: one a value
//!     set-name: strip-kind                   # or retain-kind, or null
//!     copy-attributes: false
//!     unique-kinds: true                     # dependencies are named by kind; else by label
//!     fetches: {split-corpus: [{artifact: "file.{this_chunk}.zst"}]}
//! ```

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::Arc;

use crate::run::FETCH;
use crate::section;
use anyhow::{Context as _, Result, bail};
use indexmap::IndexMap;
use taskgraph::schema::fields::{Fields, about, wrong};
use taskgraph::schema::{STRINGS, Schema, optional};
use taskgraph::task::Task;
use taskgraph::transform::substitute::{Missing, fill};
use taskgraph::transform::{Context, TaskDescription, Transform, TransformInfo, with_state};
use taskgraph_compat::value::{Map, Str, Value};
use taskgraph_compat::{python, suggest};

const GROUP_BY: &[&str] = &["single", "all", "attribute"];
const SET_NAME: &[&str] = &["strip-kind", "retain-kind"];

pub(super) const FROM_DEPS: Schema = Schema::Open(
    &[
        optional("kinds", STRINGS),
        optional(
            "set-name",
            Schema::Either(
                &[Schema::Null, Schema::Bool, Schema::Word(SET_NAME), Schema::MapOf(&Schema::Any)],
                "strip-kind, retain-kind or nothing (null)",
            ),
        ),
        optional(
            "with-attributes",
            Schema::MapOf(&Schema::Either(&[Schema::List(&Schema::Any), Schema::Str], "a string or a list")),
        ),
        optional(
            "group-by",
            Schema::Either(
                &[Schema::Null, Schema::Word(GROUP_BY), Schema::MapOf(&Schema::Any)],
                "single, all or `attribute: NAME`",
            ),
        ),
        optional("copy-attributes", Schema::Bool),
        optional("unique-kinds", Schema::Bool),
        optional("fetches", Schema::MapOf(&Schema::List(&FETCH))),
    ],
    &Schema::Any,
);

type Group = Vec<Arc<Task>>;

/// The description of the transform.
pub(crate) const INFO: TransformInfo = TransformInfo::new(
    "taskgraph.transforms.from_deps",
    "Makes tasks from the tasks of the kinds that this kind depends on.",
)
.sections(&[("from-deps", &FROM_DEPS)]);

/// The transform.
pub(crate) fn transform() -> Transform {
    with_state(|ctx| Ok(Spans::of(ctx))).fan_out(|ctx, spans, mut description, out| {
        let section = section::take(ctx, &mut description, "from-deps", &FROM_DEPS)?
            .context("missing key `from-deps`")?;
        let kinds = kinds(ctx, &section)?;
        let unique = section.get("unique-kinds").and_then(Value::as_bool).unwrap_or(true);
        for group in groups(ctx, spans, &section, &kinds)? {
            out.push(make(&description, &section, &kinds, unique, &group, ctx)?);
        }
        Ok(())
    })
}

fn kinds(ctx: &Context<'_>, section: &Map) -> Result<Vec<Str>> {
    let known = &ctx.kind.dependencies;
    let kinds: Vec<Str> = match section.get("kinds").and_then(Value::as_list) {
        Some(kinds) => kinds.iter().filter_map(Value::as_str).map(Str::from).collect(),
        None => known.clone(),
    };
    let strange: Vec<&str> = kinds.iter().filter(|kind| !known.contains(kind)).map(|kind| &**kind).collect();
    if !strange.is_empty() {
        return Err(about(
            "from-deps.kinds",
            format!("`from-deps.kinds` names {}, which `kind-dependencies` does not", suggest::list(strange)),
        ));
    }
    if kinds.is_empty() {
        bail!("`from-deps` needs at least one kind in `kind-dependencies`");
    }
    Ok(kinds)
}

fn groups(ctx: &Context<'_>, spans: &Spans, section: &Map, kinds: &[Str]) -> Result<Vec<Group>> {
    let wanted = section.get("with-attributes").and_then(Value::as_map);
    let fits = |task: &Task| {
        wanted.into_iter().flatten().all(|(name, wanted)| match (task.attributes.get(name), wanted) {
            (None, _) => false,
            (Some(value), Value::List(choices)) => choices.contains(value),
            (Some(value), wanted) => value == wanted,
        })
    };
    let spans = spans.0.iter().filter(|(kind, _)| kinds.contains(kind)).map(|(_, span)| span.clone());
    let tasks = spans.flatten().filter_map(|index| ctx.upstream.get_index(index)).map(|(_, task)| task);
    let tasks = tasks.filter(|task| fits(task)).cloned();
    Ok(match section.get("group-by") {
        None => tasks.map(|task| vec![task]).collect(),
        Some(Value::Str(by)) => match &**by {
            "single" => tasks.map(|task| vec![task]).collect(),
            "all" => vec![tasks.collect()],
            _ => {
                return Err(about(
                    "from-deps.group-by",
                    format!(
                        "`from-deps.group-by: {by}` needs the name of an attribute: write `group-by: {{{by}: NAME}}`"
                    ),
                ));
            }
        },
        Some(Value::Map(map)) if map.len() == 1 && map.contains_key("attribute") => {
            let Value::Str(attribute) = &map["attribute"] else {
                return Err(wrong("from-deps.group-by.attribute", &map["attribute"], "a string"));
            };
            let mut groups: IndexMap<String, Group> = IndexMap::new();
            for task in tasks {
                if let Some(value) = task.attributes.get(attribute).filter(|value| value.truthy()) {
                    groups.entry(python::repr(value)).or_default().push(task.clone());
                }
            }
            groups.into_values().collect()
        }
        Some(other) => return Err(wrong("from-deps.group-by", other, "single, all or `attribute: NAME`")),
    })
}

/// Positions of the tasks of each kind among those that the kind may depend on.
struct Spans(Vec<(Str, Range<usize>)>);

impl Spans {
    fn of(ctx: &Context<'_>) -> Self {
        let mut spans: Vec<(Str, Range<usize>)> = Vec::new();
        for (index, task) in ctx.upstream.values().enumerate() {
            match spans.last_mut() {
                Some((kind, span)) if *kind == task.kind => span.end = index + 1,
                _ => spans.push((task.kind.clone(), index..index + 1)),
            }
        }
        Spans(spans)
    }
}

fn make(
    description: &TaskDescription,
    section: &Map,
    kinds: &[Str],
    unique: bool,
    group: &Group,
    ctx: &Context<'_>,
) -> Result<TaskDescription> {
    if unique
        && group.iter().enumerate().any(|(at, task)| group[..at].iter().any(|other| other.kind == task.kind))
    {
        return Err(about(
            "from-deps",
            "`from-deps` takes one task a kind into a group; set `unique-kinds: false` to take more",
        ));
    }
    let primary = kinds.iter().find_map(|kind| group.iter().find(|task| task.kind == *kind));
    let primary = primary.context("`from-deps` found no task of any of its kinds")?;

    let mut new = description.clone();
    let dependencies = new.map_at("dependencies")?;
    for task in group {
        let name = if unique { &task.kind } else { task.label.text() };
        dependencies.put(name, task.label.text());
    }
    let attributes = new.map_at("attributes")?;
    attributes.put("primary-kind-dependency", &primary.kind);
    attributes.put("primary-dependency-label", primary.label.text());

    let label = primary.label.as_str();
    match section.get("set-name") {
        None => new.put("name", strip_kind(label, &primary.kind)),
        Some(Value::Str(how)) if &**how == "strip-kind" => new.put("name", strip_kind(label, &primary.kind)),
        Some(Value::Str(_)) => new.put("name", label),
        Some(Value::Null | Value::Bool(false)) => {}
        Some(other) => {
            return Err(wrong("from-deps.set-name", other, "strip-kind, retain-kind or nothing (null)"));
        }
    }
    if section.get("copy-attributes").is_some_and(Value::truthy) {
        let own = std::mem::take(new.map_at("attributes")?);
        let mut attributes = primary.attributes.clone();
        attributes.extend(own);
        new.put("attributes", attributes);
    }
    if let Some(fetches) =
        section.get("fetches").and_then(Value::as_map).filter(|fetches| !fetches.is_empty())
    {
        add_fetches(ctx, &mut new, fetches, unique)?;
    }
    Ok(new)
}

fn strip_kind<'l>(label: &'l str, kind: &str) -> &'l str {
    match label.strip_prefix(kind) {
        // One more character goes, whatever it is: the dash, in all labels that transforms make.
        Some(rest) => rest.char_indices().nth(1).map_or("", |(at, _)| &rest[at..]),
        None => label,
    }
}

fn add_fetches(ctx: &Context<'_>, task: &mut Map, fetches: &Map, unique: bool) -> Result<()> {
    let by_kind = unique && ctx.config.version.names_fetches_by_kind();
    let labels = task.map_at("dependencies")?.values().filter_map(Value::as_str);
    // In the order of their making, and each once.
    let found: BTreeSet<usize> = labels.filter_map(|label| ctx.upstream.get_index_of(label)).collect();
    let task_fetches = task.map_at("fetches")?;
    for (_, dependency) in found.into_iter().filter_map(|at| ctx.upstream.get_index(at)) {
        let Some(wanted) = fetches.get(&dependency.kind).and_then(Value::as_list) else { continue };
        let mut entries = Vec::new();
        for fetch in wanted.iter().filter_map(Value::as_map) {
            let mut entry = fetch.clone();
            for key in ["artifact", "dest"] {
                if let Some(Value::Str(text)) = fetch.get(key) {
                    entry.put(key, fill(text, &dependency.attributes, Missing::Fails)?);
                }
            }
            entries.push(Value::from(entry));
        }
        let name = if by_kind { &dependency.kind } else { dependency.label.text() };
        task_fetches.put(name, entries);
    }
    Ok(())
}
