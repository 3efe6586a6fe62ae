//! Result of a look-up as text: the tasks that would run, and the tasks of earlier runs that are used again.

use crate::text_layout::Page;
use taskgraph_compat::value::Str;
use taskgraph_training::{KindCounts, LookUpOutcome, Plan, TaskLookUp};

/// Length of the date in a point in time.
const DAY: usize = "2024-01-01".len();

/// The counts, kind by kind; with `--all` each task, and why.
pub(crate) fn print(page: &mut Page, plan: &Plan, all: bool) {
    let Some(found) = &plan.look_up else { return };
    page.heading(&format!("Looked up: {}", found.counts.words()));
    let mut rows = vec![["would run", "used again", "kind", "", ""].map(str::to_owned).to_vec()];
    rows.extend(found.kinds.iter().map(|(kind, of)| row(kind, of)));
    page.table(2, &[0, 1], &rows);
    if !all {
        return;
    }
    for (title, outcome) in [
        ("Would run", LookUpOutcome::WouldRun),
        ("Used again", LookUpOutcome::UsedAgain),
        ("Not needed", LookUpOutcome::NotNeeded),
    ] {
        let tasks: Vec<_> = found.tasks.iter().filter(|(_, looked)| looked.outcome == outcome).collect();
        if tasks.is_empty() {
            continue;
        }
        page.heading(title);
        for (label, looked) in tasks {
            page.line(&format!("  {label} ({})", describe(looked)));
        }
    }
}

/// A kind, and until when what it has is there: the first to go decides.
fn row(kind: &str, of: &KindCounts) -> Vec<String> {
    let counts = &of.counts;
    let day = |time: &Option<Str>| time.as_deref().and_then(|time| time.get(..DAY)).map(str::to_owned);
    let until = day(&of.expires).map(|day| format!("until {day}")).unwrap_or_default();
    let needed = day(&of.needed_until).map(|day| format!("needed until {day}")).unwrap_or_default();
    let shown = |number: usize| if number == 0 { "-".into() } else { number.to_string() };
    vec![shown(counts.would_run), shown(counts.used_again), kind.to_owned(), until, needed]
}

fn describe(looked: &TaskLookUp) -> String {
    let Some(task) = looked.task_id.as_ref().filter(|_| looked.outcome == LookUpOutcome::UsedAgain) else {
        return looked.why.clone();
    };
    if looked.existing {
        return format!("named by existing_tasks: {task}");
    }
    let until = looked.expires.as_deref().map(|until| format!(" until {until}")).unwrap_or_default();
    let needed = looked.needed_until.as_deref().map(|until| format!(", needed until {until}"));
    format!("cache found: {task}{until}{}", needed.unwrap_or_default())
}
