//! Problems of pretrained models at a key of the parameters.

use taskgraph::diagnostics::Problem;
use taskgraph::parameters::Params;
use taskgraph::schema::found;
use taskgraph_compat::redact::redact;
use taskgraph_compat::value::Value;
use taskgraph_compat::value::path::KeyPath;

pub(super) fn found_here(value: &Value) -> String {
    format!("found {}", redact(&found(value)))
}

pub(super) fn at_key(
    params: &Params,
    code: &'static str,
    path: &KeyPath,
    message: impl Into<String>,
    label: impl Into<String>,
) -> Problem {
    Problem::error(code, message).at(params.path_in_file(path), label).in_place(params.place_of_key(path))
}
