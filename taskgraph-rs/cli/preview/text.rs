//! A preview as text: the first screen answers the question, and every number can be asked "which?" with `--all`.

use taskgraph::preview::{Comparison, Edges, Plan, Report};

use super::page::Page;
use super::{earlier, look_up, models, problems, reused, work};

/// How many labels of a group are shown without `--all`.
const SHOWN: usize = 4;

/// The target method that goes by the target stage.
const TRAIN: &str = "train-target-tasks";

/// The whole preview.
pub fn text(report: &Report, all: bool) -> String {
    let mut page = Page::default();
    if let Some(plan) = &report.plan {
        page.line(&facts(report, plan));
        if let Some(python) = report.tree.as_ref().and_then(|tree| tree.python.as_ref()) {
            page.line(&python.to_string());
        }
        models::print(&mut page, plan);
        reused::print(&mut page, plan, all);
        comparison(&mut page, plan, all);
        earlier::print(&mut page, plan, all);
        look_up::print(&mut page, plan, all);
        work::print(&mut page, &plan.work, all);
    }
    problems::print(&mut page, report, all);
    page.into_text()
}

fn facts(report: &Report, plan: &Plan) -> String {
    let facts = &plan.facts;
    let mut parts = vec![
        format!("{} → {}", facts.src, facts.trg),
        format!("experiment {}", facts.experiment),
        match facts.target_method.as_str() {
            TRAIN => format!("target {}", facts.target_stage),
            other => format!("target method {other}"),
        },
    ];
    if let Some(tree) = &report.tree {
        parts.push(tree.words());
    }
    parts.push(format!("{} tasks, {} to run", facts.tasks, facts.to_run));
    parts.join("   ")
}

fn comparison(page: &mut Page, plan: &Plan, all: bool) {
    let Some(comparison) = &plan.comparison else { return };
    page.heading(&match &comparison.against {
        Some(other) => format!("Against {other}"),
        None => format!("Against the same config without {}", comparison.without.unwrap_or_default()),
    });
    for (sign, name, labels) in groups(comparison) {
        if labels.is_empty() {
            continue;
        }
        let counted = format!("{sign}{:>4} {name}", labels.len());
        let start = format!("  {counted:<24}  ");
        match all {
            true => page.list(&start, &labels),
            false if name == "unchanged" => page.line(&start),
            false => page.list(&start, &few(&labels)),
        }
        for (why, count) in reasons(comparison).iter().filter(|_| name == "gone") {
            let times = if *count > 1 { format!(" ({count} tasks)") } else { String::new() };
            page.line(&format!("{:28}{why}{times}", ""));
        }
    }
}

/// What changed: a sign, a name and the labels of each group.
pub fn groups(comparison: &Comparison) -> Vec<(&'static str, &'static str, Vec<String>)> {
    let edges = |wanted: fn(&Edges) -> bool| {
        comparison
            .dependencies
            .iter()
            .filter(|edges| wanted(edges))
            .map(|edges| edges.label.to_string())
            .collect()
    };
    let strings =
        |labels: &[taskgraph::task::Label]| labels.iter().map(ToString::to_string).collect::<Vec<_>>();
    vec![
        ("-", "gone", comparison.gone.iter().map(|gone| gone.label.to_string()).collect()),
        ("+", "new", strings(&comparison.new)),
        ("~", "rewritten", comparison.rewritten.iter().map(|changed| changed.label.to_string()).collect()),
        ("~", "lose a dependency", edges(|edges| edges.gained.is_empty())),
        ("~", "gain a dependency", edges(|edges| edges.lost.is_empty())),
        ("~", "other dependencies", edges(|edges| !edges.lost.is_empty() && !edges.gained.is_empty())),
        ("↺", "only downstream", strings(&comparison.downstream)),
        ("=", "unchanged", strings(&comparison.unchanged)),
    ]
}

/// Why tasks are gone, and how many for each reason.
fn reasons(comparison: &Comparison) -> Vec<(&str, usize)> {
    let mut reasons: Vec<(&str, usize)> = Vec::new();
    for gone in &comparison.gone {
        match reasons.iter_mut().find(|(why, _)| *why == gone.why) {
            Some((_, count)) => *count += 1,
            None => reasons.push((&gone.why, 1)),
        }
    }
    reasons
}

/// The first labels, and how many more there are.
pub fn few(labels: &[String]) -> Vec<String> {
    if labels.len() <= SHOWN {
        return labels.to_vec();
    }
    let mut shown = labels[..SHOWN - 1].to_vec();
    shown.push(format!("… and {} more (--all lists them)", labels.len() - shown.len()));
    shown
}
