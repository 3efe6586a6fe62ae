//! Changes of an upgrade.

use taskgraph::diagnostics::Problem;
use taskgraph_compat::value::path::KeyPath;

/// Result of an upgrade: changes made, and decisions left to the user.
#[derive(Debug, Default)]
pub struct Upgrade {
    /// The text afterwards.
    pub text: String,
    /// Changes: the path of the key, and a description.
    pub done: Vec<(KeyPath, String)>,
    /// Decisions that only the user can make, as warnings with places in the upgraded text.
    pub decide: Vec<Problem>,
}

impl Upgrade {
    /// Notes what was done.
    pub fn done(&mut self, path: &KeyPath, what: impl Into<String>) {
        self.done.push((path.clone(), what.into()));
    }

    /// Notes what a person has to decide at a key.
    pub fn decide(&mut self, path: &KeyPath, message: impl Into<String>, label: impl Into<String>) {
        self.decide.push(Problem::warning("decide", message).at(path.clone(), label));
    }
}
