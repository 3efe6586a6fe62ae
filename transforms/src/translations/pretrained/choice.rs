//! The words that a model has: its mode and its type.

use taskgraph::keypath::KeyPath;
use taskgraph::params::Params;
use taskgraph::problem::Problem;
use taskgraph::value::Value;
use taskgraph::words;

use super::check::{at_value, found_here};
use super::layout::ModelKey;
use super::model::TYPES;

/// What is wrong with the type of a model: the word, or that a model under this key cannot be of that type.
pub(super) fn check_type(params: &Params, key: &ModelKey, value: &Value, path: &KeyPath) -> Option<Problem> {
    let elsewhere = value.as_str().filter(|word| TYPES.contains(word) && !key.types.contains(word));
    let Some(word) = elsewhere else { return check_word(params, "type", value, key.types, path) };
    let message = format!("`{}` takes no model of type `{word}`", key.name);
    let label =
        format!("only {}: a student has an architecture of its own", words::list(key.types.iter().copied()));
    Some(at_value(params, "wrong-value", path, message, label))
}

/// What is wrong with a value that has to be one of some words.
pub(super) fn check_word(
    params: &Params,
    key: &str,
    value: &Value,
    words: &[&str],
    path: &KeyPath,
) -> Option<Problem> {
    let allowed = words::list(words.iter().copied());
    match value.as_str() {
        Some(word) if words.contains(&word) => None,
        Some(word) => {
            let label = match words::nearest(word, words.iter().copied()) {
                Some(nearest) => format!("{allowed}; did you mean `{nearest}`?"),
                None => allowed,
            };
            Some(at_value(params, "wrong-value", path, format!("unknown {key} `{word}`"), label))
        }
        None => Some(at_value(
            params,
            "wrong-value",
            path,
            format!("`{key}` must be {allowed}"),
            found_here(value),
        )),
    }
}
