//! Where things stand in a training config, as the engine's preview needs to know it: one table a dialect.

use taskgraph::extension::Training;

use super::datasets::DATASETS;
use super::dialect::Dialect;

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
    other_layouts: &[(
        "training_config.continuation",
        "this tree has `experiment.pretrained-models`, with `train-teacher` and `train-backwards` in it",
    )],
    defaults_are: "that file is for test runs: little data, trainings that end after some updates",
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
    other_layouts: &[
        ("training_config.experiment.pretrained-models", INSTEAD_2026),
        ("training_config.pretrained-models", INSTEAD_2026),
    ],
    ..TRAINING_2024
};

impl Dialect {
    /// Where things stand in a training config of this dialect.
    pub fn training(self) -> &'static Training {
        match self {
            Dialect::December2024 => &TRAINING_2024,
            Dialect::July2026 => &TRAINING_2026,
        }
    }
}
