//! Warnings and notes under a preview: one line each, with the place to go to.

use taskgraph::preview::Report;
use taskgraph::problem::Problem;

use super::page::Page;
use crate::report::count;

/// How many paths of keys are shown without `--all`.
const FEW: usize = 12;

/// Warnings, notes, and with `--all` the keys that the config does not have.
pub fn print(page: &mut Page, report: &Report, all: bool) {
    if !report.problems.is_empty() {
        page.heading(&count(report.problems.len(), "warning"));
        let shown = if all { report.problems.len() } else { FEW.max(report.problems.len().min(FEW)) };
        let places: Vec<String> = report.problems.iter().map(place).collect();
        let width = places.iter().take(shown).map(|place| place.chars().count()).max().unwrap_or_default();
        for (problem, place) in report.problems.iter().zip(&places).take(shown) {
            page.line(&format!("  {place:<width$}  {}", line(problem)));
            let indent = " ".repeat(width + 4);
            if let Some(help) = &problem.help {
                page.line(&format!("{indent}{help}"));
            }
            for related in problem.related.iter().filter(|_| all) {
                page.line(&format!("{indent}{}: {}", related.place, related.label));
            }
        }
        if shown < report.problems.len() {
            page.line(&format!("  … and {} more (--all lists them)", report.problems.len() - shown));
        }
    }
    let defaults = report.plan.as_ref().and_then(|plan| plan.defaults.as_ref());
    if let Some(defaults) = defaults.filter(|_| all) {
        page.heading(&format!("Taken from {}", defaults.file));
        let keys: Vec<&str> = defaults.keys.iter().map(|key| key.path.as_str()).collect();
        page.list("  ", &keys);
    }
    if !report.notes.is_empty() {
        page.heading(&count(report.notes.len(), "note"));
        for note in &report.notes {
            page.line(&format!("  {note}"));
        }
    }
}

fn place(problem: &Problem) -> String {
    problem.place.as_ref().map(ToString::to_string).unwrap_or_default()
}

fn line(problem: &Problem) -> String {
    match problem.label.is_empty() {
        true => problem.message.clone(),
        false => format!("{}: {}", problem.message, problem.label),
    }
}
