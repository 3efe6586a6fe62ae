//! What the index has of what is to run.

use taskgraph::preview::{Counts, Fared, KindCounts, Looked, Plan};
use taskgraph::value::Str;

use super::page::Page;
use crate::report::count;

/// How long the day is in a point in time.
const DAY: usize = "2024-01-01".len();

/// The counts, kind by kind; with `--all` each task, and why.
pub fn print(page: &mut Page, plan: &Plan, all: bool) {
    let Some(found) = &plan.look_up else { return };
    page.heading("What is there already");
    page.line(&format!("  {}", words(&found.counts)));
    let mut rows = vec![["run", "there", "kind", "", ""].map(str::to_owned).to_vec()];
    rows.extend(found.kinds.iter().map(|(kind, of)| row(kind, of)));
    page.table(2, &[0, 1], &rows);
    if !all {
        return;
    }
    for (title, outcome) in [
        ("Would run", Fared::Runs),
        ("There already", Fared::Cached),
        ("Named by existing_tasks", Fared::Existing),
        ("Not needed", Fared::NotNeeded),
    ] {
        let tasks: Vec<_> = found.tasks.iter().filter(|(_, looked)| looked.outcome == outcome).collect();
        if tasks.is_empty() {
            continue;
        }
        page.heading(title);
        for (label, looked) in tasks {
            page.line(&format!("  {label} ({})", told(looked)));
        }
    }
}

fn words(counts: &Counts) -> String {
    let mut parts = vec![format!("{} would run", count(counts.runs, "task"))];
    for (number, what) in [
        (counts.cached, "there already"),
        (counts.existing, "named by existing_tasks"),
        (counts.not_needed, "not needed"),
    ] {
        if number > 0 {
            parts.push(format!("{number} {what}"));
        }
    }
    parts.join(", ")
}

/// A kind, and until when what it has is there: the first to go decides.
fn row(kind: &str, of: &KindCounts) -> Vec<String> {
    let counts = &of.counts;
    let day = |time: &Option<Str>| time.as_deref().and_then(|time| time.get(..DAY)).map(str::to_owned);
    let until = day(&of.expires).map(|day| format!("until {day}")).unwrap_or_default();
    let needed = day(&of.needed_until).map(|day| format!("needed until {day}")).unwrap_or_default();
    vec![
        counts.runs.to_string(),
        (counts.cached + counts.existing).to_string(),
        kind.to_owned(),
        until,
        needed,
    ]
}

fn told(looked: &Looked) -> String {
    match (looked.outcome, &looked.task_id) {
        (Fared::Cached, Some(task)) => {
            let until = looked.expires.as_deref().map(|until| format!(" until {until}")).unwrap_or_default();
            let needed = looked
                .needed_until
                .as_deref()
                .map(|until| format!(", needed until {until}"))
                .unwrap_or_default();
            format!("cache found: {task}{until}{needed}")
        }
        (Fared::Existing, Some(task)) => format!("existing: {task}"),
        _ => looked.why.clone(),
    }
}
