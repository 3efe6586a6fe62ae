//! Known answers about urls: some decisions depend on whether a file exists.
//!
//! Nothing here asks a network. An extension names its questions, whoever has a network answers them, and the
//! transforms read the answers.

use std::collections::{BTreeMap, BTreeSet};

use taskgraph_compat::value::path::KeyPath;

/// A url that a graph depends on, and the key that asks for it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Question {
    /// The url.
    pub url: String,
    /// The path of the key in the parameters.
    pub path: KeyPath,
}

/// The known answer about one url.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// It is there.
    Found,
    /// It is not there, with the status of the answer if somebody asked.
    Missing(Option<u16>),
    /// It is unknown, for this reason.
    Failed(String),
    /// Nobody asked.
    Unasked,
}

/// The known answers about all urls.
#[derive(Clone, Debug, Default)]
pub enum Urls {
    /// Nobody asked.
    #[default]
    Unasked,
    /// These are there, all others are not.
    Known(BTreeSet<String>),
    /// These were asked.
    Probed(BTreeMap<String, Answer>),
}

impl Urls {
    /// Returns the known answer about `url`.
    pub fn answer(&self, url: &str) -> Answer {
        match self {
            Urls::Unasked => Answer::Unasked,
            Urls::Known(known) if known.contains(url) => Answer::Found,
            Urls::Known(_) => Answer::Missing(None),
            Urls::Probed(answers) => answers.get(url).cloned().unwrap_or(Answer::Unasked),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_listed_is_missing_and_what_was_not_asked_is_unknown() {
        assert_eq!(Urls::Unasked.answer("https://a"), Answer::Unasked);
        let known = Urls::Known(BTreeSet::from(["https://a".to_owned()]));
        assert_eq!(known.answer("https://a"), Answer::Found);
        assert_eq!(known.answer("https://b"), Answer::Missing(None));
        let probed = Urls::Probed(BTreeMap::from([("https://a".to_owned(), Answer::Missing(Some(404)))]));
        assert_eq!(probed.answer("https://a"), Answer::Missing(Some(404)));
        assert_eq!(probed.answer("https://b"), Answer::Unasked);
    }
}
