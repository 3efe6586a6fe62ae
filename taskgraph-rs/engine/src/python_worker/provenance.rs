//! Makers of kinds: native or Python, with the reason.

use std::fmt;
use std::sync::Arc;

use serde::Serialize;

use crate::known_python::UnknownObject;
use taskgraph_compat::value::Str;

/// The maker of the tasks of a kind, or of another part of a tree.
#[derive(Clone, Debug, Default)]
pub enum MadeBy {
    /// The program itself.
    #[default]
    Native,
    /// The Python of the tree.
    Python(Because),
}

impl MadeBy {
    /// Returns the reason for Python; `None` if the maker is native.
    pub fn because(&self) -> Option<&Because> {
        match self {
            MadeBy::Native => None,
            MadeBy::Python(because) => Some(because),
        }
    }

    /// Whether it is Python.
    pub fn is_python(&self) -> bool {
        self.because().is_some()
    }
}

/// The reason why a part of a tree is made by Python.
#[derive(Clone, Debug)]
pub enum Because {
    /// This object has no native equal.
    NoNative(Str),
    /// A native part is there, and the Python that it would stand in for is not known to equal it.
    Unknown {
        /// The object.
        object: Str,
        /// The difference.
        why: Arc<UnknownObject>,
    },
    /// It names what the Python of the tree has registered.
    Registered {
        /// The role: `run.using`, `worker implementation`.
        what: &'static str,
        /// Its name.
        name: Str,
    },
    /// The Python of the tree has extended this schema, and the kind does not fit what is native.
    Extended(Str),
    /// The Python of the tree has replaced this part of Taskgraph.
    Replaced(Str),
    /// A kind in Python has changed tasks that it depends on.
    Changed(Str),
    /// The user wants everything to be made by Python.
    Asked,
}

impl Because {
    /// The file of the tree that is the reason, from the top of the repository, if it is one.
    pub fn file(&self) -> Option<&str> {
        match self {
            Because::Unknown { why, .. } => why.differences.first()?.file.as_deref(),
            _ => None,
        }
    }
}

/// A clause that follows "made by Python: ".
impl fmt::Display for Because {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Because::NoNative(object) => write!(f, "`{object}` has no native equal"),
            Because::Unknown { why, .. } => write!(f, "{why}"),
            Because::Registered { what, name } => {
                write!(f, "the tree registers the {what} `{name}` in Python")
            }
            Because::Extended(schema) => write!(f, "the Python of the tree extends `{schema}`"),
            Because::Replaced(part) => write!(f, "the Python of the tree replaces `{part}`"),
            Because::Changed(kind) => write!(f, "kind `{kind}` changes tasks that it depends on"),
            Because::Asked => f.write_str("everything is to be made by Python"),
        }
    }
}

/// The parts of a graph that the tree's Python has made, for readers of a graph.
#[derive(Clone, Debug, Serialize)]
pub struct PythonFacts {
    /// The version of Taskgraph that it ran with.
    pub taskgraph: String,
    /// The kinds that it has made, sorted.
    pub kinds: Vec<String>,
    /// The number of kinds.
    pub of: usize,
    /// The reason for the first of them.
    pub because: String,
    /// The file of the tree that is the reason, if it is one.
    pub file: Option<String>,
    /// Every reason, and the kinds that were made because of it.
    pub reasons: Vec<ReasonFacts>,
}

/// The reason why Python has made some kinds.
#[derive(Clone, Debug, Serialize)]
pub struct ReasonFacts {
    /// The reason, as a clause that follows "made by Python: ".
    pub because: String,
    /// The file of the tree that is the reason, if it is one.
    pub file: Option<String>,
    /// The kinds, sorted.
    pub kinds: Vec<String>,
}

impl PythonFacts {
    /// The kinds that Python has made, sorted, with reasons.
    pub fn of<'b>(
        taskgraph: &str,
        kinds: impl Iterator<Item = (&'b Str, &'b Because)>,
        of: usize,
    ) -> Option<Self> {
        let mut reasons: Vec<ReasonFacts> = Vec::new();
        let mut all = Vec::new();
        for (kind, because) in kinds {
            all.push(kind.to_string());
            let said = because.to_string();
            match reasons.iter_mut().find(|reason| reason.because == said) {
                Some(reason) => reason.kinds.push(kind.to_string()),
                None => reasons.push(ReasonFacts {
                    because: said,
                    file: because.file().map(str::to_owned),
                    kinds: vec![kind.to_string()],
                }),
            }
        }
        let first = reasons.first()?;
        Some(PythonFacts {
            taskgraph: taskgraph.to_owned(),
            kinds: all,
            of,
            because: first.because.clone(),
            file: first.file.clone(),
            reasons,
        })
    }

    /// `2 of 57 kinds made by Python with Taskgraph 15.1.3`.
    pub fn headline(&self) -> String {
        format!("{} of {} kinds made by Python with Taskgraph {}", self.kinds.len(), self.of, self.taskgraph)
    }
}

/// One line: `2 of 57 kinds (`build`, `test`) made by Python with Taskgraph 15.1.3: …`.
impl fmt::Display for PythonFacts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        /// The number of kinds that are named.
        const NAMED: usize = 3;
        let count = self.kinds.len();
        write!(f, "{count} of {} kinds", self.of)?;
        if count < self.of {
            let named: Vec<String> = self.kinds.iter().take(NAMED).map(|name| format!("`{name}`")).collect();
            let more = if count > NAMED { format!(" and {} more", count - NAMED) } else { String::new() };
            write!(f, " ({}{more})", named.join(", "))?;
        }
        write!(f, " made by Python with Taskgraph {}: {}", self.taskgraph, self.because)
    }
}
