//! The target method `train-target-tasks`: the tasks of one stage for one pair of languages.

use anyhow::Result;
use taskgraph::config::GraphConfig;
use taskgraph::graph::TaskGraph;
use taskgraph::params::Params;
use taskgraph::task::Label;

/// Tasks whose stage is `target-stage` and whose languages are those of the experiment.
///
/// Datasets play no part: the reference looks at them, but excludes nothing.
pub fn train_target_tasks(full: &TaskGraph, params: &Params, _: &GraphConfig) -> Result<Vec<Label>> {
    let wanted = [
        ("stage", params.deep_get("training_config.target-stage")),
        ("src_locale", params.deep_get("training_config.experiment.src")),
        ("trg_locale", params.deep_get("training_config.experiment.trg")),
    ];
    let tasks = full.tasks.values();
    let targets =
        tasks.filter(|task| wanted.iter().all(|(name, value)| task.attributes.get(*name) == Some(*value)));
    Ok(targets.map(|task| task.label.clone()).collect())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::translations::testing::{Bench, task};

    #[test]
    fn a_target_has_the_stage_and_both_languages() {
        let tasks = [
            task("bicleaner", "a", "{stage: merge, src_locale: ru, trg_locale: en}"),
            task("bicleaner", "b", "{stage: merge, src_locale: ru, trg_locale: en, dataset: not-asked-for}"),
            task("bicleaner", "c", "{stage: merge, src_locale: en, trg_locale: ru}"),
            task("bicleaner", "d", "{stage: score, src_locale: ru, trg_locale: en}"),
            task("toolchain", "e", "{}"),
        ];
        let full =
            TaskGraph::set(tasks.into_iter().map(|task| (task.label.clone(), Arc::new(task))).collect());
        let bench = Bench::new("{target-stage: merge, experiment: {src: ru, trg: en}}");
        let labels = train_target_tasks(&full, &bench.params, &bench.config).unwrap();
        assert_eq!(labels.iter().map(Label::as_str).collect::<Vec<_>>(), ["a", "b"]);
    }
}
