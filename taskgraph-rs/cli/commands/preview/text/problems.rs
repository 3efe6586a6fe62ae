//! Warnings and notes of a preview: the place to go to, and what to do there.

use crate::report::{brief, count};
use crate::text_layout::{Page, TextStyle};
use taskgraph::diagnostics::Problem;
use taskgraph_training::Report;

/// Largest number of warnings that are shown without `--all`: keys without effect last, as there may be many.
const SHOWN: usize = 10;

/// `   2 warnings`, for the line that everybody reads; nothing if there are none.
pub(crate) fn counted(report: &Report) -> String {
    match report.counts() {
        (_, 0) => String::new(),
        (_, warnings) => format!("   {}", count(warnings, "warning")),
    }
}

/// Notes.
pub(crate) fn notes(page: &mut Page, report: &Report) {
    if report.notes.is_empty() {
        return;
    }
    page.heading_in(TextStyle::Faint, &count(report.notes.len(), "note"));
    for note in &report.notes {
        page.line(&format!("  {note}"));
    }
}

/// Warnings.
pub(crate) fn warnings(page: &mut Page, report: &Report, all: bool) {
    let (errors, warnings) = report.counts();
    if warnings == 0 {
        return;
    }
    page.heading_in(TextStyle::Warning, &count(warnings, "warning"));
    let shown = if all { warnings } else { SHOWN };
    let (weighty, others): (Vec<&Problem>, Vec<&Problem>) = report.problems[errors..]
        .iter()
        .partition(|problem| shown >= warnings || problem.code != "no-effect");
    for problem in weighty.into_iter().chain(others).take(shown) {
        for (index, line) in brief(problem).iter().enumerate() {
            page.line(&format!("{}{line}", if index == 0 { "  " } else { "      " }));
        }
        for related in problem.related.iter().filter(|_| all && problem.related.len() > 1) {
            page.line(&format!("      {}  {}", related.place, related.label));
        }
    }
    if shown < warnings {
        page.line(&format!("  … and {} more (--all lists them)", warnings - shown));
    }
}
