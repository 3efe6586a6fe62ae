//! The id of a task at Taskcluster: 16 bytes, written with 22 letters.

use std::fmt;

use anyhow::{Result, bail};
use serde::ser::{Serialize, Serializer};
use sha2::{Digest as _, Sha256};

use crate::task::Label;
use taskgraph_compat::python::base64;
use taskgraph_compat::value::Str;

/// The number of characters of an id.
const LENGTH: usize = 22;

/// The id of a task at Taskcluster. Always 22 letters, digits, `-` and `_`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TaskId(Str);

impl TaskId {
    /// Takes text for an id.
    pub fn parse(text: &str) -> Result<Self> {
        let is_letter = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
        if text.len() != LENGTH || !text.bytes().all(is_letter) {
            bail!("`{text}` is no taskId: one has {LENGTH} letters, digits, `-` and `_`");
        }
        Ok(TaskId(text.into()))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The text, shared.
    pub fn text(&self) -> &Str {
        &self.0
    }

    /// An id that nobody has: a random UUID as slugid's `nice` writes it.
    pub fn random() -> Self {
        let mut bytes = [0; 16];
        getrandom::fill(&mut bytes).expect("the system has random numbers");
        TaskId::of_bytes(bytes)
    }

    /// An id that is always the same for a label: where a graph is only shown.
    pub fn of_label(label: &Label) -> Self {
        TaskId::of_text(label.as_str())
    }

    /// The id of what a task makes of another one: the same in each of its runs, and nobody else's.
    pub fn made_of(task: &TaskId, by: &TaskId) -> Self {
        TaskId::of_text(&format!("{task} by {by}"))
    }

    fn of_text(text: &str) -> Self {
        let digest = Sha256::digest(text);
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&digest[..16]);
        TaskId::of_bytes(bytes)
    }

    /// The id of a UUID of version 4, which these bytes are made. Never begins with `-`, which a shell would take for
    /// a flag.
    fn of_bytes(mut bytes: [u8; 16]) -> Self {
        bytes[0] &= 0x7f;
        bytes[6] = bytes[6] & 0x0f | 0x40;
        bytes[8] = bytes[8] & 0x3f | 0x80;
        let text = base64::encode(&bytes).replace('+', "-").replace('/', "_");
        TaskId(text.trim_end_matches('=').into())
    }
}

impl fmt::Display for TaskId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Serialize for TaskId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether the queue takes an id: a UUID of version 4.
    fn is_slug(text: &str) -> bool {
        let slug = r"\A[A-Za-z0-9_-]{8}[Q-T][A-Za-z0-9_-][CGKOSWaeimquy26-][A-Za-z0-9_-]{10}[AQgw]\z";
        regex::Regex::new(slug).unwrap().is_match(text)
    }

    #[test]
    fn new_ids_are_such_as_the_queue_takes() {
        let label = Label::parse(&"train-ru-en".into()).unwrap();
        let (one, other) = (TaskId::random(), TaskId::random());
        for id in [one.clone(), other.clone(), TaskId::of_label(&label), TaskId::made_of(&one, &other)] {
            assert!(is_slug(id.as_str()) && !id.as_str().starts_with(['-', '_']), "{id}");
            assert_eq!(TaskId::parse(id.as_str()).unwrap(), id);
        }
        assert_ne!(TaskId::random(), TaskId::random());
        assert_eq!(TaskId::of_label(&label), TaskId::of_label(&label));
        assert_eq!(TaskId::made_of(&one, &other), TaskId::made_of(&one, &other));
        assert_ne!(TaskId::made_of(&one, &other), TaskId::made_of(&other, &one));
    }

    #[test]
    fn what_is_no_id_is_refused() {
        for text in
            ["", "DECISION-TASK", "vLbaYNyfFziQ1WZW1EAhc", "vLbaYNyfFziQ1WZW1EAhc/", "vLbaYNyfFziQ1WZW1EAhé"]
        {
            assert!(TaskId::parse(text).is_err(), "{text}");
        }
        assert!(TaskId::parse("vLbaYNyfFziQ1WZW1EAhcg").is_ok());
    }
}
