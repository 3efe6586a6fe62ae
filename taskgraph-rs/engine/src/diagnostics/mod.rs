//! Problems with an input, described so that a person can solve them.
//!
//! A [`Problem`] is data: the command line draws it with the source around it, `--json` prints it as it is.
//! Invariant: problems are gathered, never cut off at the first one.

pub mod document;
pub mod error;
pub mod origin;

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use serde::ser::{Serialize, SerializeMap, Serializer};

use taskgraph_compat::redact::redact;
use taskgraph_compat::source::Place;
use taskgraph_compat::value::path::KeyPath;
use taskgraph_compat::yaml::Document;

/// The severity of a problem.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Nothing is generated.
    Error,
    /// The graph is generated, but something is not as it looks.
    Warning,
}

impl Severity {
    /// `error` or `warning`.
    pub fn word(self) -> &'static str {
        match self {
            Severity::Error => "error",
            Severity::Warning => "warning",
        }
    }
}

/// Another place that belongs to a problem, with what is to be said there.
#[derive(Clone, Debug)]
pub struct RelatedPlace {
    /// The place.
    pub place: Place,
    /// The text at that place.
    pub label: String,
}

/// One thing that is wrong, or has no effect.
#[derive(Clone, Debug)]
pub struct Problem {
    /// The severity.
    pub severity: Severity,
    /// A stable name for scripts: `unknown-key`, `missing-key`, `wrong-value`, …
    pub code: &'static str,
    /// The headline: names the thing, lower case, no full stop.
    pub message: String,
    /// The path of the key it is about, from the root of the parameters or of the file.
    pub path: KeyPath,
    /// The place, if the problem is about a text.
    pub place: Option<Place>,
    /// The text at that place: the allowed values, the nearest allowed word.
    pub label: String,
    /// Further places that belong to it.
    pub related: Vec<RelatedPlace>,
    /// A way out.
    pub help: Option<String>,
}

impl Problem {
    /// An error with a headline; the rest is added with the methods below.
    pub fn error(code: &'static str, message: impl Into<String>) -> Self {
        Problem {
            severity: Severity::Error,
            code,
            message: message.into(),
            path: KeyPath::default(),
            place: None,
            label: String::new(),
            related: Vec::new(),
            help: None,
        }
    }

    /// A warning with a headline.
    pub fn warning(code: &'static str, message: impl Into<String>) -> Self {
        Problem { severity: Severity::Warning, ..Problem::error(code, message) }
    }

    /// The same as a warning.
    pub fn as_warning(self) -> Self {
        Problem { severity: Severity::Warning, ..self }
    }

    /// Whether nothing is generated because of it.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }

    /// Whether it is about a graph that can be made and must not run: something that is given and has no effect, or a
    /// task that cannot end well. Before a run that is an error.
    pub fn is_grave(&self) -> bool {
        self.code == "no-effect" || self.is_about_the_end()
    }

    /// Whether it is about a task that can begin and cannot end well.
    pub fn is_about_the_end(&self) -> bool {
        self.code == "would-fail"
    }

    /// Says at which path, and what is to be said there.
    pub fn at(mut self, path: KeyPath, label: impl Into<String>) -> Self {
        self.path = path;
        self.label = label.into();
        self
    }

    /// Says in which text it stands.
    pub fn in_place(mut self, place: Option<Place>) -> Self {
        self.place = place;
        self
    }

    /// Adds another place.
    pub fn with(mut self, place: Option<Place>, label: impl Into<String>) -> Self {
        if let Some(place) = place {
            self.related.push(RelatedPlace { place, label: label.into() });
        }
        self
    }

    /// Adds a way out.
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

/// One line: `file:line:column: message (path): label`.
impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(place) = &self.place {
            write!(f, "{}:{}:{}: ", place.source.name, place.span.line, place.span.column)?;
        }
        f.write_str(&self.message)?;
        if !self.path.0.is_empty() {
            write!(f, " (at {})", self.path)?;
        }
        if !self.label.is_empty() {
            write!(f, ": {}", self.label)?;
        }
        Ok(())
    }
}

/// As `docs/preview-json.md` has it. Users and passwords of urls stay out.
impl Serialize for Problem {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(8))?;
        map.serialize_entry("severity", self.severity.word())?;
        map.serialize_entry("code", self.code)?;
        map.serialize_entry("message", &redact(&self.message))?;
        map.serialize_entry("path", &redact(&self.path.to_string()))?;
        map.serialize_entry("place", &self.place.as_ref().map(At::from))?;
        map.serialize_entry("label", &redact(&self.label))?;
        map.serialize_entry("related", &self.related)?;
        map.serialize_entry("help", &self.help.as_deref().map(redact))?;
        map.end()
    }
}

impl Serialize for RelatedPlace {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(2))?;
        map.serialize_entry("place", &At::from(&self.place))?;
        map.serialize_entry("label", &redact(&self.label))?;
        map.end()
    }
}

#[derive(serde::Serialize)]
struct At<'p> {
    file: &'p str,
    line: u32,
    column: u32,
}

impl<'p> From<&'p Place> for At<'p> {
    fn from(place: &'p Place) -> Self {
        At { file: &place.source.name, line: place.span.line, column: place.span.column }
    }
}

/// All that is wrong with an input: the content of [`Error::Input`](crate::Error::Input). Does not implement
/// [`std::error::Error`], so that there is one type to look for in an [`anyhow::Error`].
#[derive(Clone, Debug, Default)]
pub struct Problems(pub Vec<Problem>);

impl Problems {
    /// `Ok` if nothing is wrong.
    pub fn check(self) -> Result<(), Problems> {
        if self.0.iter().any(|problem| problem.severity == Severity::Error) { Err(self) } else { Ok(()) }
    }

    /// Removes problems that are reported several times: many tasks may be made of one line of a file.
    pub fn distinct(mut self) -> Self {
        let mut seen = BTreeSet::new();
        self.0.retain(|problem| seen.insert(problem.to_string()));
        self
    }
}

impl From<Problem> for Problems {
    fn from(problem: Problem) -> Self {
        Problems(vec![problem])
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, problem) in self.0.iter().enumerate() {
            if position > 0 {
                f.write_str("\n")?;
            }
            write!(f, "{problem}")?;
        }
        Ok(())
    }
}

/// The place of `path` in `document`: its key if it has one, else the nearest thing above it that is there.
pub fn place_of_key(document: &Arc<Document>, path: &KeyPath) -> Place {
    let (found, _) = document.locate_nearest(path);
    Place { source: document.source.clone(), span: found.key.unwrap_or(found.value) }
}

/// The place of the value at `path` in `document`, or of the nearest thing above it that is there.
pub fn place_of_value(document: &Arc<Document>, path: &KeyPath) -> Place {
    let (found, steps) = document.locate_nearest(path);
    let span = if steps == path.0.len() { found.value } else { found.key.unwrap_or(found.value) };
    Place { source: document.source.clone(), span }
}
