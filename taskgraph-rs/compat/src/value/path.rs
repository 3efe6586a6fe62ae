//! Paths of keys inside a value: `experiment.pretrained-models.train-teacher.urls[0]`.

use std::fmt;

use crate::value::{Map, Str, Value};

/// One step down into a value.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Step {
    /// Into a map.
    Key(Str),
    /// Into a list, counted from 0.
    Index(usize),
}

impl From<&str> for Step {
    fn from(key: &str) -> Self {
        Step::Key(key.into())
    }
}

impl From<&Str> for Step {
    fn from(key: &Str) -> Self {
        Step::Key(key.clone())
    }
}

impl From<usize> for Step {
    fn from(index: usize) -> Self {
        Step::Index(index)
    }
}

/// Path of a value inside another one, from the root down. The empty path is the root itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct KeyPath(pub Vec<Step>);

impl KeyPath {
    /// Reads a path in dot notation: `experiment.src`. Every part is a key; there are no indices in it.
    pub fn dotted(path: &str) -> Self {
        KeyPath(path.split('.').filter(|part| !part.is_empty()).map(Step::from).collect())
    }

    /// This path and one step more.
    pub fn join(&self, step: impl Into<Step>) -> Self {
        let mut path = self.clone();
        path.0.push(step.into());
        path
    }

    /// The path of what the last step stands in; the root's own is the root.
    pub fn parent(&self) -> Self {
        KeyPath(self.0[..self.0.len().saturating_sub(1)].to_vec())
    }

    /// This path followed by all of `rest`.
    pub fn concat(&self, rest: &KeyPath) -> Self {
        KeyPath(self.0.iter().chain(&rest.0).cloned().collect())
    }

    /// The last key on the path, if there is one.
    pub fn last_key(&self) -> Option<&str> {
        self.0.iter().rev().find_map(|step| match step {
            Step::Key(key) => Some(&**key),
            Step::Index(_) => None,
        })
    }

    /// The last key on the path with the indices behind it: `urls[0]`.
    pub fn last_name(&self) -> Option<String> {
        let at = self.0.iter().rposition(|step| matches!(step, Step::Key(_)))?;
        let indices = self.0[at + 1..].iter().map(|step| match step {
            Step::Index(index) => format!("[{index}]"),
            Step::Key(_) => String::new(),
        });
        Some(self.last_key()?.to_owned() + &indices.collect::<String>())
    }

    /// The value at this path, if it is there.
    pub fn find<'v>(&self, root: &'v Value) -> Option<&'v Value> {
        self.0.iter().try_fold(root, |value, step| match step {
            Step::Key(key) => value.get(key),
            Step::Index(index) => value.as_list()?.get(*index),
        })
    }
}

/// Keys that would read as something else (dots, brackets, spaces, nothing at all) are quoted.
impl fmt::Display for KeyPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, step) in self.0.iter().enumerate() {
            match step {
                Step::Index(index) => write!(f, "[{index}]")?,
                Step::Key(key) if key.is_empty() || key.contains(['.', '[', ']', '"']) || has_odd(key) => {
                    write!(f, "[{:?}]", &**key)?;
                }
                Step::Key(key) if position == 0 => f.write_str(key)?,
                Step::Key(key) => write!(f, ".{key}")?,
            }
        }
        Ok(())
    }
}

fn has_odd(key: &str) -> bool {
    key.chars().any(|c| c.is_whitespace() || c.is_control())
}

impl From<&str> for KeyPath {
    fn from(path: &str) -> Self {
        KeyPath::dotted(path)
    }
}

/// Returns the value at a dotted path, as Python's `deep_get`: every dot parts two keys, whatever the keys look like.
pub fn deep_get<'v>(map: &'v Map, path: &str) -> Option<&'v Value> {
    let mut parts = path.split('.');
    let first = map.get(parts.next()?)?;
    parts.try_fold(first, |value, part| value.get(part))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::map;

    #[test]
    fn a_path_shows_keys_and_indices() {
        let path = KeyPath::dotted("experiment.pretrained-models").join("urls").join(0);
        assert_eq!(path.to_string(), "experiment.pretrained-models.urls[0]");
        assert_eq!(path.last_name().as_deref(), Some("urls[0]"));
    }

    #[test]
    fn a_key_with_dots_is_quoted() {
        let path = KeyPath::dotted("bicleaner").join("opus_a.b/v1");
        assert_eq!(path.to_string(), r#"bicleaner["opus_a.b/v1"]"#);
    }

    #[test]
    fn a_dotted_key_is_not_found_by_a_dotted_path() {
        let map = map! { "a" => map! { "b.c" => 1 } };
        assert_eq!(deep_get(&map, "a.b.c"), None);
    }
}
