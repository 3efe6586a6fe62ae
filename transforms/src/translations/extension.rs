//! What a tree gets whose config.yml says `register: translations_taskgraph:register`.

use taskgraph::extension::{Extension, Training};
use taskgraph::params::Params;
use taskgraph::problem::Problem;
use taskgraph::tree::Tree;

use super::params::PARAMETERS;
use super::target_tasks::train_target_tasks;
use super::{datasets, pretrained};

/// The training config of the tree itself, for parameters that have none.
const CI_CONFIG: &str = "configs/config.ci.yml";

/// The training config of the kinds that come with the program.
const OWN_CONFIG: &str = "kinds/training-config.yml";

const TRAINING: Training = Training {
    parameter: "training_config",
    name: "training_config.experiment.name",
    src: "training_config.experiment.src",
    trg: "training_config.experiment.trg",
    stage: "training_config.target-stage",
    target_method: "train-target-tasks",
    datasets: datasets::DATASETS,
    models: pretrained::MODELS,
    models_elsewhere: "training_config.pretrained-models",
    kinds: pretrained::KINDS,
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

/// Parameters, their check, the target method, and the training config that is taken if none is given.
pub fn extension(tree: &Tree) -> Extension {
    let config = if tree.has(CI_CONFIG) { CI_CONFIG } else { OWN_CONFIG };
    Extension {
        parameters: PARAMETERS,
        check: Some(check),
        target_methods: &[("train-target-tasks", train_target_tasks)],
        training: Some(&TRAINING),
        defaults: vec![("training_config", config.into())],
    }
}

fn check(params: &Params) -> Vec<Problem> {
    let mut problems = pretrained::check(params);
    problems.extend(datasets::check(params));
    problems
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tree_s_own_config_is_the_default() {
        let tree = Tree::embedded(&[("configs/config.ci.yml", "")]);
        assert_eq!(extension(&tree).defaults[0].1, CI_CONFIG);
        assert_eq!(extension(&Tree::embedded(&[])).defaults[0].1, OWN_CONFIG);
    }
}
