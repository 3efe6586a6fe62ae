//! What the page is filled with: facts, tasks and a drawing, as JSON.

use anyhow::Result;
use indexmap::{IndexMap, IndexSet};
use serde::Serialize;
use taskgraph::diff::{Tasks, tasks_of};
use taskgraph::look::{Drawing, Fate, Fates, Layout, before_fates, fates, kinds, layout};
use taskgraph::preview::{Preview, Report, Run};
use taskgraph::problem::place_of_key;
use taskgraph::task::{Label, Task};

use super::pool::Pool;
use crate::preview::drawing::{halves, size};

/// Everything that the page knows, but for the pool of values.
#[derive(Serialize)]
struct Data<'d> {
    report: &'d Report,
    /// The task that is shown first.
    focus: Option<&'d str>,
    fates: Vec<FateWords>,
    /// What the graph is compared with, if it is.
    against: Option<&'d str>,
    kinds: &'d IndexSet<&'d str>,
    drawing: Option<&'d Drawing>,
    layout: Option<&'d Layout>,
    /// Width and height of a box.
    size: Option<(f64, f64)>,
    /// The names of the boxes, each in one line or in two.
    names: Vec<(&'d str, Option<&'d str>)>,
    tasks: Vec<TaskData<'d>>,
}

#[derive(Serialize)]
struct FateWords {
    fate: Fate,
    words: &'static str,
    sign: &'static str,
}

/// Label, index of its kind, stage, where it is written, and what it is in this graph and in the one that it is
/// compared with.
#[derive(Serialize)]
struct TaskData<'d>(&'d Label, usize, Option<&'d str>, String, Vec<Option<View>>);

/// Index of the fate, and the number of the task in the pool if it is there.
#[derive(Serialize)]
struct View(usize, Option<usize>);

/// One of the two graphs.
struct Side<'d> {
    fates: Fates<'d>,
    values: Tasks,
}

/// The data of a page as JSON, without any `<`: nothing in it can end the element that it stands in.
pub fn data(preview: &Preview, focus: Option<&str>) -> Result<String> {
    let Preview { report, now, before } = preview;
    let comparison = report.plan.as_ref().and_then(|plan| plan.comparison.as_ref());
    let before = before.as_ref();
    let against = comparison.map(|one| match &one.against {
        Some(other) => other.clone(),
        None => format!("the same config without {}", one.without.unwrap_or_default()),
    });
    let mut sides = Vec::new();
    let mut tasks: IndexMap<&Label, &Task> = IndexMap::new();
    let mut drawn = None;
    if let Some(now) = now {
        let fates = fates(now, before, report.plan.as_ref());
        let graphs: Vec<_> = [Some(now), before].into_iter().flatten().map(|run| &run.full.graph).collect();
        let reused = report.plan.as_ref().map(|plan| &plan.reused[..]).unwrap_or_default();
        let drawing = kinds(&graphs, &fates, reused);
        drawn = Some((layout(&drawing, size(&drawing)), drawing));
        sides.push(Side { fates, values: tasks_of(&now.full.graph)? });
        add(&mut tasks, now);
    }
    if let (Some(before), Some(plan)) = (before, &report.plan) {
        sides.push(Side { fates: before_fates(before, plan), values: tasks_of(&before.full.graph)? });
        add(&mut tasks, before);
    }
    let kinds: IndexSet<&str> = tasks.values().map(|task| &*task.kind).collect();
    let mut pool = Pool::default();
    let told = tasks.iter().map(|(label, task)| {
        let view = |side: &Side<'_>| {
            let fate = side.fates.get(label).and_then(|fate| Fate::ALL.iter().position(|one| one == fate))?;
            Some(View(fate, side.values.get(*label).map(|value| pool.number(value))))
        };
        let kind = kinds.get_index_of(&*task.kind).unwrap_or_default();
        TaskData(label, kind, task.attribute("stage"), written(task), sides.iter().map(view).collect())
    });
    let data = Data {
        report,
        focus,
        fates: Fate::ALL
            .map(|fate| FateWords { fate, words: fate.words(), sign: fate.sign() })
            .into_iter()
            .collect(),
        against: against.as_deref(),
        kinds: &kinds,
        drawing: drawn.as_ref().map(|(_, drawing)| drawing),
        layout: drawn.as_ref().map(|(layout, _)| layout),
        size: drawn.as_ref().map(|(_, drawing)| (size(drawing).width, size(drawing).height)),
        names: drawn.iter().flat_map(|(_, drawing)| &drawing.nodes).map(|node| halves(&node.name)).collect(),
        tasks: told.collect(),
    };
    let json = format!("{{\"data\":{},\n\"pool\":{}}}", serde_json::to_string(&data)?, pool.into_json());
    Ok(json.replace('<', "\\u003c"))
}

fn add<'d>(tasks: &mut IndexMap<&'d Label, &'d Task>, run: &'d Run) {
    for (label, task) in &run.full.graph.tasks {
        tasks.entry(label).or_insert(task);
    }
}

fn written(task: &Task) -> String {
    let spot = task.origin.spots.first();
    let place = spot.map(|spot| place_of_key(&spot.document, &spot.path));
    place.map(|place| format!("{}:{}", place.source.name, place.span.line)).unwrap_or_default()
}
