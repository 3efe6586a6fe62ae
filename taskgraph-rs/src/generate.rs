//! Makes the tasks of all kinds: each kind's stubs go through its transforms, in the order of the kinds.
//!
//! Invariant: a label is made once. A kind that fails keeps those that need it from being made, and no others.

use std::sync::Arc;

use anyhow::{Context as _, Result};
use indexmap::{IndexMap, IndexSet};

use crate::config::GraphConfig;
use crate::decision::{Dropped, Record};
use crate::fields::{Fields, missing, wrong};
use crate::kind::Kind;
use crate::params::Params;
use crate::problem::{Problem, Problems};
use crate::settings::Settings;
use crate::task::{Dependencies, Label, Task};
use crate::transform::{Context, Stub};
use crate::tree::Tree;
use crate::value::{Map, Str, Value};

/// What was made, and what was not let through.
pub struct Generated {
    /// All tasks, in the order of their making.
    pub tasks: IndexMap<Label, Arc<Task>>,
    /// Stubs that a transform did not let through.
    pub dropped: Vec<Dropped>,
    /// What transforms warn of.
    pub warnings: Vec<Problem>,
}

/// Makes all tasks of `kinds`, which have to be in order.
pub fn generate(
    tree: &Tree,
    config: &GraphConfig,
    kinds: &IndexMap<Str, Kind>,
    params: &Params,
    settings: &Settings,
) -> Result<Generated> {
    let record = Record::default();
    let mut tasks: IndexMap<Label, Arc<Task>> = IndexMap::new();
    let mut made: IndexMap<&Str, Vec<Arc<Task>>> = IndexMap::new();
    let mut failed: IndexSet<&Str> = IndexSet::new();
    let mut problems = Vec::new();
    for (name, kind) in kinds {
        if kind.dependencies.iter().any(|dependency| failed.contains(dependency)) {
            failed.insert(name);
            continue;
        }
        let upstream = made
            .iter()
            .filter(|(name, _)| kind.dependencies.contains(name))
            .flat_map(|(_, tasks)| tasks.iter().map(|task| (task.label.clone(), task.clone())))
            .collect();
        let context =
            Context { kind, kinds, params, config, tree, upstream: &upstream, settings, record: &record };
        match make_kind(&context) {
            Ok(new) => {
                for task in &new {
                    match tasks.get(&task.label) {
                        None => {
                            tasks.insert(task.label.clone(), task.clone());
                        }
                        Some(other) => problems.push(twice(task, other)),
                    }
                }
                made.insert(name, new);
            }
            Err(error) => {
                failed.insert(name);
                problems.extend(
                    Problems::from_error(error)
                        .with_context(|| format!("kind `{name}` could not be made"))?,
                );
            }
        }
    }
    Problems(problems).check()?;
    let (dropped, warnings) = record.into_notes();
    Ok(Generated { tasks, dropped, warnings })
}

fn twice(task: &Task, other: &Task) -> Problem {
    Problem::error("duplicate-label", format!("two tasks have the label `{}`", task.label))
        .at(Default::default(), format!("made by kind `{}`", task.kind))
        .in_place(task.origin.place(&Default::default()))
        .with(other.origin.place(&Default::default()), format!("made by kind `{}`", other.kind))
}

fn make_kind(context: &Context<'_>) -> Result<Vec<Arc<Task>>> {
    let mut stubs = context.kind.stubs.clone();
    for (_, transform) in &context.kind.transforms {
        stubs = transform(context, stubs)?;
    }
    let mut tasks = Vec::with_capacity(stubs.len());
    let mut problems = Vec::new();
    for stub in stubs {
        let origin = stub.origin.clone();
        match finish(context, stub) {
            Ok(task) => tasks.push(Arc::new(task)),
            Err(error) => problems.extend(origin.blame(error).downcast::<Problems>()?.0),
        }
    }
    Problems(problems).check()?;
    Ok(tasks)
}

/// What leaves the transforms has to be a task.
fn finish(context: &Context<'_>, mut stub: Stub) -> Result<Task> {
    let label = match stub.take("label") {
        Some(Value::Str(text)) => Label::parse(&text)?,
        Some(other) => return Err(wrong("label", &other, "a string")),
        None => {
            return Err(missing("label", "a string; do the transforms end with `taskgraph.transforms.task`?"));
        }
    };
    let mut attributes = take_map(&mut stub, "attributes")?;
    attributes.put("kind", &context.kind.name);
    let dependencies = match stub.take("dependencies") {
        None | Some(Value::Null) => Dependencies::new(),
        Some(Value::Map(map)) => map
            .iter()
            .map(|(name, label)| match label {
                Value::Str(label) => Ok((name.clone(), Label::parse(label)?)),
                other => {
                    Err(wrong(crate::keypath::KeyPath::dotted("dependencies").join(name), other, "a label"))
                }
            })
            .collect::<Result<_>>()?,
        Some(other) => return Err(wrong("dependencies", &other, "a map")),
    };
    let description = stub.text("description")?.into();
    Ok(Task {
        kind: context.kind.name.clone(),
        label,
        description,
        definition: take_map(&mut stub, "task")?,
        attributes,
        optimization: stub.take("optimization").unwrap_or_default(),
        dependencies,
        soft_dependencies: take_list(&mut stub, "soft-dependencies")?,
        if_dependencies: take_list(&mut stub, "if-dependencies")?,
        model: stub.model,
        origin: stub.origin,
    })
}

fn take_map(stub: &mut Stub, key: &str) -> Result<Map> {
    match stub.take(key) {
        Some(Value::Map(map)) => Ok(Arc::unwrap_or_clone(map)),
        Some(other) => Err(wrong(key, &other, "a map")),
        None => Err(missing(key, "a map; do the transforms end with `taskgraph.transforms.task`?")),
    }
}

fn take_list(stub: &mut Stub, key: &str) -> Result<Vec<Value>> {
    match stub.take(key) {
        None | Some(Value::Null) => Ok(Vec::new()),
        Some(Value::List(items)) => Ok(Arc::unwrap_or_clone(items)),
        Some(other) => Err(wrong(key, &other, "a list")),
    }
}
