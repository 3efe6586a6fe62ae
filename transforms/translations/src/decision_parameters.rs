//! Parameters that a tree of the pipeline adds to a decision: its training config for tests.

use anyhow::Result;
use taskgraph::diagnostics::document::load;
use taskgraph::extension::DecisionParameters;
use taskgraph::parameters::{Layer, Params};
use taskgraph::schema::fields::Fields;
use taskgraph::tree::Tree;
use taskgraph_compat::value::path::KeyPath;

/// The name that stands in config.yml.
const NAME: &str = "translations_taskgraph.parameters:get_decision_parameters";

/// The training config of the tree itself, for parameters that have none.
const CI_CONFIG: &str = "configs/config.ci.yml";

/// The training config of the kinds that come with the program.
const OWN_CONFIG: &str = "kinds/training-config.yml";

/// Decisions of the tree of December 2024.
pub(crate) const DECISIONS_2024: &[(&str, DecisionParameters)] = &[(NAME, add_training_config)];

/// Decisions of the tree of July 2026.
pub(crate) const DECISIONS_2026: &[(&str, DecisionParameters)] = &[(NAME, add_training_config_of_2026)];

/// The file of the tree that has a training config for those who bring none.
pub(crate) fn default_config(tree: &Tree) -> &'static str {
    if tree.has(CI_CONFIG) { CI_CONFIG } else { OWN_CONFIG }
}

fn add_training_config(params: &mut Params, tree: &Tree) -> Result<()> {
    let (document, value) = load(tree.read(default_config(tree))?)?;
    params.values_mut().put("training_config", value);
    let mount = KeyPath::dotted("training_config");
    params.add_layer(Layer { document, inside: KeyPath::default(), mount });
    Ok(())
}

/// Nobody looks at what the pipeline publishes when it runs on a schedule only to be tested.
fn add_training_config_of_2026(params: &mut Params, tree: &Tree) -> Result<()> {
    add_training_config(params, tree)?;
    if params.text("tasks_for") == "cron" && params.text("target_tasks_method") == "train-target-tasks" {
        params.values_mut().map_at("training_config")?.put("wandb-publication", false);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use taskgraph_compat::value::Value;

    use super::*;

    fn publishes(tasks_for: &str, method: &str) -> Option<bool> {
        let tree =
            Tree::embedded(&[("configs/config.ci.yml", "{target-stage: all, wandb-publication: true}")]);
        let mut params = Params::default();
        params.values_mut().put("tasks_for", tasks_for);
        params.values_mut().put("target_tasks_method", method);
        add_training_config_of_2026(&mut params, &tree).unwrap();
        params.find(&KeyPath::dotted("training_config.wandb-publication")).and_then(Value::as_bool)
    }

    #[test]
    fn a_scheduled_run_of_the_pipeline_publishes_nothing() {
        assert_eq!(publishes("cron", "train-target-tasks"), Some(false));
        assert_eq!(publishes("cron", "default"), Some(true));
        assert_eq!(publishes("action", "train-target-tasks"), Some(true));
    }

    #[test]
    fn the_tree_s_own_config_is_the_default() {
        let tree = Tree::embedded(&[("configs/config.ci.yml", "")]);
        assert_eq!(default_config(&tree), CI_CONFIG);
        assert_eq!(default_config(&Tree::embedded(&[])), OWN_CONFIG);
    }
}
