//! Result of the `train` action with earlier groups, as text.

use crate::commands::preview::text::few;
use crate::report::count;
use crate::text_layout::Page;
use indexmap::IndexMap;
use taskgraph::graph::diff::FieldChange;
use taskgraph::task::Label;
use taskgraph_compat::redact::redact;
use taskgraph_compat::suggest;
use taskgraph_compat::value::Value;
use taskgraph_training::{ContinuationOutcome, EarlierReport, EarlierTask, Plan};

/// The most fields that are named of one task without `--all`.
const FIELDS: usize = 3;

/// The counts, tasks that differ from the earlier ones, and with `--all` each task.
pub(crate) fn print(page: &mut Page, plan: &Plan, all: bool) {
    let Some(earlier) = &plan.earlier else { return };
    let groups: Vec<&str> = earlier.groups.iter().map(|group| group.as_str()).collect();
    page.heading(&format!("Going on from {}", groups.join(", ")));
    for (becomes, number) in &earlier.counts {
        page.line(&format!("  {number:>4} {}", sort(*becomes)));
    }
    let used_though = differing(earlier, |becomes| becomes == ContinuationOutcome::UsedAgain);
    changed(page, "Used again, although this config would make them otherwise", &used_though, all);
    let run = differing(earlier, |becomes| {
        !matches!(becomes, ContinuationOutcome::UsedAgain | ContinuationOutcome::NotNeeded)
    });
    changed(page, "Run, and differ from the earlier ones", &run, all);
    let mut causes: IndexMap<(ContinuationOutcome, &str), Vec<String>> = IndexMap::new();
    for (label, task) in earlier.tasks.iter().filter(|(_, task)| is_shown(task.becomes)) {
        causes.entry((task.becomes, &task.why)).or_default().push(label.to_string());
    }
    if !causes.is_empty() {
        page.heading("Why tasks run");
    }
    for ((_, why), labels) in causes {
        page.line(&format!("  {why} ({})", count(labels.len(), "task")));
        page.list("      ", &if all { labels } else { few(&labels) });
    }
    if all {
        page.heading("Used again");
        let used = earlier.tasks.iter().filter(|(_, task)| task.becomes == ContinuationOutcome::UsedAgain);
        for (label, task) in used {
            page.line(&format!("  {label} ({})", id(task)));
        }
    }
}

/// The same for a comment on a pull request: rows of a table, and lines of lists.
pub(crate) fn rows(earlier: &EarlierReport) -> Vec<(&'static str, usize)> {
    earlier.counts.iter().map(|(becomes, number)| (sort(*becomes), *number)).collect()
}

/// Tasks that differ from their earlier ones, with what does.
pub(crate) fn lines(earlier: &EarlierReport) -> Vec<(String, String, bool)> {
    let tasks = differing(earlier, |becomes| becomes != ContinuationOutcome::NotNeeded);
    let row = |(label, task): &(&Label, &EarlierTask)| {
        (label.to_string(), fields(task, false), task.becomes == ContinuationOutcome::UsedAgain)
    };
    tasks.iter().map(row).collect()
}

fn is_shown(becomes: ContinuationOutcome) -> bool {
    !matches!(
        becomes,
        ContinuationOutcome::UsedAgain | ContinuationOutcome::Cached | ContinuationOutcome::NotNeeded
    )
}

fn sort(becomes: ContinuationOutcome) -> &'static str {
    match becomes {
        ContinuationOutcome::UsedAgain => "used again",
        ContinuationOutcome::Cached => "found in the index",
        ContinuationOutcome::StartsAnew => "run: at or after the start",
        ContinuationOutcome::Unusable => "run: the earlier task cannot be used",
        ContinuationOutcome::Upstream => "run: something that they depend on runs",
        ContinuationOutcome::New => "run: no earlier group has a task for them",
        ContinuationOutcome::NotNeeded => "not needed",
    }
}

fn differing(
    earlier: &EarlierReport,
    is_meant: impl Fn(ContinuationOutcome) -> bool,
) -> Vec<(&Label, &EarlierTask)> {
    earlier.tasks.iter().filter(|(_, task)| is_meant(task.becomes) && !task.changes.is_empty()).collect()
}

/// Tasks with the same fields in one line, unless everything is shown.
fn changed(page: &mut Page, title: &str, tasks: &[(&Label, &EarlierTask)], all: bool) {
    if tasks.is_empty() {
        return;
    }
    page.heading(title);
    if all {
        for (label, task) in tasks {
            page.line(&format!("  {label} ({})", id(task)));
            task.changes.iter().for_each(|field| page.line(&format!("      {}", one(field))));
        }
        return;
    }
    let mut by_fields: IndexMap<String, Vec<String>> = IndexMap::new();
    for (label, task) in tasks {
        by_fields.entry(fields(task, true)).or_default().push(label.to_string());
    }
    for (fields, labels) in by_fields {
        page.list("  ", &few(&labels));
        page.line(&format!("      {fields}"));
    }
}

fn fields(task: &EarlierTask, is_short: bool) -> String {
    let names: Vec<String> = task.changes.iter().map(|field| field.path.to_string()).collect();
    match &names[..] {
        [only] if only == "digest" => "digest: only what they are made of differs".into(),
        names if is_short && names.len() > FIELDS => {
            format!("{} and {} more", names[..FIELDS].join(", "), names.len() - FIELDS)
        }
        names => names.join(", "),
    }
}

/// A field, with what it was and what it is.
fn one(field: &FieldChange) -> String {
    let text = |value: &Option<Value>| match value {
        None => "nothing".to_owned(),
        Some(value) => suggest::shorten(&redact(&format!("{value:?}"))).to_string(),
    };
    format!("{}: {} → {}", field.path, text(&field.before), text(&field.after))
}

fn id(task: &EarlierTask) -> &str {
    task.task_id.as_ref().map(|id| id.as_str()).unwrap_or_default()
}
