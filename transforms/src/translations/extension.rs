//! What a tree gets whose config.yml says `register: translations_taskgraph:register`.

use taskgraph::extension::Extension;
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

/// Parameters, their check, the target method, and the training config that is taken if none is given.
pub fn extension(tree: &Tree) -> Extension {
    let config = if tree.has(CI_CONFIG) { CI_CONFIG } else { OWN_CONFIG };
    Extension {
        parameters: PARAMETERS,
        check: Some(check),
        target_methods: &[("train-target-tasks", train_target_tasks)],
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
