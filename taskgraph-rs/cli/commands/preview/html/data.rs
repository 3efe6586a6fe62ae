//! Data of the page: facts, tasks and a drawing, as JSON; and the definitions of the tasks, apart from it.

use crate::commands::preview::box_layout::{halves, size};
use crate::commands::preview::html::value_pool::Pool;
use crate::commands::preview::redacted;
use indexmap::{IndexMap, IndexSet};
use serde::Serialize;
use serde_json::{Value as Json, json};
use taskgraph::diagnostics::place_of_key;
use taskgraph::error::Result;
use taskgraph::graph::diff::{Tasks, tasks_of};
use taskgraph::task::{Label, Task};
use taskgraph_training::drawing::{
    Drawing, Layout, Statuses, TaskStatus, kinds, layout, statuses, statuses_before,
};
use taskgraph_training::{Plan, Preview, Report, Run};

/// Content of a page.
pub(super) struct PageContent {
    /// JSON without any `<`: nothing in it can end the element that it stands in.
    pub data: String,
    /// The definitions, one value a line, compressed, in base64. They are read when the first view is there.
    pub values: String,
}

/// Everything that the page knows, but for the definitions.
#[derive(Serialize)]
struct PageData<'d> {
    report: Json,
    /// The task that is shown first.
    focus: Option<&'d str>,
    #[serde(rename = "fates")]
    statuses: Vec<StatusWords>,
    /// Name of the graph to compare with, if there is one.
    against: Option<&'d str>,
    /// Number of tasks to run in each of the graphs.
    asked: Vec<usize>,
    kinds: &'d IndexSet<&'d str>,
    stages: &'d IndexSet<&'d str>,
    drawing: Option<&'d Drawing>,
    layout: Option<&'d Layout>,
    /// Width and height of a box.
    size: Option<(f64, f64)>,
    /// The names of the boxes, each in one line or in two.
    names: Vec<(&'d str, Option<&'d str>)>,
    /// Places where tasks are written.
    locations: IndexSet<String>,
    tasks: Vec<TaskData<'d>>,
}

#[derive(Serialize)]
struct StatusWords {
    #[serde(rename = "fate")]
    status: TaskStatus,
    words: &'static str,
    sign: &'static str,
}

/// Label; indices of its kind, its stage and where it is written; what it is in this graph and in the one that it is
/// compared with; the number of what the index has of it.
#[derive(Serialize)]
struct TaskData<'d>(&'d Label, usize, Option<usize>, usize, Vec<Option<View>>, Option<usize>);

/// Index of the fate; the number of the task's definition and the indices of the tasks that it needs, if it is there.
/// Instead of the same indices as in the first view there are none.
#[derive(Serialize)]
struct View(usize, Option<usize>, Option<Vec<usize>>);

/// One of the two graphs.
struct Side<'d> {
    run: &'d Run,
    statuses: Statuses<'d>,
    values: Tasks,
}

/// Builds the content of a page. Without a plan it has no tasks.
pub(super) fn page_content(preview: &Preview, focus: Option<&str>) -> Result<PageContent> {
    let Preview { report, now, before, .. } = preview;
    let plan = report.plan.as_ref();
    let against = plan.and_then(against);
    let mut sides = Vec::new();
    let mut drawn = None;
    if let (Some(now), Some(plan)) = (now, plan) {
        let statuses = statuses(now, before.as_ref(), Some(plan));
        let graphs: Vec<_> =
            [Some(now), before.as_ref()].into_iter().flatten().map(|run| &run.full.graph).collect();
        let drawing = kinds(&graphs, &statuses, &plan.reused);
        drawn = Some((layout(&drawing, size(&drawing)), drawing));
        sides.push(Side { run: now, statuses, values: tasks_of(&now.full.graph)? });
        if let Some(before) = before {
            let statuses = statuses_before(before, plan);
            sides.push(Side { run: before, statuses, values: tasks_of(&before.full.graph)? });
        }
    }
    let mut tasks: IndexMap<&Label, &Task> = IndexMap::new();
    for (label, task) in sides.iter().flat_map(|side| &side.run.full.graph.tasks) {
        tasks.entry(label).or_insert(task);
    }
    let kinds: IndexSet<&str> = tasks.values().map(|task| &*task.kind).collect();
    let stages: IndexSet<&str> = tasks.values().filter_map(|task| task.attribute("stage")).collect();
    let mut locations = IndexSet::new();
    let mut pool = Pool::default();
    let mut listed = Vec::with_capacity(tasks.len());
    for (label, task) in &tasks {
        let looked = plan.and_then(|plan| plan.look_up.as_ref()?.tasks.get(*label));
        listed.push(TaskData(
            label,
            kinds.get_index_of(&*task.kind).unwrap_or_default(),
            task.attribute("stage").and_then(|stage| stages.get_index_of(stage)),
            locations.insert_full(written(task)).0,
            views(label, &sides, &tasks, &mut pool),
            looked.map(|looked| pool.whole(looked)).transpose()?,
        ));
    }
    let data = PageData {
        report: shortened(report)?,
        focus,
        statuses: TaskStatus::ALL
            .map(|status| StatusWords { status, words: status.words(), sign: status.sign() })
            .into_iter()
            .collect(),
        against: against.as_deref(),
        asked: sides.iter().map(|side| side.run.targets.graph.tasks.len()).collect(),
        kinds: &kinds,
        stages: &stages,
        drawing: drawn.as_ref().map(|(_, drawing)| drawing),
        layout: drawn.as_ref().map(|(layout, _)| layout),
        size: drawn.as_ref().map(|(_, drawing)| (size(drawing).width, size(drawing).height)),
        names: drawn.iter().flat_map(|(_, drawing)| &drawing.nodes).map(|node| halves(&node.name)).collect(),
        locations,
        tasks: listed,
    };
    let data = serde_json::to_string(&data)?.replace('<', "\\u003c");
    Ok(PageContent { data, values: pool.into_base64()? })
}

fn against(plan: &Plan) -> Option<String> {
    let comparison = plan.comparison.as_ref()?;
    Some(match &comparison.against {
        Some(other) => other.clone(),
        None => format!("the same config without {}", comparison.without.unwrap_or_default()),
    })
}

/// Returns the view of a task in each of the graphs.
fn views(
    label: &Label,
    sides: &[Side<'_>],
    tasks: &IndexMap<&Label, &Task>,
    pool: &mut Pool,
) -> Vec<Option<View>> {
    let mut first = None;
    let mut views = Vec::new();
    for side in sides {
        let status =
            side.statuses.get(label).and_then(|status| TaskStatus::ALL.iter().position(|one| one == status));
        let needs = side.run.full.graph.tasks.get(label).map(|task| {
            let mut needs: Vec<usize> =
                task.dependencies.values().filter_map(|needed| tasks.get_index_of(needed)).collect();
            needs.sort_unstable();
            needs.dedup();
            needs
        });
        let number = side.values.get(label).map(|value| pool.number(value));
        let own = needs.filter(|needs| first.as_ref() != Some(needs));
        if views.is_empty() {
            first.clone_from(&own);
        }
        views.push(status.map(|status| View(status, number, own)));
    }
    views
}

/// The report without the lists that say again what each task says itself.
fn shortened(report: &Report) -> Result<Json> {
    let mut report = redacted(serde_json::to_value(report)?);
    for list in ["new", "rewritten", "dependencies", "downstream", "unchanged"] {
        if let Some(list) = report.pointer_mut(&format!("/plan/comparison/{list}")) {
            *list = json!([]);
        }
    }
    if let Some(tasks) = report.pointer_mut("/plan/look_up/tasks") {
        *tasks = json!({});
    }
    Ok(report)
}

fn written(task: &Task) -> String {
    let spot = task.origin.locations.first();
    let place = spot.map(|spot| place_of_key(&spot.document, &spot.path));
    place.map(|place| format!("{}:{}", place.source.name, place.span.line)).unwrap_or_default()
}
