//! Constructs of a tree that a newer Taskgraph refuses or ignores. Files are read; nothing of the tree runs.
//!
//! This is about Python and `config.yml`. Sections that only a transform knows are looked at beside the transforms.

mod python_names;
mod python_tokens;

use serde::Serialize;

use crate::diagnostics::{Problem, place_of_key, place_of_value};
use crate::generator::Project;
use crate::loader::Kind;
use crate::taskgraph_version::{TaskgraphVersion, since};
use taskgraph_compat::source::{Place, Span};
use taskgraph_compat::value::path::KeyPath;

/// Something that is otherwise in a newer Taskgraph. The order is the one in which people are reported.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Change {
    /// The first version in which it is.
    pub since: TaskgraphVersion,
    /// The treatment of it by that version.
    pub effect: Effect,
    /// One sentence.
    pub message: String,
    /// The file, as people call it.
    pub file: String,
    /// The line, from 1.
    pub line: u32,
    /// The column, from 1.
    pub column: u32,
}

/// The treatment of an obsolete construct by a newer Taskgraph.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Effect {
    /// It makes no graph.
    Refused,
    /// It makes a graph as if that was not there.
    Ignored,
}

impl Change {
    /// A construct that a newer Taskgraph treats differently, and its place.
    pub fn new(since: TaskgraphVersion, effect: Effect, message: impl Into<String>, place: &Place) -> Self {
        let (file, Span { line, column, .. }) = (place.source.name.clone(), place.span);
        Change { since, effect, message: message.into(), file, line, column }
    }
}

/// Returns the findings in the Python of a tree, in its `config.yml` and in the names of its transforms, and the files
/// that could not be read.
pub fn changes(project: &Project) -> (Vec<Change>, Vec<Problem>) {
    let (mut changes, problems) = python_names::changes(&project.tree);
    let document = &project.config.document;
    changes.extend(project.config.keys_refused_later().iter().map(|violation| {
        let message = format!("unknown key `{}`", violation.path);
        Change::new(
            since::CLOSED_SECTIONS,
            Effect::Refused,
            message,
            &place_of_key(document, &violation.path),
        )
    }));
    changes.extend(project.kinds.values().flat_map(gone_transforms));
    (changes, problems)
}

/// Transforms of a kind whose module is gone.
fn gone_transforms(kind: &Kind) -> impl Iterator<Item = Change> + '_ {
    kind.transforms.iter().enumerate().filter_map(|(index, (name, _))| {
        let module = name.split_once(':').map_or(&**name, |(module, _)| module);
        let (since, message) = python_names::gone(module)?;
        let path = KeyPath::dotted("transforms").join(index);
        Some(Change::new(since, Effect::Refused, message, &place_of_value(&kind.document, &path)))
    })
}
