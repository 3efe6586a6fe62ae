//! Results of `config check`, before they are formatted.

use taskgraph::diagnostics::Problem;
use taskgraph_training::{CheckedConfig, ReportOutcome, TreeFacts};

/// All verdicts.
pub(super) struct Verdicts {
    /// The tree that the configs were held against.
    pub tree: TreeFacts,
    /// Problems of the tree itself, which the author of a config cannot repair.
    pub tree_problems: Vec<Problem>,
    /// The configs, in the order of the command line.
    pub files: Vec<CheckedConfig>,
}

impl Verdicts {
    /// Returns the number of configs with this outcome.
    pub(super) fn count(&self, outcome: ReportOutcome) -> usize {
        self.files.iter().filter(|file| file.outcome == outcome).count()
    }

    /// Returns the worst outcome.
    pub(super) fn outcome(&self) -> ReportOutcome {
        let any = |outcome: ReportOutcome| self.files.iter().any(|file| file.outcome == outcome);
        match (any(ReportOutcome::Refused), any(ReportOutcome::Warnings)) {
            (true, _) => ReportOutcome::Refused,
            (false, true) => ReportOutcome::Warnings,
            (false, false) => ReportOutcome::Fine,
        }
    }

    /// Every problem of every config.
    pub(super) fn problems(&self) -> impl Iterator<Item = (&CheckedConfig, &Problem)> {
        self.files.iter().flat_map(|file| file.problems.iter().map(move |problem| (file, problem)))
    }
}

/// Errors and warnings.
pub(super) fn counts(problems: &[Problem]) -> (usize, usize) {
    let errors = problems.iter().filter(|problem| problem.is_error()).count();
    (errors, problems.len() - errors)
}
