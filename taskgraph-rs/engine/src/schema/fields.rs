//! Reading and changing maps the way Python code reads and changes dictionaries, with errors instead of surprises.

use anyhow::{Result, anyhow, bail};

use crate::schema::{Schema, Violation, What, found};
use taskgraph_compat::value::path::KeyPath;
use taskgraph_compat::value::{Map, Value, intern};

/// An error about keys of a task. Carries their paths, so that a caller that knows the file can point at them.
#[derive(Debug)]
pub enum FieldError {
    /// Values that violate their schema.
    Violations(Vec<Violation>),
    /// A value that fits its schema and is wrong all the same.
    About {
        /// The key of the task.
        path: KeyPath,
        /// The reason.
        message: String,
    },
}

impl std::fmt::Display for FieldError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            FieldError::Violations(violations) => {
                let paths: Vec<_> =
                    violations.iter().map(|violation| format!("`{}`", violation.path)).collect();
                write!(f, "wrong or missing: {}", paths.join(", "))
            }
            FieldError::About { message, .. } => f.write_str(message),
        }
    }
}

impl std::error::Error for FieldError {}

impl Schema {
    /// Checks `value`, which stands at `path` of a task.
    pub fn require(&self, value: &Value, path: &KeyPath) -> Result<()> {
        let mut violations = self.check(value);
        if violations.is_empty() {
            return Ok(());
        }
        for violation in &mut violations {
            violation.path = path.concat(&violation.path);
        }
        Err(FieldError::Violations(violations).into())
    }

    /// Checks all fields of a task.
    pub fn require_of(&self, fields: &Map) -> Result<()> {
        match self.fits_fields(fields) {
            true => Ok(()),
            false => self.require(&fields.clone().into(), &KeyPath::default()),
        }
    }
}

/// An error about the value at one key.
pub fn wrong(path: impl Into<KeyPath>, value: &Value, allowed: &str) -> anyhow::Error {
    let what = What::Wrong { found: found(value), allowed: allowed.into(), nearest: None, instead: None };
    FieldError::Violations(vec![Violation { path: path.into(), what }]).into()
}

/// An error about the value at one key, in other words than what is allowed there.
pub fn about(path: impl Into<KeyPath>, message: impl Into<String>) -> anyhow::Error {
    FieldError::About { path: path.into(), message: message.into() }.into()
}

/// An error without a place is one about a single key.
pub fn within<T>(path: impl Into<KeyPath>, result: Result<T>) -> Result<T> {
    result.map_err(|error| about(path, format!("{error:#}")))
}

/// An error about a key that is not there.
pub fn missing(path: impl Into<KeyPath>, needed: &str) -> anyhow::Error {
    FieldError::Violations(vec![Violation { path: path.into(), what: What::Missing(needed.into()) }]).into()
}

/// Operations of transforms on maps.
pub trait Fields {
    /// The text at `key`; an error if it is missing or something else.
    fn text(&self, key: &str) -> Result<&str>;
    /// Whether `key` is there and Python would call its value true.
    fn is_set(&self, key: &str) -> bool;
    /// Puts `value` at `key`; a key that is there keeps its position.
    fn put(&mut self, key: &str, value: impl Into<Value>);
    /// Takes `key` out; the others keep their order.
    fn take(&mut self, key: &str) -> Option<Value>;
    /// Python's `setdefault`.
    fn set_default(&mut self, key: &str, value: impl Into<Value>) -> &mut Value;
    /// The map at `key`, made empty if it is missing.
    fn map_at(&mut self, key: &str) -> Result<&mut Map>;
    /// The list at `key`, made empty if it is missing.
    fn list_at(&mut self, key: &str) -> Result<&mut Vec<Value>>;
    /// The value at a dotted path such as `run.command`, which has to be there.
    fn at(&mut self, path: &str) -> Result<&mut Value>;
}

impl Fields for Map {
    fn text(&self, key: &str) -> Result<&str> {
        match self.get(key) {
            Some(Value::Str(text)) => Ok(text),
            Some(other) => Err(wrong(key, other, "a string")),
            None => Err(missing(key, "a string")),
        }
    }

    fn is_set(&self, key: &str) -> bool {
        self.get(key).is_some_and(Value::truthy)
    }

    fn put(&mut self, key: &str, value: impl Into<Value>) {
        match self.get_index_of(key) {
            Some(position) => self[position] = value.into(),
            None => {
                self.append(intern(key), value.into());
            }
        }
    }

    fn take(&mut self, key: &str) -> Option<Value> {
        self.shift_remove(key)
    }

    fn set_default(&mut self, key: &str, value: impl Into<Value>) -> &mut Value {
        made(self, key, || value.into())
    }

    fn map_at(&mut self, key: &str) -> Result<&mut Map> {
        let value = made(self, key, Value::map);
        let found = value.sort();
        value.as_map_mut().ok_or_else(|| anyhow!("`{key}` must be a map, found {found}"))
    }

    fn list_at(&mut self, key: &str) -> Result<&mut Vec<Value>> {
        let value = made(self, key, Value::list);
        let found = value.sort();
        value.as_list_mut().ok_or_else(|| anyhow!("`{key}` must be a list, found {found}"))
    }

    fn at(&mut self, path: &str) -> Result<&mut Value> {
        let (head, rest) = match path.split_once('.') {
            Some((head, rest)) => (head, Some(rest)),
            None => (path, None),
        };
        let Some(value) = self.get_mut(head) else { bail!("there is no `{head}`") };
        match rest {
            None => Ok(value),
            Some(rest) => {
                let found = value.sort();
                let map =
                    value.as_map_mut().ok_or_else(|| anyhow!("`{head}` must be a map, found {found}"))?;
                map.at(rest).map_err(|error| anyhow!("{error} in `{head}`"))
            }
        }
    }
}

/// The value at `key`, made if it is missing.
fn made<'m>(map: &'m mut Map, key: &str, make: impl FnOnce() -> Value) -> &'m mut Value {
    let index = match map.get_index_of(key) {
        Some(index) => index,
        None => map.append(intern(key), make()),
    };
    &mut map[index]
}
