//! The parameter that the translations pipeline adds: `training_config`, the training config as a whole.
//!
//! Only the schema is here. What a schema cannot say stands with the thing it is about: `pretrained`, `datasets`.

use crate::pipeline_version::PipelineVersion;
use crate::pretrained::{Mode, TYPES};
use taskgraph::schema::{Field, STRINGS, Schema, joined, optional, required};

/// Arguments of Marian by name; numbers are written in quotes.
const ARGUMENTS: Schema = Schema::MapOf(&Schema::Str);

const SENTENCES: Schema = Schema::Map(&[
    required("total", Schema::Int).about("The limit of all datasets together"),
    required("per-dataset", Schema::Int).about("The limit of each dataset"),
]);

const MARIAN_ARGS: Schema = Schema::Map(&[
    optional("training-backward", ARGUMENTS).about("Training of the backwards model"),
    optional("training-teacher", ARGUMENTS).about("Training of the teachers"),
    optional("training-student", ARGUMENTS).about("Training of the student"),
    optional("training-student-finetuned", ARGUMENTS).about("Fine-tuning of the student"),
    optional("decoding-backward", ARGUMENTS).about("Translating with the backwards model"),
    optional("decoding-teacher", ARGUMENTS).about("Translating with the teachers"),
]);

const CLEANER: Schema = Schema::Map(&[
    required("default-threshold", Schema::Float).about("What scores lower is dropped: 0.0 to 1.0, a float"),
    optional("dataset-thresholds", Schema::MapOf(&Schema::Float)).about("Other thresholds for some datasets"),
]);

const PER_LANGUAGE: Schema =
    Schema::Map(&[required("mono-src", Schema::Float), required("mono-trg", Schema::Float)]);

const EXPERIMENT: &[Field] = &[
    required("name", Schema::Str).about("What the run is called, wherever it is published"),
    required("src", Schema::Str).about("The language that is translated from: `en`, `zh_hant`"),
    required("trg", Schema::Str).about("The language that is translated to"),
    required("teacher-ensemble", Schema::Int).about("How many teachers are trained, and decode together"),
    required("teacher-mode", Schema::Str).words(&["one-stage", "two-stage"]).about(
        "Back-translated and original data one after the other (two-stage), or mixed from beginning to end (one-stage)",
    ),
    required("student-model", Schema::Str).about("The size of the student"),
    optional("corpus-max-sentences", Schema::Int).about("The limit of the merged parallel corpus"),
    required("mono-max-sentences-trg", SENTENCES).about("Limits of monolingual data that is back-translated"),
    required("mono-max-sentences-src", SENTENCES).about("Limits of monolingual data for distillation"),
    required("spm-sample-size", Schema::Int).about("Sentences that the vocabulary is made from"),
    optional("spm-vocab-size", Schema::Int).about("The size of the vocabulary"),
    required("best-model", Schema::Str)
        .words(&["chrf", "ce-mean-words", "bleu-detok"])
        .about("The metric on the devset that picks the checkpoint to publish"),
];

const STUDENTS_2024: &[&str] = &["tiny", "base"];
const STUDENTS_2026: &[&str] = &["tiny", "base", "base-memory"];

const OPUSCLEANER_MODE: Field = optional("opuscleaner-mode", Schema::Str)
    .words(&["custom", "defaults"])
    .about("Filters of OpusCleaner: the same for all datasets (defaults), or those of a dataset (custom)");
const BICLEANER: Field =
    required("bicleaner", CLEANER).about("Thresholds of Bicleaner AI, which scores pairs of sentences");

const EXPERIMENT_2024: &[Field] = &joined::<{ EXPERIMENT.len() + 5 }>(
    EXPERIMENT,
    &[
        required("use-opuscleaner", Schema::Str)
            .words(&["true", "false"])
            .about("Whether OpusCleaner is used: a text in quotes"),
        OPUSCLEANER_MODE,
        BICLEANER,
        required("min-fluency-threshold", PER_LANGUAGE)
            .about("Lines of HPLT that are less fluent are dropped"),
        // `pretrained::check` knows better than a schema what may stand here, and says it with more help.
        optional("pretrained-models", Schema::Any)
            .detail(&MODELS_2024)
            .about("Models that training starts from, by kind"),
    ],
);

/// The same fields, of which the last has another detail.
const fn with_models<const N: usize>(fields: &[Field], models: &'static Schema) -> [Field; N] {
    let mut all = joined::<N>(fields, &[]);
    all[N - 1] = all[N - 1].detail(models);
    all
}

const EXPERIMENT_2026: &[Field] = &joined::<{ EXPERIMENT.len() + 9 }>(
    EXPERIMENT,
    &[
        OPUSCLEANER_MODE,
        BICLEANER,
        required("archive-corpora", Schema::Bool).about("Whether aligned corpora are kept in a bucket"),
        required("teacher-decoder", Schema::Str)
            .words(&["marian", "ctranslate2"])
            .about("What translates with the teachers"),
        optional("dev-max-sentences", Schema::Int).about("The limit of the devset"),
        required("spm-vocab-split", Schema::Bool).about("Whether each language has a vocabulary of its own"),
        optional("spm-norm-rule", Schema::Str)
            .words(&["nfkc", "nmt_nfkc", "nfc", "nfd", "nfkc_translit_hbs"])
            .about("How SentencePiece normalizes text"),
        required("monocleaner", Schema::Map(&[required("mono-src", CLEANER), required("mono-trg", CLEANER)]))
            .about("Thresholds of Monocleaner, which scores single sentences"),
        required("hplt-min-doc-score", PER_LANGUAGE)
            .about("Documents of HPLT with a lower score are dropped: 0.0 to 10.0, a float"),
    ],
);

/// The same fields, of which one has other words.
const fn with_words<const N: usize>(
    fields: &[Field],
    name: usize,
    words: &'static [&'static str],
) -> [Field; N] {
    let mut all = joined::<N>(fields, &[]);
    all[name] = all[name].words(words);
    all
}

/// Index of `student-model` in [`EXPERIMENT`].
const STUDENT: usize = 5;

const WITH_STUDENT_2024: &[Field] =
    &with_words::<{ EXPERIMENT_2024.len() }>(EXPERIMENT_2024, STUDENT, STUDENTS_2024);
const WITH_PRETRAINED_STUDENT_2024: &[Field] =
    &with_models::<{ WITH_STUDENT_2024.len() }>(WITH_STUDENT_2024, &MODELS_2024_WITH_STUDENT);
const WITH_STUDENT_2026: &[Field] =
    &with_words::<{ EXPERIMENT_2026.len() }>(EXPERIMENT_2026, STUDENT, STUDENTS_2026);

/// The classes of machines that the `train` action takes.
pub(crate) const CLASSES: &[&str] = &["gcp-spot", "gcp-standard"];

const TASKCLUSTER: &[Field] = &[
    optional("split-chunks", Schema::Int).about("How many parts the data is translated in"),
    required(
        "worker-classes",
        Schema::Open(
            &[required("default", Schema::Str).words(CLASSES).about("The class of all other kinds")],
            &Schema::Str,
        ),
    )
    .about("The class of machines by kind: cheap ones that may be taken away (gcp-spot), or gcp-standard"),
];

const TASKCLUSTER_2026: &[Field] = &joined::<{ TASKCLUSTER.len() + 1 }>(
    TASKCLUSTER,
    &[optional("upload-bucket", Schema::Str)
        .words(&["production", "development"])
        .about("Where artifacts are kept: for ever, or for 30 days")],
);

const TARGET_STAGE: Field = required("target-stage", Schema::Str)
    .about("The stage whose tasks are asked for, with all that they need");
const ARGUMENTS_OF_MARIAN: Field =
    required("marian-args", MARIAN_ARGS).about("Arguments of Marian; every value is a text in quotes");
const DATASETS: Field =
    optional("datasets", Schema::MapOf(&STRINGS)).detail(&CATEGORIES).about("Datasets, `provider_name` each");
const WANDB_PUBLICATION: Field =
    optional("wandb-publication", Schema::Bool).about("Whether metrics are published on Weights & Biases");

const CATEGORIES: Schema = Schema::Open(
    &[
        optional("train", STRINGS).about("Parallel data to train on"),
        optional("devtest", STRINGS).about("Parallel data to validate on while training"),
        optional("test", STRINGS).about("Parallel data to evaluate on"),
        optional("mono-src", STRINGS).about("Data in the source language, which teachers translate"),
        optional("mono-trg", STRINGS).about("Data in the target language, which is back-translated"),
    ],
    &STRINGS,
);

const TRAINING_CONFIG_2024: &[Field] = &training_config_2024(WITH_STUDENT_2024);

const fn training_config_2024(experiment: &'static [Field]) -> [Field; 6] {
    [
        TARGET_STAGE,
        ARGUMENTS_OF_MARIAN,
        required("experiment", Schema::Map(experiment)).about("The training run"),
        DATASETS,
        optional("taskcluster", Schema::Map(TASKCLUSTER)).about("How it runs on Taskcluster"),
        WANDB_PUBLICATION,
    ]
}

const TRAINING_CONFIG_2026: &[Field] = &[
    TARGET_STAGE,
    ARGUMENTS_OF_MARIAN,
    required("experiment", Schema::Map(WITH_STUDENT_2026)).about("The training run"),
    DATASETS,
    // `continuation::check` and `pretrained::check` look at it.
    optional("continuation", Schema::Any)
        .detail(&CONTINUATION)
        .about("What earlier runs made, to go on with"),
    optional("taskcluster", Schema::Map(TASKCLUSTER_2026)).about("How it runs on Taskcluster"),
    WANDB_PUBLICATION,
];

const MODE: Field = required("mode", Schema::Word(Mode::WORDS)).about(
    "Publish the model as it is (use), go on training it (continue), or begin with its weights (init)",
);
const TYPE: Field = required("type", Schema::Word(TYPES)).about("Handed to the training script");
const URLS: Field =
    required("urls", STRINGS).about("The folders of the models, one for each member of the ensemble");
const URL_OF_STUDENT: Field =
    required("urls", STRINGS).about("The folder of the model, in a list: there is one student");
const TYPE_OF_STUDENT: Field =
    required("type", Schema::Word(&["default"])).about("Only models of an earlier training");
const URL: Field = required("url", Schema::Str).about("The folder of the model");

const MODEL_OF_URLS: Schema = Schema::Map(&[URLS, MODE, TYPE]);
const MODEL_OF_URL: Schema = Schema::Map(&[URL, MODE, TYPE]);

const MODELS: [Field; 2] =
    [optional("train-teacher", MODEL_OF_URLS), optional("train-backwards", MODEL_OF_URLS)];
const MODELS_2024: Schema = Schema::Map(&MODELS);

/// Of a tree whose students may start from a model, too.
const MODELS_2024_WITH_STUDENT: Schema = Schema::Map(&joined::<{ MODELS.len() + 1 }>(
    &MODELS,
    &[optional("train-student", Schema::Map(&[URL_OF_STUDENT, MODE, TYPE_OF_STUDENT]))],
));

const CORPUS: Schema = Schema::Map(&[
    required("src", Schema::Str),
    required("trg", Schema::Str),
    optional("tok-src", Schema::Str),
    optional("tok-trg", Schema::Str),
    optional("alignments", Schema::Str),
]);

const CONTINUATION: Schema = Schema::Map(&[
    optional(
        "models",
        Schema::Map(&[optional("teacher", MODEL_OF_URLS), optional("backwards", MODEL_OF_URL)]),
    ),
    optional("vocab", Schema::Map(&[required("src", Schema::Str), required("trg", Schema::Str)])),
    optional(
        "corpora",
        Schema::Map(&[
            optional("parallel", CORPUS),
            optional("backtranslations", CORPUS),
            optional("distillation", CORPUS),
        ]),
    ),
]);

/// The parameters of the tree of December 2024 besides the base ones. Python: `translations_taskgraph.parameters`.
pub(crate) const PARAMETERS_2024: &[Field] =
    &[required("training_config", Schema::Map(TRAINING_CONFIG_2024))];

/// The same where students may start from a model.
pub(crate) const PARAMETERS_2024_WITH_STUDENT: &[Field] =
    &[required("training_config", Schema::Map(&training_config_2024(WITH_PRETRAINED_STUDENT_2024)))];

/// The parameters of the tree of July 2026 besides the base ones.
pub(crate) const PARAMETERS_2026: &[Field] =
    &[required("training_config", Schema::Map(TRAINING_CONFIG_2026))];

impl PipelineVersion {
    /// The parameters of a tree besides the base ones.
    pub fn parameters(self) -> &'static [Field] {
        match self {
            PipelineVersion::December2024 => PARAMETERS_2024,
            PipelineVersion::July2026 => PARAMETERS_2026,
        }
    }
}

#[cfg(test)]
mod tests {
    use taskgraph_compat::value::Value;

    use super::*;
    use transforms_testing::params;

    fn violations(text: &str) -> Vec<String> {
        let params = params(text);
        let value = params.get("training_config").unwrap_or(&Value::Null);
        PARAMETERS_2024[0].schema.check(value).iter().map(|violation| violation.path.to_string()).collect()
    }

    #[test]
    fn an_integer_is_no_threshold() {
        let found = violations("training_config: {experiment: {bicleaner: {default-threshold: 1}}}");
        assert!(found.contains(&"experiment.bicleaner.default-threshold".to_owned()));
        assert!(found.contains(&"experiment.src".to_owned()));
        assert!(found.contains(&"target-stage".to_owned()));
    }
}
