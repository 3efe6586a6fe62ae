//! `translations_taskgraph.transforms.cast_to`: turns text that an earlier step filled in into integers.
//!
//! ```yaml
//! cast-to:
//!     int: [chunk.total-chunks]
//! ```

use crate::parameter::needed;
use taskgraph::diagnostics::Problems;
use taskgraph::schema::fields::Fields;
use taskgraph::schema::{STRINGS, Schema, optional};
use taskgraph::transform::{Context, TaskDescription, Transform, TransformInfo, each};
use taskgraph_compat::python::int;
use taskgraph_compat::value::Value;
use taskgraph_compat::value::path::KeyPath;

const CAST_TO: Schema = Schema::Open(&[optional("int", STRINGS)], &Schema::Any);

/// The description of the transform.
pub(crate) const INFO: TransformInfo = TransformInfo::new(
    "translations_taskgraph.transforms.cast_to",
    "Turns text that an earlier transform filled in into integers.",
)
.sections(&[("cast-to", &CAST_TO)]);

/// The transform.
pub(crate) fn transform() -> Transform {
    each(|ctx, description| {
        let Some(casts) = description.take_section("cast-to", &CAST_TO)? else { return Ok(()) };
        let fields = casts.get("int").and_then(Value::as_list).unwrap_or_default();
        for field in fields.iter().filter_map(Value::as_str) {
            let value = description.at(field)?;
            match int(value) {
                Ok(number) => *value = number,
                Err(error) => return Err(wrong_key(ctx, description, field, error.into())),
            }
        }
        Ok(())
    })
}

/// Builds the problem of a value that is not an integer, at the key of the parameters that it was filled in from.
fn wrong_key(
    ctx: &Context<'_>,
    description: &TaskDescription,
    field: &str,
    error: anyhow::Error,
) -> anyhow::Error {
    let written = description.origin.text(&KeyPath::dotted(field));
    let name = written.and_then(|text| text.strip_prefix('{')?.strip_suffix('}'));
    let path = name.and_then(|name| {
        description
            .origin
            .text(&KeyPath::dotted("task-context.from-parameters").join(name))
            .map(KeyPath::dotted)
    });
    match path {
        Some(path) => Problems::from(needed(ctx, &path, "an integer")).into(),
        None => error.context(format!("in `{field}`")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use transforms_testing::Fixture;

    #[test]
    fn text_becomes_an_integer() {
        let fixture = Fixture::new("{}");
        let description = "{chunk: {total-chunks: ' 2'}, cast-to: {int: [chunk.total-chunks]}}";
        assert_eq!(fixture.one(transform(), description, "chunk.total-chunks"), "2");
        assert_eq!(fixture.one(transform(), description, "cast-to"), "none");
        assert_eq!(fixture.one(transform(), "{a: x}", "a"), r#""x""#);
    }

    #[test]
    fn what_came_out_of_the_config_is_reported_at_its_key() {
        let messages = |config: &str| {
            let context = "task-context: {from-parameters: {n: training_config.taskcluster.split-chunks}}";
            let description = format!(
                "{{chunk: {{total-chunks: '{{n}}'}}, {context}, cast-to: {{int: [chunk.total-chunks]}}}}"
            );
            Fixture::new(config).refused(transform(), &description)
        };
        assert_eq!(
            messages("{taskcluster: {split-chunks: true}}"),
            "params.yml:1:94: `split-chunks` must be an integer (at training_config.taskcluster.split-chunks): \
             found the boolean true; kind `it` needs it"
        );
        assert_eq!(
            messages("{taskcluster: {}}"),
            "params.yml:1:66: missing key `split-chunks` (at training_config.taskcluster.split-chunks): \
             kind `it` needs it: an integer"
        );
    }

    #[test]
    fn what_is_no_integer_is_reported_with_its_field() {
        let fixture = Fixture::new("{}");
        let error = fixture.refused(transform(), "{chunk: {n: two}, cast-to: {int: [chunk.n]}}");
        assert!(error.contains("in `chunk.n`: `two` is not an integer"), "{error}");
        let error = fixture.refused(transform(), "{cast-to: {int: chunk.n}}");
        assert!(error.contains("`int` must be a list of strings"), "{error}");
    }
}
