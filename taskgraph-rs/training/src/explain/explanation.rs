//! One task: where it is written, what wants it, what the transforms did, what its digest is made of.

use serde::Serialize;

use crate::explain::digest::{DigestPart, parts};
use crate::model::Model;
use crate::model::TrainingExtensions as _;
use taskgraph::diagnostics::place_of_key;
use taskgraph::generator::Full;
use taskgraph::generator::target_tasks::Targets;
use taskgraph::graph::diff::{FieldChange, changes};
use taskgraph::graph::paths::{Hop, Ways};
use taskgraph::task::{Label, Task};
use taskgraph::transform::trace::{Trace, TraceStep};
use taskgraph::tree::Tree;
use taskgraph_compat::natural_order::natural;
use taskgraph_compat::redact::redact;
use taskgraph_compat::source;
use taskgraph_compat::value::{Str, Value};

/// Why a task is there and looks as it does.
#[derive(Debug, Serialize)]
pub struct Explanation {
    /// Its label.
    pub label: Label,
    /// Its kind.
    pub kind: Str,
    /// For people.
    pub description: Str,
    /// Where it is written: its own place, then the defaults that were merged into it.
    pub written: Vec<Place>,
    /// Whether it would run: it is asked for, or what is asked for needs it.
    pub runs: bool,
    /// The shortest way from a task that is asked for; empty if it is asked for itself, or not needed.
    pub wanted_by: Option<(Label, Vec<Hop>)>,
    /// How many of the tasks that are asked for need it, itself included.
    pub targets: usize,
    /// What it is only there for: it runs if one of these does, and then needs all of them.
    pub if_dependencies: Vec<Label>,
    /// The tasks that need it and are only there for it and others: if one of those runs, it runs as well.
    pub if_dependents: Vec<IfDependent>,
    /// The pretrained model that it starts from.
    pub model: Option<Model>,
    /// What the transforms changed, in their order. A transform that changed nothing has no fields.
    pub steps: Vec<Step>,
    /// What it depends on.
    pub needs: Vec<Hop>,
    /// What directly depends on it.
    pub needed_by: Vec<Label>,
    /// Its digest; nothing if its result is not kept for later graphs.
    pub digest: Option<String>,
    /// What the digest is made of.
    pub digest_parts: Vec<DigestPart>,
    /// The index paths under which an earlier result is looked for.
    pub index_paths: Vec<String>,
}

/// A task that is only there for others.
#[derive(Debug, Serialize)]
pub struct IfDependent {
    /// Its label.
    pub label: Label,
    /// What it is there for beside the task that is explained.
    pub others: Vec<Label>,
}

/// A key in a file.
#[derive(Debug, Serialize)]
pub struct Place {
    /// The file.
    pub file: String,
    /// Its line, from 1.
    pub line: u32,
    /// The path of the key.
    pub path: String,
}

/// What a transform did to a task.
#[derive(Debug, Serialize)]
pub struct Step {
    /// The name of the transform, as it stands in the kind.
    pub transform: Str,
    /// The fields that it changed.
    pub fields: Vec<FieldChange>,
}

/// Explains a task of a full graph that was made with `Settings::trace`.
pub fn explain(task: &Task, full: &Full, targets: &Targets, ways: &Ways<'_>, tree: &Tree) -> Explanation {
    let none = Trace::default();
    let trace = full.traces.get(task.label.text()).unwrap_or(&none);
    let cached = task.attributes.get("cached_task").and_then(|cached| cached.get("digest")?.as_str());
    let mut needed_by: Vec<Label> =
        ways.dependents(&task.label).iter().map(|label| (*label).clone()).collect();
    needed_by.sort_by(|a, b| natural(a.as_str(), b.as_str()));
    Explanation {
        label: task.label.clone(),
        kind: task.kind.clone(),
        description: task.description.clone(),
        written: written(task),
        runs: targets.graph.tasks.contains_key(&task.label),
        wanted_by: wanted_by(task, full, targets, ways),
        targets: wanting(task, full, targets, ways),
        if_dependencies: there_for(task, full),
        if_dependents: if_dependents(task, full, &needed_by),
        model: task.extensions.model().map(shown),
        steps: trace.steps.windows(2).map(step).collect(),
        needs: task
            .dependencies
            .iter()
            .map(|(name, to)| Hop { name: name.clone(), to: to.clone() })
            .collect(),
        needed_by,
        digest: cached.map(str::to_owned),
        digest_parts: parts(task, &trace.digest, &full.graph, tree),
        index_paths: task.index_paths().map(str::to_owned).collect(),
    }
}

fn written(task: &Task) -> Vec<Place> {
    let place = |spot: &taskgraph::diagnostics::origin::Location| {
        let source::Place { source, span } = place_of_key(&spot.document, &spot.path);
        Place { file: source.name.clone(), line: span.line, path: spot.path.to_string() }
    };
    task.origin.locations.iter().map(place).collect()
}

fn step(steps: &[TraceStep]) -> Step {
    let fields = |station: &TraceStep| Value::from(station.fields.clone());
    let fields = match steps {
        [before, after] => changes(&fields(before), &fields(after)),
        _ => Vec::new(),
    };
    Step { transform: steps.last().map_or_else(|| "".into(), |last| last.transform.clone()), fields }
}

/// The task that is asked for and nearest to this one, and the way from it.
fn wanted_by(task: &Task, full: &Full, targets: &Targets, ways: &Ways<'_>) -> Option<(Label, Vec<Hop>)> {
    if targets.requested.contains(&task.label) {
        return None;
    }
    let (label, _) = full.graph.tasks.get_key_value(&task.label)?;
    let distances = ways.distances(label);
    let asked = distances.iter().filter(|(label, _)| targets.requested.contains(**label));
    let (nearest, _) = asked.min_by_key(|(label, steps)| (**steps, **label))?;
    let way = ways.between(nearest, label, 1).0.pop()?;
    Some(((*nearest).clone(), way))
}

fn wanting(task: &Task, full: &Full, targets: &Targets, ways: &Ways<'_>) -> usize {
    let label = full.graph.tasks.get_key_value(&task.label).map(|(label, _)| label);
    let distances = label.map(|label| ways.distances(label)).unwrap_or_default();
    distances.keys().filter(|label| targets.requested.contains(**label)).count()
}

/// What a task is only there for, as far as the graph has it.
fn there_for(task: &Task, full: &Full) -> Vec<Label> {
    let labels = task.if_dependencies.iter().filter_map(Value::as_str);
    let known = labels.filter_map(|label| full.graph.tasks.get_key_value(label));
    known.map(|(label, _)| label.clone()).collect()
}

/// Of the tasks that need this one, those that are only there for it and others.
fn if_dependents(task: &Task, full: &Full, needed_by: &[Label]) -> Vec<IfDependent> {
    let of = |label: &Label| {
        let mut others = there_for(full.graph.tasks.get(label)?, full);
        let many = others.len();
        others.retain(|other| *other != task.label);
        (others.len() < many && !others.is_empty()).then(|| IfDependent { label: label.clone(), others })
    };
    needed_by.iter().filter_map(of).collect()
}

fn shown(model: &Model) -> Model {
    Model { urls: model.urls.iter().map(|url| redact(url).into()).collect(), ..model.clone() }
}
