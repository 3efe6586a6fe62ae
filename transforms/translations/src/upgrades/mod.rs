//! Upgrades of training configs from earlier forms to the current one.
//!
//! Source: the history of `parameters.py`, `config.prod.yml` and `actions/train.py` in the pipeline's repository. What
//! became of a key is written down only where the run stays the same; all else is for a person to decide.

mod before_2024_12;
mod kind_names;
mod models;
mod new_required_keys;
mod to_2026_07;

use taskgraph_training::upgrade::{Draft, Upgrade};

/// Rewrites a config for the tree of December 2024.
pub(crate) fn december_2024(draft: &mut Draft, upgrade: &mut Upgrade) {
    before_2024_12::rewrite(draft, upgrade);
    new_required_keys::december_2024(draft, upgrade);
}

/// Rewrites a config for the tree of July 2026.
pub(crate) fn july_2026(draft: &mut Draft, upgrade: &mut Upgrade) {
    before_2024_12::rewrite(draft, upgrade);
    to_2026_07::rewrite(draft, upgrade);
    models::rewrite(draft, upgrade);
    new_required_keys::july_2026(draft, upgrade);
}

#[cfg(test)]
fn rewritten(config: &str, history: fn(&mut Draft, &mut Upgrade)) -> (String, Vec<String>) {
    let source = taskgraph_compat::source::Source::new("c.yml", config);
    let (mut draft, mut upgrade) = (Draft::read(source, "training_config").unwrap(), Upgrade::default());
    history(&mut draft, &mut upgrade);
    let decide = upgrade.decide.iter().map(|problem| format!("{}: {}", problem.path, problem.message));
    (draft.text().to_owned(), decide.collect())
}
