//! What `config check` found, before anybody decides how to tell it.

use taskgraph::diagnostics::Problem;
use taskgraph_training::{Checked, Outcome, TreeFacts};

/// All verdicts.
pub struct Verdicts {
    /// The tree that the configs were held against.
    pub tree: TreeFacts,
    /// What is worth telling of the tree itself: whoever writes a config cannot mend it.
    pub tree_problems: Vec<Problem>,
    /// The configs, in the order of the command line.
    pub files: Vec<Checked>,
}

impl Verdicts {
    /// How many configs went like this.
    pub fn count(&self, outcome: Outcome) -> usize {
        self.files.iter().filter(|file| file.outcome == outcome).count()
    }

    /// How it went with the worst of them.
    pub fn outcome(&self) -> Outcome {
        let any = |outcome: Outcome| self.files.iter().any(|file| file.outcome == outcome);
        match (any(Outcome::Refused), any(Outcome::Warnings)) {
            (true, _) => Outcome::Refused,
            (false, true) => Outcome::Warnings,
            (false, false) => Outcome::Fine,
        }
    }

    /// Every problem of every config.
    pub fn problems(&self) -> impl Iterator<Item = (&Checked, &Problem)> {
        self.files.iter().flat_map(|file| file.problems.iter().map(move |problem| (file, problem)))
    }
}

/// Errors and warnings.
pub fn counts(problems: &[Problem]) -> (usize, usize) {
    let errors = problems.iter().filter(|problem| problem.is_error()).count();
    (errors, problems.len() - errors)
}
