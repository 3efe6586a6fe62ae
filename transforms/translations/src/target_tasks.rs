//! The target methods of the pipeline: the tasks of one stage, and for training those of one pair of languages.

use crate::parameter::refused;
use anyhow::Result;
use taskgraph::diagnostics::Problems;
use taskgraph::graph::TaskGraph;
use taskgraph::graph_config::GraphConfig;
use taskgraph::parameters::Params;
use taskgraph::task::Label;
use taskgraph_compat::value::Value;
use taskgraph_compat::value::path::KeyPath;

/// Tasks whose stage is `target-stage` and whose languages are those of the experiment.
///
/// Datasets play no part: the reference looks at them, but excludes nothing.
pub(crate) fn train_target_tasks(full: &TaskGraph, params: &Params, _: &GraphConfig) -> Result<Vec<Label>> {
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

/// Tasks whose stage is the parameter `target-stage`: final evaluations are asked for outside of a training config.
pub(crate) fn final_eval_target_tasks(
    full: &TaskGraph,
    params: &Params,
    _: &GraphConfig,
) -> Result<Vec<Label>> {
    let Some(stage) = params.get("target-stage") else {
        let path = KeyPath::dotted("target-stage");
        let message = "missing key `target-stage`";
        let label = "`final-eval-target-tasks` needs a stage";
        return Err(Problems::from(refused(params, "missing-key", &path, message, label)).into());
    };
    Ok(of_stage(full, stage))
}

/// The tasks that bring the model registry up to date.
pub(crate) fn update_db_target_tasks(full: &TaskGraph, _: &Params, _: &GraphConfig) -> Result<Vec<Label>> {
    Ok(of_stage(full, &"update-db".into()))
}

/// Python: a stage that is null fits every task that has none.
fn of_stage(full: &TaskGraph, stage: &Value) -> Vec<Label> {
    let tasks = full.tasks.values();
    let targets = tasks.filter(|task| task.attributes.get("stage").unwrap_or(&Value::Null) == stage);
    targets.map(|task| task.label.clone()).collect()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use taskgraph::schema::fields::Fields as _;

    use super::*;
    use transforms_testing::{Fixture, task};

    #[test]
    fn a_stage_may_be_asked_for_without_languages() {
        let tasks = [
            task("final-eval", "a", "{stage: final-eval}"),
            task("update-db", "b", "{stage: update-db}"),
            task("toolchain", "c", "{}"),
        ];
        let full =
            TaskGraph::set(tasks.into_iter().map(|task| (task.label.clone(), Arc::new(task))).collect());
        let mut fixture = Fixture::new("{}");
        let labels = update_db_target_tasks(&full, &fixture.params, &fixture.config).unwrap();
        assert_eq!(labels.iter().map(Label::as_str).collect::<Vec<_>>(), ["b"]);
        assert!(final_eval_target_tasks(&full, &fixture.params, &fixture.config).is_err());
        fixture.params.values_mut().put("target-stage", "final-eval");
        let labels = final_eval_target_tasks(&full, &fixture.params, &fixture.config).unwrap();
        assert_eq!(labels.iter().map(Label::as_str).collect::<Vec<_>>(), ["a"]);
    }

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
        let fixture = Fixture::new("{target-stage: merge, experiment: {src: ru, trg: en}}");
        let labels = train_target_tasks(&full, &fixture.params, &fixture.config).unwrap();
        assert_eq!(labels.iter().map(Label::as_str).collect::<Vec<_>>(), ["a", "b"]);
    }
}
