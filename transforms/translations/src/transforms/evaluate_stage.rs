//! `translations_taskgraph.transforms.training_continuation:evaluate_stage`: leaves out evaluations of models that
//! are only downloaded. They were evaluated where they were trained; a model that is trained on is evaluated.
//!
//! The reference leaves them out for every mode.

use crate::pipeline_version::PipelineVersion;
use crate::pretrained::{Layout, ModelKey};
use taskgraph::schema::fields::{missing, wrong};
use taskgraph::transform::notes::DroppedTask;
use taskgraph::transform::{Context, Transform, TransformInfo, with_state};
use taskgraph_compat::value::Value;
use taskgraph_training::model::OnlyHere;
use taskgraph_training::model::TrainingExtensions as _;

const WHY: &str = "a download-only model is not evaluated again";

const WHY_ELSEWHERE: &str = "it leaves out the evaluations of every model that is given, whatever its mode";

/// The description of the transform.
pub(crate) const INFO: TransformInfo = TransformInfo::new(
    "translations_taskgraph.transforms.training_continuation:evaluate_stage",
    "Leaves out evaluations of models that are only downloaded.",
);

/// The transform.
pub(crate) fn transform() -> Transform {
    with_state(|ctx| Ok(GivenModels::of(ctx))).fan_out(|ctx, given, mut description, out| {
        let layout = given.layout;
        let stage = match description.get("attributes").and_then(|attributes| attributes.get("stage")) {
            Some(Value::Str(stage)) => stage.clone(),
            Some(other) => return Err(wrong("attributes.stage", other, "a string")),
            None => return Err(missing("attributes.stage", "the stage of an evaluation")),
        };
        let models = given.models.iter().filter(|(key, _)| stage.contains(key.word));
        match models.clone().find(|(_, is_downloaded)| *is_downloaded).or(models.clone().next()) {
            Some((key, true)) => ctx.record.drop_task(DroppedTask {
                kind: ctx.kind.name.clone(),
                stage: Some(stage),
                why: WHY.into(),
                by: Some(layout.path(key)),
            }),
            // Trees of the reference know no such model.
            Some((key, false)) if key.has_to_be_asked_for => out.push(description),
            Some((key, false)) => {
                let only_here = OnlyHere { why: WHY_ELSEWHERE.into(), by: layout.path(key) };
                description.extensions.reuse_mut().only_here = Some(only_here);
                out.push(description);
            }
            None => out.push(description),
        }
        Ok(())
    })
}

/// The models that the training config gives.
struct GivenModels {
    layout: &'static Layout,
    /// The key of each, and whether it is only downloaded.
    models: Vec<(&'static ModelKey, bool)>,
}

impl GivenModels {
    fn of(ctx: &Context<'_>) -> Self {
        let layout = PipelineVersion::of(ctx.tree).layout();
        let given = |key| Some((key, ModelKey::is_download_only(key, layout.given(ctx.params, key)?)));
        GivenModels { layout, models: layout.keys.iter().filter_map(given).collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use transforms_testing::Fixture;

    fn kept(models: &str, stage: &str) -> bool {
        let fixture = Fixture::new(&format!("{{experiment: {{pretrained-models: {models}}}}}"));
        let kept =
            fixture.run(transform(), &format!("{{attributes: {{stage: {stage}}}}}")).unwrap().len() == 1;
        let (dropped, _) = fixture.record.into_notes();
        assert_eq!(dropped.len(), usize::from(!kept));
        assert!(
            dropped
                .iter()
                .all(|description| description.stage.as_deref() == Some(stage) && description.why == WHY)
        );
        assert!(dropped.iter().all(|description| {
            let path = description.by.as_ref().map(ToString::to_string).unwrap_or_default();
            path.starts_with("training_config.experiment.pretrained-models.train-")
        }));
        kept
    }

    #[test]
    fn only_a_download_only_model_is_not_evaluated() {
        for stage in ["evaluate-teacher", "evaluate-teacher-ensemble", "evaluate-finetuned-teacher"] {
            assert!(!kept("{train-teacher: {mode: use}}", stage));
            assert!(kept("{train-teacher: {mode: continue}}", stage));
            assert!(kept("{train-teacher: {mode: init}}", stage));
            assert!(kept("{train-backwards: {mode: use}}", stage));
        }
        assert!(!kept("{train-backwards: {mode: use}}", "evaluate-backwards"));
        assert!(!kept("{train-student: {mode: use}}", "evaluate-student"));
        assert!(kept("{train-student: {mode: continue}}", "evaluate-student"));
        // What is made of the student is another model.
        assert!(kept("{train-student: {mode: use}}", "evaluate-finetuned-student"));
        assert!(kept("{train-student: {mode: use}}", "evaluate-quantized"));
        assert!(kept("{train-backwards: {mode: init}}", "evaluate-backwards"));
        assert!(kept("{train-teacher: {mode: use}}", "evaluate-student"));
        assert!(kept("null", "evaluate-teacher"));
    }

    #[test]
    fn a_model_that_is_trained_nevertheless_is_evaluated() {
        let kept = |models: &str, stage: &str| {
            let fixture = Fixture::new(&format!("{{continuation: {{models: {models}}}}}")).july_2026();
            fixture.run(transform(), &format!("{{attributes: {{stage: {stage}}}}}")).unwrap().len() == 1
        };
        assert!(!kept("{backwards: {mode: use, type: default}}", "evaluate-backwards"));
        assert!(kept("{backwards: {mode: use, type: opusmt}}", "evaluate-backwards"));
        assert!(kept("{backwards: {mode: continue, type: default}}", "evaluate-backwards"));
        assert!(kept("{teacher: {mode: use, type: default}}", "evaluate-teacher"));
    }
}
