//! The summary of `config check` as a table.

use crate::commands::config::remote_files;
use crate::commands::config::results::{Verdicts, counts};
use crate::output_medium::OutputMedium;
use crate::report::count;
use crate::text_layout::Page;
use taskgraph_training::{CheckedConfig, ReportOutcome};

/// The table, and the line under it.
pub(super) fn table(verdicts: &Verdicts, medium: OutputMedium) -> String {
    let mut page = Page::new(medium);
    let mut rows = vec![["config", "languages", "verdict", "errors", "warnings"].map(String::from).to_vec()];
    rows.extend(verdicts.files.iter().map(row));
    page.table(0, &[3, 4], &rows);
    for file in verdicts.files.iter().filter(|file| !file.folders.is_empty()) {
        page.heading(&format!("What {} would fetch", file.config.file));
        remote_files::table(&file.folders, &mut page);
    }
    let totals = [ReportOutcome::Fine, ReportOutcome::Warnings, ReportOutcome::Refused].map(|outcome| {
        let number = verdicts.count(outcome);
        (number > 0).then(|| format!("{number} {}", word(outcome)))
    });
    let totals: Vec<String> = totals.into_iter().flatten().collect();
    let tree = if verdicts.tree.embedded { "the embedded kinds" } else { &verdicts.tree.name };
    page.heading(&format!("{} over {tree}: {}", count(verdicts.files.len(), "config"), totals.join(", ")));
    page.into_text()
}

fn row(file: &CheckedConfig) -> Vec<String> {
    let (errors, warnings) = counts(&file.problems);
    let languages = match (file.src.as_str(), file.trg.as_str()) {
        ("", "") => String::new(),
        (src, trg) => format!("{src} → {trg}"),
    };
    let shown = |number: usize| if number == 0 { "-".into() } else { number.to_string() };
    vec![file.config.file.clone(), languages, word(file.outcome).into(), shown(errors), shown(warnings)]
}

fn word(outcome: ReportOutcome) -> &'static str {
    match outcome {
        ReportOutcome::Fine => "fine",
        ReportOutcome::Warnings => "with warnings",
        ReportOutcome::Refused => "refused",
    }
}
