//! Pretrained models that do not fit what is to be done with them, and corpora that are given without a vocabulary.

use crate::lints::{warning, would_fail};
use crate::pipeline_version::PipelineVersion;
use taskgraph::diagnostics::Problem;
use taskgraph::parameters::Params;
use taskgraph_compat::value::Value;
use taskgraph_compat::value::path::KeyPath;

/// The metric of the one model that is mounted under the name that `init` starts from.
const MOUNTED_METRIC: &str = "chrf";

/// Data that a given distillation corpus stands for.
const REPLACED: [&str; 3] = ["train", "mono-src", "mono-trg"];

pub(super) fn check(params: &Params, pipeline_version: PipelineVersion) -> Vec<Problem> {
    let layout = pipeline_version.layout();
    let models = KeyPath::dotted(layout.models);
    let mut problems = Vec::new();
    for (name, model) in params.find(&models).and_then(Value::as_map).into_iter().flatten() {
        let word = |key: &str| model.get(key).and_then(Value::as_str).unwrap_or_default();
        let path = models.join(name);
        let teacher = layout.key(name).is_some_and(|key| key.word == "teacher");
        // The kind that asks for a student says itself which weights it starts from: any that are mounted.
        let has_script = layout.key(name).is_none_or(|key| !key.has_to_be_asked_for);
        match word("mode") {
            "init" if has_script => problems.extend(weights(params, &path)),
            "continue" if word("type") == "opusmt" => problems.push(warning(
                params,
                "no-checkpoint",
                &path.join("type"),
                "an OPUS-MT model has no checkpoint to continue from".into(),
                "its releases have the weights only; take `mode: init`, or `use`",
            )),
            "continue" if teacher => problems.extend(stages(params, &path)),
            _ => {}
        }
    }
    if pipeline_version == PipelineVersion::July2026 {
        problems.extend(distillation(params));
    }
    problems
}

/// Python: `train-taskcluster.sh` hands `final.model.npz.best-{best-model}.npz` to Marian.
fn weights(params: &Params, model: &KeyPath) -> Option<Problem> {
    let path = KeyPath::dotted("training_config.experiment.best-model");
    let metric = params.find(&path)?.as_str().filter(|metric| *metric != MOUNTED_METRIC)?;
    let message = format!("`mode: init` cannot find the weights of best-model `{metric}`");
    let label = format!(
        "the script starts from final.model.npz.best-{metric}.npz; of these only that of {MOUNTED_METRIC} is mounted"
    );
    Some(
        would_fail(params, &model.join("mode"), message, label)
            .with(params.place_of_value(&path), "this metric is asked for here")
            .help(format!("set best-model to {MOUNTED_METRIC}")),
    )
}

/// The state of OpusTrainer is none of the files of a model.
fn stages(params: &Params, model: &KeyPath) -> Option<Problem> {
    let path = KeyPath::dotted("training_config.experiment.teacher-mode");
    params.find(&path)?.as_str().filter(|mode| *mode == "two-stage")?;
    let message = "a teacher that is continued goes through both stages again".to_owned();
    let label = "its checkpoint does not say how far the curriculum had come";
    Some(
        warning(params, "stages-again", &model.join("mode"), message, label)
            .with(params.place_of_value(&path), "two stages are asked for here")
            .help("teacher-mode: one-stage mixes all data from the beginning"),
    )
}

/// Python: `validate_continuation` of the `train` action.
fn distillation(params: &Params) -> Vec<Problem> {
    let continuation = KeyPath::dotted("training_config.continuation");
    let corpus = continuation.concat(&KeyPath::dotted("corpora.distillation"));
    if !params.find(&corpus).is_some_and(Value::truthy) {
        return Vec::new();
    }
    let mut problems = Vec::new();
    if !params.find(&continuation.join("vocab")).is_some_and(Value::truthy) {
        let message = "a distillation corpus is given, and no vocabulary".to_owned();
        let label = "the student needs the vocabulary that the corpus was made with";
        problems.push(
            would_fail(params, &corpus, message, label)
                .help("give `continuation.vocab` with `src` and `trg`"),
        );
    }
    let datasets = KeyPath::dotted("training_config.datasets");
    let file = |path: &KeyPath| params.place_of_key(path).map(|place| place.source);
    // What a preview fills in from the tree's default config is nobody's fault.
    let is_own = |path: &KeyPath| params.find(path).is_some() && file(path) == file(&corpus);
    for path in REPLACED.iter().map(|category| datasets.join(*category)).filter(is_own) {
        let category = path.last_key().unwrap_or_default();
        let message = format!("datasets of `{category}` beside a distillation corpus that is given");
        let label = "the `train` action refuses both together; leave this list out";
        problems.push(
            would_fail(params, &path, message, label)
                .with(params.place_of_key(&corpus), "the corpus that takes its place"),
        );
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lints::messages;

    #[test]
    fn a_model_has_to_have_what_its_mode_needs() {
        let messages = |mode: &str, sort: &str, experiment: &str| {
            let model = format!("{{urls: [https://a], mode: {mode}, type: {sort}}}");
            let models = format!("pretrained-models: {{train-teacher: {model}}}");
            let config = format!("{{experiment: {{{experiment}, {models}}}}}");
            messages(&config, PipelineVersion::December2024, check).join("\n")
        };
        assert!(messages("init", "default", "best-model: bleu-detok").starts_with(
            "would-fail experiment.pretrained-models.train-teacher.mode: \
             `mode: init` cannot find the weights of best-model `bleu-detok`"
        ));
        assert_eq!(messages("init", "default", "best-model: chrf"), "");
        let student = "{experiment: {best-model: bleu-detok, pretrained-models: {train-student: \
                       {urls: [https://a], mode: init, type: default}}}}";
        assert_eq!(crate::lints::messages(student, PipelineVersion::December2024, check), [""; 0]);
        assert!(messages("continue", "opusmt", "best-model: chrf").starts_with("no-checkpoint "));
        assert!(messages("continue", "default", "teacher-mode: two-stage").starts_with("stages-again "));
        assert_eq!(messages("continue", "default", "teacher-mode: one-stage"), "");
        assert_eq!(messages("use", "opusmt", "teacher-mode: two-stage"), "");
    }

    #[test]
    fn a_distillation_corpus_brings_its_vocabulary_and_takes_the_place_of_data() {
        let corpus = "continuation: {corpora: {distillation: {src: a, trg: b}}";
        let messages =
            |rest: &str| messages(&format!("{{{corpus}{rest}}}"), PipelineVersion::July2026, check);
        assert_eq!(messages(", vocab: {src: a, trg: b}}, datasets: {test: [x]}"), [""; 0]);
        let problems = messages("}, datasets: {train: [], mono-src: [a]}");
        assert_eq!(problems.len(), 3);
        assert!(problems[0].starts_with("would-fail continuation.corpora.distillation: "));
        assert!(problems[2].starts_with("would-fail datasets.mono-src: "));
    }
}
