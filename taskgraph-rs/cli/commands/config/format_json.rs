//! `config check --json`: `docs/check-json.md` describes it field by field.

use crate::commands::config::results::{Verdicts, counts};
use serde::Serialize;
use taskgraph::diagnostics::Problem;
use taskgraph_training::remote_files::Folder;
use taskgraph_training::{ReportOutcome, TreeFacts};

/// The version of the schema. It changes when a field changes its meaning or goes; new fields may come at any time.
const VERSION: u32 = 1;

#[derive(Serialize)]
struct Report<'v> {
    version: u32,
    outcome: ReportOutcome,
    tree: Tree<'v>,
    totals: Totals,
    files: Vec<File<'v>>,
}

#[derive(Serialize)]
struct Tree<'v> {
    #[serde(flatten)]
    facts: &'v TreeFacts,
    problems: &'v [Problem],
}

#[derive(Serialize)]
struct Totals {
    files: usize,
    fine: usize,
    warnings: usize,
    refused: usize,
}

#[derive(Serialize)]
struct File<'v> {
    file: &'v str,
    is_parameters: bool,
    src: &'v str,
    trg: &'v str,
    outcome: ReportOutcome,
    errors: usize,
    warnings: usize,
    problems: &'v [Problem],
    notes: &'v [String],
    folders: &'v [Folder],
}

/// The verdicts as one JSON object.
pub(super) fn report(verdicts: &Verdicts) -> impl Serialize {
    let files = verdicts.files.iter().map(|checked| {
        let (errors, warnings) = counts(&checked.problems);
        File {
            file: &checked.config.file,
            is_parameters: checked.config.is_parameters,
            src: &checked.src,
            trg: &checked.trg,
            outcome: checked.outcome,
            errors,
            warnings,
            problems: &checked.problems,
            notes: &checked.notes,
            folders: &checked.folders,
        }
    });
    Report {
        version: VERSION,
        outcome: verdicts.outcome(),
        tree: Tree { facts: &verdicts.tree, problems: &verdicts.tree_problems },
        totals: Totals {
            files: verdicts.files.len(),
            fine: verdicts.count(ReportOutcome::Fine),
            warnings: verdicts.count(ReportOutcome::Warnings),
            refused: verdicts.count(ReportOutcome::Refused),
        },
        files: files.collect(),
    }
}
