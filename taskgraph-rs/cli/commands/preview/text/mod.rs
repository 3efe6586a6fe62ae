//! A preview as text: the first screen answers the question, and every number can be asked "which?" with `--all`.

pub(crate) mod duration;
pub(crate) mod earlier_groups;
pub(crate) mod estimate;
pub(crate) mod lookup;
pub(crate) mod models;
pub(crate) mod problems;
pub(crate) mod resources;
pub(crate) mod reused;

use crate::output_medium::OutputMedium;
use crate::text_layout::{Page, TextStyle};
use taskgraph_training::{ChangedEdges, Comparison, Plan, Report};

/// Largest number of labels of a group that are shown without `--all`.
const SHOWN: usize = 4;

/// The target method that goes by the target stage.
const TRAIN: &str = "train-target-tasks";

/// The whole preview: what starts from what and what is wrong first, then what follows from it.
pub(super) fn text(report: &Report, all: bool, medium: OutputMedium) -> String {
    let mut page = Page::new(medium);
    if let Some(plan) = &report.plan {
        facts(&mut page, report, plan);
        models::print(&mut page, plan);
        problems::warnings(&mut page, report, all);
        reused::print(&mut page, plan, all);
        comparison(&mut page, plan, all);
        earlier_groups::print(&mut page, plan, all);
        lookup::print(&mut page, plan, all);
        resources::print(&mut page, plan, all);
    } else {
        problems::warnings(&mut page, report, all);
    }
    problems::notes(&mut page, report);
    page.into_text()
}

fn facts(page: &mut Page, report: &Report, plan: &Plan) {
    let facts = &plan.facts;
    let target = match facts.target_method.as_str() {
        TRAIN => format!("target {}", facts.target_stage),
        other => format!("target method {other}"),
    };
    let rest = format!("   experiment {}   {target}", facts.experiment);
    page.line_in(TextStyle::Heading, &format!("{} → {}", facts.src, facts.trg), &rest);
    page.line_in(TextStyle::Heading, &facts.summary, &problems::counted(report));
    if let Some(tree) = &report.tree {
        page.line_in(TextStyle::Faint, &tree.words(), "");
        if let Some(python) = &tree.python {
            page.line(&python.to_string());
        }
    }
}

fn comparison(page: &mut Page, plan: &Plan, all: bool) {
    let Some(comparison) = &plan.comparison else { return };
    page.heading(&match &comparison.against {
        Some(other) => format!("Against {other}"),
        None => format!("Against the same config without {}", comparison.without.unwrap_or_default()),
    });
    for Group { sign, name, ink, labels } in groups(comparison) {
        if labels.is_empty() {
            continue;
        }
        let counted = format!("{sign}{:>4} {name}", labels.len());
        let start = format!("  {counted:<24}  ");
        match all {
            true => page.list_in(ink, &start, &labels),
            false if name == "unchanged" => page.line_in(ink, &start, ""),
            false => page.list_in(ink, &start, &few(&labels)),
        }
        for (why, count) in reasons(comparison).iter().filter(|_| name == "gone") {
            let times = if *count > 1 { format!(" ({count} tasks)") } else { String::new() };
            page.sentence(&" ".repeat(28), &format!("{why}{times}"));
        }
    }
}

/// Tasks that change, or do not, in the same way.
pub(super) struct Group {
    /// A sign, for where the name is too long and colour alone would not do.
    pub sign: &'static str,
    /// Name of the change.
    pub name: &'static str,
    /// The colour.
    pub ink: TextStyle,
    /// Their labels.
    pub labels: Vec<String>,
}

/// Returns the groups of changed tasks.
pub(super) fn groups(comparison: &Comparison) -> Vec<Group> {
    let edges = |wanted: fn(&ChangedEdges) -> bool| -> Vec<String> {
        let edges = comparison.dependencies.iter().filter(|edges| wanted(edges));
        edges.map(|edges| edges.label.to_string()).collect()
    };
    let strings =
        |labels: &[taskgraph::task::Label]| labels.iter().map(ToString::to_string).collect::<Vec<_>>();
    let rewritten = comparison.rewritten.iter().map(|changed| changed.label.to_string()).collect();
    let group = |sign, name, ink, labels| Group { sign, name, ink, labels };
    vec![
        group(
            "-",
            "gone",
            TextStyle::Removed,
            comparison.gone.iter().map(|gone| gone.label.to_string()).collect(),
        ),
        group("+", "new", TextStyle::Added, strings(&comparison.new)),
        group("~", "rewritten", TextStyle::Changed, rewritten),
        group("~", "lose a dependency", TextStyle::Changed, edges(|edges| edges.gained.is_empty())),
        group("~", "gain a dependency", TextStyle::Changed, edges(|edges| edges.lost.is_empty())),
        group(
            "~",
            "other dependencies",
            TextStyle::Changed,
            edges(|edges| !edges.lost.is_empty() && !edges.gained.is_empty()),
        ),
        group("↺", "only downstream", TextStyle::Name, strings(&comparison.downstream)),
        group("=", "unchanged", TextStyle::Faint, strings(&comparison.unchanged)),
    ]
}

/// Returns the reasons for which tasks are gone, and the number of tasks for each.
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
pub(super) fn few(labels: &[String]) -> Vec<String> {
    if labels.len() <= SHOWN {
        return labels.to_vec();
    }
    let mut shown = labels[..SHOWN - 1].to_vec();
    shown.push(format!("… and {} more (--all lists them)", labels.len() - shown.len()));
    shown
}
