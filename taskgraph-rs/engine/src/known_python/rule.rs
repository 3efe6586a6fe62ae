//! Versions that a requirement takes.

use crate::known_python::version::{Clause, Version};

/// The versions that are asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rule {
    /// One version.
    Exactly(Version),
    /// Those that meet all conditions; there may be none.
    Range(Vec<Clause>),
    /// Something that has no version: a url, a folder, conditions that are not understood.
    Other,
}

impl Rule {
    /// The rule that conditions make; none if they were not understood.
    pub fn of(clauses: Option<Vec<Clause>>) -> Rule {
        match clauses {
            None => Rule::Other,
            Some(clauses) => match clauses.iter().find_map(Clause::exact) {
                Some(version) => Rule::Exactly(version.clone()),
                None => Rule::Range(clauses),
            },
        }
    }

    /// Whether it takes a version.
    pub fn takes(&self, version: &Version) -> bool {
        match self {
            Rule::Exactly(only) => only == version,
            Rule::Range(clauses) => clauses.iter().all(|clause| clause.takes(version)),
            Rule::Other => true,
        }
    }
}
