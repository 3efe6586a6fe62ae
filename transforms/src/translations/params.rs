//! The parameter that the translations pipeline adds: `training_config`, the training config as a whole.
//!
//! Only the shape is here. What a shape cannot say stands with the thing it is about: `pretrained`, `datasets`.

use anyhow::Result;
use taskgraph::keypath::KeyPath;
use taskgraph::params::Params;
use taskgraph::problem::{Problem, Problems};
use taskgraph::shape::{Field, STRINGS, Shape, found, joined, optional, required};

/// Arguments of Marian by name; numbers are written in quotes.
const ARGUMENTS: Shape = Shape::MapOf(&Shape::Str);

const SENTENCES: Shape = Shape::Map(&[required("total", Shape::Int), required("per-dataset", Shape::Int)]);

const MARIAN_ARGS: Shape = Shape::Map(&[
    optional("training-backward", ARGUMENTS),
    optional("training-teacher", ARGUMENTS),
    optional("training-student", ARGUMENTS),
    optional("training-student-finetuned", ARGUMENTS),
    optional("decoding-backward", ARGUMENTS),
    optional("decoding-teacher", ARGUMENTS),
]);

const CLEANER: Shape = Shape::Map(&[
    required("default-threshold", Shape::Float),
    optional("dataset-thresholds", Shape::MapOf(&Shape::Float)),
]);

const PER_LANGUAGE: Shape =
    Shape::Map(&[required("mono-src", Shape::Float), required("mono-trg", Shape::Float)]);

const EXPERIMENT: &[Field] = &[
    required("name", Shape::Str),
    required("src", Shape::Str),
    required("trg", Shape::Str),
    required("teacher-ensemble", Shape::Int),
    required("teacher-mode", Shape::Str),
    required("student-model", Shape::Str),
    optional("corpus-max-sentences", Shape::Int),
    required("mono-max-sentences-trg", SENTENCES),
    required("mono-max-sentences-src", SENTENCES),
    required("spm-sample-size", Shape::Int),
    optional("spm-vocab-size", Shape::Int),
    required("best-model", Shape::Str),
];

const OPUSCLEANER_MODE: Field = optional("opuscleaner-mode", Shape::Str);
const BICLEANER: Field = required("bicleaner", CLEANER);

const EXPERIMENT_2024: &[Field] = &joined::<{ EXPERIMENT.len() + 5 }>(
    EXPERIMENT,
    &[
        required("use-opuscleaner", Shape::Str),
        OPUSCLEANER_MODE,
        BICLEANER,
        required("min-fluency-threshold", PER_LANGUAGE),
        // `pretrained::check` knows better than a shape what may stand here, and says it with more help.
        optional("pretrained-models", Shape::Any),
    ],
);

const EXPERIMENT_2026: &[Field] = &joined::<{ EXPERIMENT.len() + 9 }>(
    EXPERIMENT,
    &[
        OPUSCLEANER_MODE,
        BICLEANER,
        required("archive-corpora", Shape::Bool),
        required("teacher-decoder", Shape::Str),
        optional("dev-max-sentences", Shape::Int),
        required("spm-vocab-split", Shape::Bool),
        optional("spm-norm-rule", Shape::Str),
        required("monocleaner", Shape::Map(&[required("mono-src", CLEANER), required("mono-trg", CLEANER)])),
        required("hplt-min-doc-score", PER_LANGUAGE),
    ],
);

const TASKCLUSTER: &[Field] = &[
    optional("split-chunks", Shape::Int),
    required("worker-classes", Shape::Open(&[required("default", Shape::Str)], &Shape::Str)),
];

const TASKCLUSTER_2026: &[Field] =
    &joined::<{ TASKCLUSTER.len() + 1 }>(TASKCLUSTER, &[optional("upload-bucket", Shape::Str)]);

const TARGET_STAGE: Field = required("target-stage", Shape::Str);
const ARGUMENTS_OF_MARIAN: Field = required("marian-args", MARIAN_ARGS);
const DATASETS: Field = optional("datasets", Shape::MapOf(&STRINGS));
const WANDB_PUBLICATION: Field = optional("wandb-publication", Shape::Bool);

const TRAINING_CONFIG_2024: &[Field] = &[
    TARGET_STAGE,
    ARGUMENTS_OF_MARIAN,
    required("experiment", Shape::Map(EXPERIMENT_2024)),
    DATASETS,
    optional("taskcluster", Shape::Map(TASKCLUSTER)),
    WANDB_PUBLICATION,
];

const TRAINING_CONFIG_2026: &[Field] = &[
    TARGET_STAGE,
    ARGUMENTS_OF_MARIAN,
    required("experiment", Shape::Map(EXPERIMENT_2026)),
    DATASETS,
    // `continuation::check` and `pretrained::check` look at it.
    optional("continuation", Shape::Any),
    optional("taskcluster", Shape::Map(TASKCLUSTER_2026)),
    WANDB_PUBLICATION,
];

/// The parameters of the tree of December 2024 besides the base ones. Python: `translations_taskgraph.parameters`.
pub const PARAMETERS_2024: &[Field] = &[required("training_config", Shape::Map(TRAINING_CONFIG_2024))];

/// The parameters of the tree of July 2026 besides the base ones.
pub const PARAMETERS_2026: &[Field] = &[required("training_config", Shape::Map(TRAINING_CONFIG_2026))];

/// The text of the parameter at a dotted path. It has to be there.
pub fn text<'p>(params: &'p Params, path: &str) -> Result<&'p str> {
    let value = params.deep_get(path);
    value.as_str().ok_or_else(|| {
        let path = KeyPath::dotted(path);
        let key = path.last_key().unwrap_or_default();
        let message = format!("`{key}` must be a string");
        Problems::from(refused(params, "wrong-value", &path, message, format!("found {}", found(value))))
            .into()
    })
}

/// An error about the value of the parameter at `path`, with its place.
pub fn refused(
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
    use taskgraph::value::Value;

    use super::*;
    use crate::translations::testing::params;

    fn misfits(text: &str) -> Vec<String> {
        let params = params(text);
        let value = params.get("training_config").unwrap_or(&Value::Null);
        PARAMETERS_2024[0].shape.check(value).iter().map(|misfit| misfit.path.to_string()).collect()
    }

    #[test]
    fn an_integer_is_no_threshold() {
        let found = misfits("training_config: {experiment: {bicleaner: {default-threshold: 1}}}");
        assert!(found.contains(&"experiment.bicleaner.default-threshold".to_owned()));
        assert!(found.contains(&"experiment.src".to_owned()));
        assert!(found.contains(&"target-stage".to_owned()));
    }

    #[test]
    fn a_text_that_is_missing_is_told_with_its_path() {
        let params = params("training_config: {experiment: {src: 3}}");
        let error = text(&params, "training_config.experiment.src");
        assert_eq!(
            error.unwrap_err().to_string(),
            "params.yml:1:37: `src` must be a string (at training_config.experiment.src): found the integer 3"
        );
    }
}
