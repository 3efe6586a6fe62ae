//! Refusals to run the Python of a tree, with advice.

/// The reason why no interpreter would be started.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The user forbids it.
    Forbidden,
    /// There is none.
    NoInterpreter,
    /// The program cannot start any.
    NotSupported,
}

impl Refusal {
    /// Returns the obstacle, as a clause.
    pub fn message(self) -> &'static str {
        match self {
            Refusal::Forbidden => "`--python never` forbids to run the Python of the tree",
            Refusal::NoInterpreter => "there is no Python that could make it",
            Refusal::NotSupported => "this program runs no Python",
        }
    }

    /// Returns the advice. `requirements` are the packages that have to be installed, as `pip` takes them.
    pub fn way_out(self, requirements: &str) -> String {
        match self {
            Refusal::Forbidden => "leave the flag out".into(),
            Refusal::NoInterpreter => format!(
                "install Python 3 and then `python3 -m pip install {requirements}`, or name an interpreter that has \
                 Taskgraph with --python or TASKGRAPH_PYTHON"
            ),
            Refusal::NotSupported => "use one that does".into(),
        }
    }
}
