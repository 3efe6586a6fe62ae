//! Values of parameters that a kind needs, and the problem of one that is missing or wrong.

use anyhow::Result;
use taskgraph::diagnostics::{Problem, Problems};
use taskgraph::parameters::Params;
use taskgraph::schema::found;
use taskgraph::transform::Context;
use taskgraph_compat::value::path::KeyPath;

/// The text of the parameter at a dotted path. The kind that is made needs it.
pub(crate) fn text<'p>(ctx: &Context<'p>, path: &str) -> Result<&'p str> {
    let value = ctx.params.deep_get(path);
    value.as_str().ok_or_else(|| Problems::from(needed(ctx, &KeyPath::dotted(path), "a string")).into())
}

/// The error about a parameter that the kind that is made needs, and that is not there or something else than it needs.
pub(crate) fn needed(ctx: &Context<'_>, path: &KeyPath, what: &str) -> Problem {
    let (key, kind) = (path.last_key().unwrap_or_default(), &ctx.kind.name);
    match ctx.params.find(path) {
        None => {
            let label = format!("kind `{kind}` needs it: {what}");
            refused(ctx.params, "missing-key", path, format!("missing key `{key}`"), label)
        }
        Some(value) => {
            let label = format!("found {}; kind `{kind}` needs it", found(value));
            refused(ctx.params, "wrong-value", path, format!("`{key}` must be {what}"), label)
        }
    }
}

/// An error about the value of the parameter at `path`, with its place.
pub(crate) fn refused(
    params: &Params,
    code: &'static str,
    path: &KeyPath,
    message: impl Into<String>,
    label: impl Into<String>,
) -> Problem {
    Problem::error(code, message).at(params.path_in_file(path), label).in_place(params.place_of_value(path))
}

#[cfg(test)]
mod tests {
    use super::*;
    use transforms_testing::Fixture;

    #[test]
    fn a_text_that_is_missing_is_reported_with_its_path() {
        let message = |config: &str| {
            let fixture = Fixture::new(config);
            text(&fixture.context(), "training_config.experiment.src").unwrap_err().to_string()
        };
        assert_eq!(
            message("{experiment: {src: 3}}"),
            "params.yml:1:84: `src` must be a string (at training_config.experiment.src): \
             found the integer 3; kind `it` needs it"
        );
        assert_eq!(
            message("{experiment: {}}"),
            "params.yml:1:66: missing key `src` (at training_config.experiment.src): kind `it` needs it: a string"
        );
    }
}
