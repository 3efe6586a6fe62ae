//! Keys of a training config that the preview needs: one table a pipeline version.

use crate::config::datasets::DATASETS;
use crate::pipeline_version::PipelineVersion;
use taskgraph_training::pipeline::{Layout, Training};

const LAYOUT_2024: Layout = Layout {
    name: "December 2024",
    repository: "mozilla/firefox-translations-training of that time",
    keys: &[
        "training_config.experiment.use-opuscleaner",
        "training_config.experiment.min-fluency-threshold",
        "training_config.experiment.pretrained-models",
        "training_config.pretrained-models",
    ],
    otherwise: "; or let `config upgrade` rewrite the config for this tree",
};

const LAYOUT_2026: Layout = Layout {
    name: "July 2026",
    repository: "mozilla/translations",
    keys: &[
        "training_config.experiment.archive-corpora",
        "training_config.experiment.teacher-decoder",
        "training_config.experiment.dev-max-sentences",
        "training_config.experiment.spm-vocab-split",
        "training_config.experiment.spm-norm-rule",
        "training_config.experiment.monocleaner",
        "training_config.experiment.hplt-min-doc-score",
        "training_config.continuation",
        "training_config.taskcluster.upload-bucket",
    ],
    otherwise: "",
};

const TRAINING_2024: Training = Training {
    parameter: "training_config",
    name: "training_config.experiment.name",
    src: "training_config.experiment.src",
    trg: "training_config.experiment.trg",
    stage: "training_config.target-stage",
    target_method: "train-target-tasks",
    datasets: DATASETS,
    chunks: "training_config.taskcluster.split-chunks",
    models: "training_config.experiment.pretrained-models",
    models_elsewhere: "training_config.pretrained-models",
    reuse: &["training_config.experiment.pretrained-models"],
    reuse_name: "pretrained models",
    kinds: &["train-teacher", "train-backwards"],
    action_keys: &[
        "training_config.start-stage",
        "training_config.previous_group_ids",
        "training_config.existing_tasks",
    ],
    layout: LAYOUT_2024,
    other_layouts: &[LAYOUT_2026],
    other_keys: &[(
        "training_config.continuation",
        "this tree has `experiment.pretrained-models`, with `train-teacher` and `train-backwards` in it",
    )],
};

const INSTEAD_2026: &str =
    "this tree has `continuation.models`, with `teacher` (`urls`) and `backwards` (`url`) in it";

const TRAINING_2026: Training = Training {
    models: "training_config.continuation.models",
    models_elsewhere: "",
    reuse: &["training_config.continuation"],
    reuse_name: "continuation",
    kinds: &["train-teacher-model", "backtranslations-train-backwards-model"],
    action_keys: &[
        "training_config.start-task-prefix",
        "training_config.previous-group-ids",
        "training_config.existing_tasks",
    ],
    layout: LAYOUT_2026,
    other_layouts: &[LAYOUT_2024],
    other_keys: &[
        ("training_config.experiment.pretrained-models", INSTEAD_2026),
        ("training_config.pretrained-models", INSTEAD_2026),
    ],
    ..TRAINING_2024
};

impl PipelineVersion {
    /// Returns the keys of a training config of this pipeline version.
    pub fn training(self) -> &'static Training {
        match self {
            PipelineVersion::December2024 => &TRAINING_2024,
            PipelineVersion::July2026 => &TRAINING_2026,
        }
    }
}
