//! Inputs that earlier runs have made, as text: the task that fetches each, the tasks that it replaces, the
//! dependencies that it moves.

use crate::commands::preview::text::few;
use crate::report::count;
use crate::text_layout::{Page, TextStyle};
use taskgraph_training::{Dependency, Plan, RemovedKind, ReusedInput, Usage};

/// One block for each thing. A model that a training task mounts is shown with that task.
pub(crate) fn print(page: &mut Page, plan: &Plan, all: bool) {
    let shown = shown_alone(plan);
    if shown.is_empty() {
        return;
    }
    page.heading("Reused from earlier runs");
    let width = shown.iter().map(|reused| reused.path.chars().count()).max().unwrap_or_default();
    for reused in shown {
        page.line_in(TextStyle::Name, &format!("  {:<width$}", reused.path), &format!("   {}", reused.what));
        print_one(page, reused, all);
    }
}

/// Returns the inputs that are not shown with a training task that mounts them.
pub(crate) fn shown_alone(plan: &Plan) -> Vec<&ReusedInput> {
    let is_mounted = |reused: &ReusedInput| {
        let members = || plan.models.iter().flat_map(|kind| &kind.members);
        reused
            .brought_by
            .iter()
            .any(|task| members().any(|member| member.label == task.label && member.directory.is_some()))
    };
    plan.reused.iter().filter(|reused| !is_mounted(reused)).collect()
}

fn print_one(page: &mut Page, reused: &ReusedInput, all: bool) {
    for task in &reused.brought_by {
        let asleep = match reused.usage {
            _ if task.runs => "",
            Usage::Unused => "   (no task needs it)",
            Usage::Used | Usage::NotAskedFor => "   (the target stage does not need it)",
        };
        page.line(&format!("    {}{asleep}", task.label));
    }
    if reused.brought_by.is_empty() {
        page.line("    no task brings it in");
    }
    let width = reused.urls.iter().map(|url| url.name.len()).max().unwrap_or_default();
    for (position, url) in reused.urls.iter().enumerate() {
        let fetches = if position == 0 { "fetches" } else { "" };
        page.line(&format!("      {fetches:<9}  {:<width$}  {}", url.name, url.url));
    }
    let mut reasons: Vec<&str> = reused.gone.iter().map(|gone| &*gone.why).collect();
    reasons.dedup();
    for why in reasons {
        let gone: Vec<String> =
            reused.gone.iter().filter(|gone| gone.why == why).map(|gone| name(gone, all)).collect();
        page.list("      not made   ", &if all { gone } else { few(&gone) });
        page.sentence("                 ", why);
    }
    for (position, moved) in reused.moved.iter().enumerate() {
        let start = if position == 0 { "moved" } else { "" };
        print_moved(page, start, moved, all);
    }
}

/// A kind that is gone, or the stages of it that are.
fn name(gone: &RemovedKind, all: bool) -> String {
    match &gone.stages[..] {
        _ if gone.wholly => gone.kind.to_string(),
        [] => format!("{} in part", gone.kind),
        stages if all || stages.len() == 1 => format!("{} ({})", gone.kind, stages.join(", ")),
        stages => format!("{} ({})", gone.kind, count(stages.len(), "stage")),
    }
}

fn print_moved(page: &mut Page, start: &str, moved: &Dependency, all: bool) {
    let to = moved.to.as_deref().unwrap_or("nothing");
    page.line(&format!("      {start:<9}  {} → {to}", moved.from));
    let labels: Vec<String> = moved.tasks.iter().map(ToString::to_string).collect();
    page.list("                   in ", &if all { labels } else { few(&labels) });
}
