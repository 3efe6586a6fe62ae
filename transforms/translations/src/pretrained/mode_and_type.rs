//! The words that a model has: its mode and its type.

use crate::parameter::refused;
use crate::pretrained::layout::ModelKey;
use crate::pretrained::mode::TYPES;
use crate::pretrained::problem::found_here;
use taskgraph::diagnostics::Problem;
use taskgraph::parameters::Params;
use taskgraph_compat::suggest;
use taskgraph_compat::value::Value;
use taskgraph_compat::value::path::KeyPath;

/// Checks the type of a model: the word, and that a model under this key can be of that type.
pub(super) fn check_type(params: &Params, key: &ModelKey, value: &Value, path: &KeyPath) -> Option<Problem> {
    let elsewhere = value.as_str().filter(|word| TYPES.contains(word) && !key.types.contains(word));
    let Some(word) = elsewhere else { return check_word(params, "type", value, key.types, path) };
    let message = format!("`{}` takes no model of type `{word}`", key.name);
    let label = format!(
        "only {}: a student has an architecture of its own",
        suggest::list(key.types.iter().copied())
    );
    Some(refused(params, "wrong-value", path, message, label))
}

/// Checks a value that has to be one of some words.
pub(super) fn check_word(
    params: &Params,
    key: &str,
    value: &Value,
    words: &[&str],
    path: &KeyPath,
) -> Option<Problem> {
    let allowed = suggest::list(words.iter().copied());
    match value.as_str() {
        Some(word) if words.contains(&word) => None,
        Some(word) => {
            let label = match suggest::nearest(word, words.iter().copied()) {
                Some(nearest) => format!("{allowed}; did you mean `{nearest}`?"),
                None => allowed,
            };
            Some(refused(params, "wrong-value", path, format!("unknown {key} `{word}`"), label))
        }
        None => Some(refused(
            params,
            "wrong-value",
            path,
            format!("`{key}` must be {allowed}"),
            found_here(value),
        )),
    }
}
