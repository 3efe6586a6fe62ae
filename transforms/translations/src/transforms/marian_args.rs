//! `translations_taskgraph.transforms.marian_args`: arguments of Marian out of the training config.
//!
//! ```yaml
//! marian-args:
//!     from-parameters: training_config.marian-args.training-teacher
//! ```
//!
//! `{beam-size: "12", mini-batch-words: "2000"}` becomes ` --beam-size 12 --mini-batch-words 2000` under the name
//! `marian_args` of the task's context. The space in front belongs to it: digests have it, too.

use std::fmt::Write as _;

use crate::parameter::needed;
use taskgraph::diagnostics::Problems;
use taskgraph::schema::fields::{Fields, missing};
use taskgraph::schema::{Schema, required};
use taskgraph::transform::{Transform, TransformInfo, each};
use taskgraph_compat::python;
use taskgraph_compat::value::Value;
use taskgraph_compat::value::path::KeyPath;

const MARIAN_ARGS: Schema = Schema::Open(&[required("from-parameters", Schema::Str)], &Schema::Any);

/// The description of the transform.
pub(crate) const INFO: TransformInfo = TransformInfo::new(
    "translations_taskgraph.transforms.marian_args",
    "Takes arguments of Marian from the training config into the context of a task.",
)
.sections(&[("marian-args", &MARIAN_ARGS)]);

/// The transform.
pub(crate) fn transform() -> Transform {
    each(|ctx, description| {
        let Some(section) = description.take_section("marian-args", &MARIAN_ARGS)? else {
            return Err(missing("marian-args", MARIAN_ARGS.in_words().as_str()));
        };
        let path = section.text("from-parameters")?;
        let Value::Map(arguments) = ctx.params.deep_get(path) else {
            let problem = needed(ctx, &KeyPath::dotted(path), "a map of arguments for Marian");
            return Err(Problems::from(problem.help("an empty map `{}` is fine")).into());
        };
        let mut text = String::new();
        for (name, value) in arguments.iter() {
            // Writing into a string cannot fail.
            let _ = write!(text, " --{name} {}", python::str(value));
        }
        if !description.contains_key("task-context") {
            return Err(missing("task-context", "a map: `marian_args` becomes a part of it"));
        }
        description.map_at("task-context")?.map_at("from-object")?.put("marian_args", text);
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use transforms_testing::Fixture;

    const TASK: &str = "{marian-args: {from-parameters: training_config.marian-args.x}, task-context: {}}";

    #[test]
    fn arguments_keep_the_order_of_the_config() {
        let fixture = Fixture::new("{marian-args: {x: {beam-size: '12', after: 0.5, flag: true}}}");
        let arguments = fixture.one(transform(), TASK, "task-context.from-object.marian_args");
        assert_eq!(arguments, r#"" --beam-size 12 --after 0.5 --flag True""#);
        assert_eq!(fixture.one(transform(), TASK, "marian-args"), "none");
    }

    #[test]
    fn no_arguments_are_an_empty_text() {
        let fixture = Fixture::new("{marian-args: {x: {}}}");
        assert_eq!(fixture.one(transform(), TASK, "task-context.from-object"), r#"{"marian_args": ""}"#);
    }

    #[test]
    fn arguments_that_are_not_in_the_config_are_reported() {
        let error = Fixture::new("{marian-args: {}}").refused(transform(), TASK);
        assert_eq!(
            error,
            "params.yml:1:66: missing key `x` (at training_config.marian-args.x): \
             kind `it` needs it: a map of arguments for Marian"
        );
    }
}
