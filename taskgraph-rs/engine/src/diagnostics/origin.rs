//! Origins of tasks: the file, the key in it, and the defaults that were merged into the task.

use std::sync::Arc;

use crate::diagnostics::{Problem, Problems, place_of_key, place_of_value};
use crate::error::Error;
use crate::schema::fields::FieldError;
use crate::schema::suggestion::{Instead, surprise, thousands};
use crate::schema::{Violation, What};
use taskgraph_compat::source::Place;
use taskgraph_compat::suggest;
use taskgraph_compat::value::path::{KeyPath, Step};
use taskgraph_compat::value::{Str, Value};
use taskgraph_compat::yaml::{Data, Document, Node};

/// A key of a document.
#[derive(Debug, Clone)]
pub struct Location {
    /// The document.
    pub document: Arc<Document>,
    /// The key.
    pub path: KeyPath,
}

/// The origin of a task. Its first location is its own; the others are defaults, nearest first.
#[derive(Debug)]
pub struct Origin {
    /// The kind it belongs to.
    pub kind: Str,
    /// The key it has in its file, before anything is substituted.
    pub name: Str,
    /// Its own spot, then those of its defaults.
    pub locations: Vec<Location>,
}

impl Origin {
    /// The spot that has the longest part of `path`, and the whole path in that spot's document.
    fn nearest(&self, path: &KeyPath) -> Option<(&Location, KeyPath)> {
        self.locations
            .iter()
            .map(|spot| (spot, spot.path.concat(path)))
            // The first of equals wins: the task's own spot before its defaults.
            .rev()
            .max_by_key(|(spot, full)| spot.document.locate_nearest(full).1.saturating_sub(spot.path.0.len()))
    }

    /// The path and the place of what is written at `path` of the task, if it is written at all.
    fn written(&self, path: &KeyPath) -> Option<(KeyPath, Place)> {
        let (spot, full) = self.nearest(path)?;
        let place = match spot.document.node(&full)?.data {
            Data::List(_) | Data::Map(_) => place_of_key(&spot.document, &full),
            _ => place_of_value(&spot.document, &full),
        };
        Some((full, place))
    }

    /// The text that is written at `path` of the task, before anything is filled in.
    pub fn text(&self, path: &KeyPath) -> Option<&str> {
        self.locations.iter().find_map(|spot| match &spot.document.node(&spot.path.concat(path))?.data {
            Data::Str(text) => Some(&**text),
            _ => None,
        })
    }

    /// The place of the key at `path` of the task.
    pub fn place(&self, path: &KeyPath) -> Option<Place> {
        self.nearest(path).map(|(spot, full)| place_of_key(&spot.document, &full))
    }

    /// The path and the place of the first text in the file that is, or contains, `text`: in the task's own part,
    /// then in its defaults.
    pub fn find_text(&self, text: &str) -> Option<(KeyPath, Place)> {
        if text.is_empty() {
            return None;
        }
        self.locations.iter().find_map(|spot| {
            let mut path = spot.path.clone();
            let root = spot.document.node(&path)?;
            find_text(root, text, &mut path).then(|| {
                let place = place_of_value(&spot.document, &path);
                (path, place)
            })
        })
    }

    /// Converts the error of a function for this task. What is said of its keys, or of none, becomes problems that point
    /// into the file.
    pub fn locate(&self, error: anyhow::Error) -> Error {
        let error = match Error::within(error) {
            Ok(error) => return error,
            Err(error) => error,
        };
        // Functions for tasks return `anyhow::Error`, in which the type is known only at run time.
        let path = match error.downcast_ref() {
            Some(FieldError::Violations(violations)) => {
                return Problems(violations.iter().map(|violation| self.violation(violation)).collect())
                    .into();
            }
            Some(FieldError::About { path, .. }) => Some(path),
            None => None,
        };
        let (path, place) = match path.and_then(|path| self.written(path)) {
            Some((path, place)) => (path, Some(place)),
            None => {
                let own = self.locations.first().map(|spot| spot.path.clone());
                (own.unwrap_or_default(), self.place(&KeyPath::default()))
            }
        };
        let label = format!("in kind `{}`, task `{}`", self.kind, self.name);
        Problem::error("task", format!("{error:#}")).at(path, label).in_place(place).into()
    }

    fn violation(&self, violation: &Violation) -> Problem {
        let (spot, full) = match self.nearest(&violation.path) {
            Some((spot, full)) => (Some(spot), full),
            None => (None, violation.path.clone()),
        };
        let reported = problem_of(violation, full, spot.map(|spot| &spot.document));
        let task = format!("this is task `{}` of kind `{}`", self.name, self.kind);
        match reported.help.clone() {
            Some(help) => reported.help(format!("{help}; {task}")),
            None => reported.help(task),
        }
    }
}

/// Leads `path` from a node down to the first text that contains another.
fn find_text(node: &Node, text: &str, path: &mut KeyPath) -> bool {
    let mut below = |step: Step, node: &Node| {
        path.0.push(step);
        let found = find_text(node, text, path);
        if !found {
            path.0.pop();
        }
        found
    };
    match &node.data {
        Data::Str(found) => found.contains(text),
        Data::List(items) => items.iter().enumerate().any(|(index, item)| below(index.into(), item)),
        Data::Map(entries) => entries.iter().any(|(key, value)| match &key.data {
            Data::Str(name) => below(name.into(), value),
            _ => false,
        }),
        _ => false,
    }
}

/// A scalar that YAML may read otherwise than people do.
fn scalar(node: &Node) -> Option<Value> {
    match node.data {
        Data::Bool(flag) => Some(flag.into()),
        Data::Int(number) => Some(number.into()),
        Data::Float(number) => Some(Value::Float(number)),
        _ => None,
    }
}

/// Converts a violation at `path` of `document` into a problem.
pub fn problem_of(violation: &Violation, path: KeyPath, document: Option<&Arc<Document>>) -> Problem {
    let key = path.last_key().unwrap_or("the value").to_owned();
    match &violation.what {
        What::Missing(needed) => {
            let place = document.map(|document| place_of_key(document, &path));
            Problem::error("missing-key", format!("missing key `{key}`"))
                .at(path, format!("`{key}` has to be here: {needed}"))
                .in_place(place)
        }
        What::Unknown(known) => {
            let place = document.map(|document| place_of_key(document, &path));
            let label = match suggest::nearest(&key, known.iter().copied()) {
                Some(nearest) => format!("did you mean `{nearest}`?"),
                None => format!("known here: {}", suggest::list(known.iter().copied())),
            };
            Problem::error("unknown-key", format!("unknown key `{key}`")).at(path, label).in_place(place)
        }
        What::Wrong { found, allowed, nearest, instead } => {
            let place = document.map(|document| place_of_value(document, &path));
            let name = path.last_name().unwrap_or_else(|| key.clone());
            let message = match nearest.is_some() || found.starts_with('`') && allowed.contains(" or ") {
                true => format!("unknown {key} {found}"),
                false => format!("`{name}` must be {allowed}"),
            };
            let spelled = place.as_ref().and_then(Place::text);
            let read = document.and_then(|document| document.node(&path)).and_then(scalar);
            let surprise = spelled.zip(read.as_ref()).and_then(|(spelled, value)| surprise(spelled, value));
            let label = match nearest {
                Some(nearest) => format!("{allowed}; did you mean `{nearest}`?"),
                None if message.starts_with("unknown") => allowed.clone(),
                None => surprise.unwrap_or_else(|| format!("found {found}")),
            };
            let instead = instead.as_ref().and_then(|instead| match instead {
                Instead::Text(text) => Some(text.clone()),
                Instead::Quoted => spelled.map(|spelled| format!("\"{spelled}\"")),
                Instead::Whole(number) => {
                    spelled.and_then(thousands).or_else(|| Some(number.clone()).filter(|it| !it.is_empty()))
                }
            });
            let is_item = name != key;
            let mut problem = Problem::error("wrong-value", message).at(path, label).in_place(place);
            problem.help = instead.map(|instead| match is_item {
                true => format!("write `{instead}`"),
                false => format!("write `{key}: {instead}`"),
            });
            problem
        }
    }
}
