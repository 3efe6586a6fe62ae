//! Warnings and notes under a preview: the place to go to, and what to do there.

use taskgraph::preview::Report;

use super::page::Page;
use crate::report::{brief, count};

/// How many warnings are shown without `--all`: keys without effect last, of which there may be many.
const SHOWN: usize = 10;

/// The warnings of a report that has errors, which are told elsewhere.
pub fn warnings(report: &Report, all: bool) -> String {
    let mut page = Page::default();
    print_warnings(&mut page, report, all);
    let text = page.into_text();
    if text.is_empty() { text } else { text + "\n" }
}

/// Warnings and notes.
pub fn print(page: &mut Page, report: &Report, all: bool) {
    print_warnings(page, report, all);
    if !report.notes.is_empty() {
        page.heading(&count(report.notes.len(), "note"));
        for note in &report.notes {
            page.line(&format!("  {note}"));
        }
    }
}

fn print_warnings(page: &mut Page, report: &Report, all: bool) {
    let (errors, warnings) = report.counts();
    if warnings == 0 {
        return;
    }
    page.heading(&count(warnings, "warning"));
    let shown = if all { warnings } else { SHOWN };
    let (weighty, others): (Vec<_>, Vec<_>) = report.problems[errors..]
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
