//! `taskgraph_rs.transforms.student_vocabulary`: takes the vocabulary of the student from where the student has it.
//!
//! A student that is trained from scratch has the vocabulary of `train-vocab`; one that starts from a pretrained model has
//! the model's own, whatever the mode, and publishes it. What works on the student has to have the same: dependency and
//! fetches of `train-vocab` become ones of `train-student`. Stands before `task_context`, which fills labels in.

use crate::pipeline_version::PipelineVersion;
use crate::pretrained::{Layout, ModelKey, STUDENT};
use anyhow::Result;
use taskgraph::schema::fields::Fields;
use taskgraph::transform::{Context, TaskDescription, Transform, TransformInfo, with_state};
use taskgraph_compat::value::{Map, Value};
use taskgraph_training::model::MovedDependency;
use taskgraph_training::model::TrainingExtensions as _;

/// The description of the transform.
pub(crate) const INFO: TransformInfo = TransformInfo::new(
    "taskgraph_rs.transforms.student_vocabulary",
    "Takes the vocabulary of the student from the task that provides it.",
);

/// The transform.
pub(crate) fn transform() -> Transform {
    with_state(|ctx| Ok(given(ctx))).each(|_, given, description| {
        let Some((layout, key)) = given else { return Ok(()) };
        if move_vocabulary(description, layout.vocabulary_kind)? {
            let (from, to) = (layout.vocabulary_kind.into(), Some(STUDENT.into()));
            description.extensions.reuse_mut().moved.push(MovedDependency { from, to, by: layout.path(key) });
        }
        Ok(())
    })
}

/// Returns the key of the pretrained student, if there is one.
fn given(ctx: &Context<'_>) -> Option<(&'static Layout, &'static ModelKey)> {
    let layout = PipelineVersion::of(ctx.tree).layout();
    let key = layout.key(STUDENT).filter(|key| layout.given(ctx.params, key).is_some())?;
    Some((layout, key))
}

fn move_vocabulary(description: &mut TaskDescription, vocabulary: &str) -> Result<bool> {
    let dependencies = description.map_at("dependencies")?;
    let Some(label) = dependencies.take(vocabulary) else { return Ok(false) };
    if !dependencies.contains_key(STUDENT) {
        let languages = label.as_str().and_then(|label| label.strip_prefix(vocabulary)).unwrap_or_default();
        dependencies.put(STUDENT, format!("{STUDENT}{languages}"));
    }
    let fetches: &mut Map = description.map_at("fetches")?;
    if let Some(Value::List(files)) = fetches.take(vocabulary) {
        fetches.list_at(STUDENT)?.extend(files.iter().cloned());
    }
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;
    use transforms_testing::{Fixture, show};

    const TASK: &str = "{dependencies: {train-vocab: 'train-vocab-{src}-{trg}', other: o}, \
                        fetches: {train-vocab: [vocab.spm], other: [a]}}";

    fn made(mode: &str, description: &str) -> (String, String) {
        let model = match mode {
            "" => String::new(),
            mode => format!("train-student: {{urls: [https://h/1], mode: {mode}, type: default}}"),
        };
        let fixture = Fixture::new(&format!("{{experiment: {{pretrained-models: {{{model}}}}}}}"));
        let made = fixture.run(transform(), description).unwrap().remove(0);
        assert_eq!(made.extensions.reuse().is_some_and(|reuse| !reuse.moved.is_empty()), !mode.is_empty());
        (show(&made, "dependencies"), show(&made, "fetches"))
    }

    #[test]
    fn the_vocabulary_is_that_of_the_model_in_every_mode() {
        for mode in ["use", "continue", "init"] {
            let (dependencies, fetches) = made(mode, TASK);
            assert_eq!(dependencies, r#"{"other": "o", "train-student": "train-student-{src}-{trg}"}"#);
            assert_eq!(fetches, r#"{"other": ["a"], "train-student": ["vocab.spm"]}"#);
        }
    }

    #[test]
    fn what_fetches_the_student_anyway_fetches_its_vocabulary_too() {
        let description = "{dependencies: {train-vocab: 'train-vocab-{src}-{trg}', train-student: s}, \
                    fetches: {train-vocab: [vocab.spm], train-student: [m.npz]}}";
        let (dependencies, fetches) = made("use", description);
        assert_eq!(dependencies, r#"{"train-student": "s"}"#);
        assert_eq!(fetches, r#"{"train-student": ["m.npz", "vocab.spm"]}"#);
    }

    #[test]
    fn without_a_model_nothing_changes() {
        let (dependencies, fetches) = made("", TASK);
        assert_eq!(dependencies, r#"{"train-vocab": "train-vocab-{src}-{trg}", "other": "o"}"#);
        assert_eq!(fetches, r#"{"train-vocab": ["vocab.spm"], "other": ["a"]}"#);
    }
}
