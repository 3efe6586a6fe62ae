//! The extension behind `register: translations_taskgraph:register` in config.yml.

use crate::actions::{ACTIONS_2024, ACTIONS_2026};
use crate::config::datasets;
use crate::config::schema::{PARAMETERS_2024, PARAMETERS_2024_WITH_STUDENT, PARAMETERS_2026};
use crate::decision_parameters::{DECISIONS_2024, DECISIONS_2026, default_config};
use crate::pipeline_version::PipelineVersion;
use crate::target_tasks::{final_eval_target_tasks, train_target_tasks, update_db_target_tasks};
use crate::transforms::upload;
use crate::{continuation, lints, pretrained, products, upgrades};
use indexmap::IndexMap;
use taskgraph::diagnostics::Problem;
use taskgraph::extension::{Extension, TargetMethod};
use taskgraph::known_urls::Question;
use taskgraph::parameters::Params;
use taskgraph::transform::kind::Kind;
use taskgraph::tree::Tree;
use taskgraph::type_map::TypeMap;
use taskgraph_compat::value::Str;
use taskgraph_decision::actions::TreeActions;
use taskgraph_training::pipeline::{ProvidedInput, TrainingPipeline};

const TARGETS_2024: &[(&str, TargetMethod)] = &[("train-target-tasks", train_target_tasks)];

const TARGETS_2026: &[(&str, TargetMethod)] = &[
    ("train-target-tasks", train_target_tasks),
    ("final-eval-target-tasks", final_eval_target_tasks),
    ("update-db-target-tasks", update_db_target_tasks),
];

/// Parameters, their check, target methods, and the training config that is taken if none is given.
pub fn extension(tree: &Tree) -> Extension {
    let defaults = vec![("training_config", default_config(tree).into())];
    let pipeline_version = PipelineVersion::of(tree);
    let additions =
        TypeMap::default().with(pipeline(pipeline_version)).with(TreeActions(match pipeline_version {
            PipelineVersion::December2024 => ACTIONS_2024,
            PipelineVersion::July2026 => ACTIONS_2026,
        }));
    let asks_for_student = pipeline_version.layout().is_asked_for(tree, pretrained::STUDENT);
    match pipeline_version {
        PipelineVersion::December2024 => Extension {
            parameters: if asks_for_student { PARAMETERS_2024_WITH_STUDENT } else { PARAMETERS_2024 },
            check: Some(if asks_for_student { check_2024_with_student } else { check_2024 }),
            normalize: Some(normalize_2024),
            target_methods: TARGETS_2024,
            decision_parameters: DECISIONS_2024,
            defaults,
            additions,
            ..Extension::default()
        },
        PipelineVersion::July2026 => Extension {
            parameters: PARAMETERS_2026,
            config: Some(mozilla_taskgraph_transforms::check_config),
            check: Some(check_2026),
            normalize: Some(normalize_2026),
            target_methods: TARGETS_2026,
            decision_parameters: DECISIONS_2026,
            defaults,
            additions,
            verify: Some(upload::verify_destinations),
            questions: Some(questions_2026),
            ..Extension::default()
        },
    }
}

/// Describes the pipeline for the preview and the checks of training configs.
fn pipeline(pipeline_version: PipelineVersion) -> TrainingPipeline {
    let training = pipeline_version.training();
    let (reads, dataset_files) = (pretrained::reads, datasets::files);
    match pipeline_version {
        PipelineVersion::December2024 => TrainingPipeline {
            training,
            reads,
            history: upgrades::december_2024,
            given: given_2024,
            products: products::made_2024,
            dataset_files,
        },
        PipelineVersion::July2026 => TrainingPipeline {
            training,
            reads,
            history: upgrades::july_2026,
            given: given_2026,
            products: products::made_2026,
            dataset_files,
        },
    }
}

fn normalize_2024(params: &mut Params) {
    PipelineVersion::December2024.training().move_models(params);
}

fn normalize_2026(params: &mut Params) {
    PipelineVersion::July2026.training().move_models(params);
}

type Kinds = IndexMap<Str, Kind>;

fn check_2024(params: &Params, kinds: &Kinds) -> Vec<Problem> {
    check_with(params, kinds, &[])
}

fn check_2024_with_student(params: &Params, kinds: &Kinds) -> Vec<Problem> {
    check_with(params, kinds, &[pretrained::STUDENT])
}

fn check_with(params: &Params, kinds: &Kinds, asked_for: &[&str]) -> Vec<Problem> {
    let mut problems = pretrained::check(params, kinds, PipelineVersion::December2024, asked_for);
    problems.extend(datasets::check(params));
    problems.extend(lints::check(params, PipelineVersion::December2024));
    problems
}

fn check_2026(params: &Params, kinds: &Kinds) -> Vec<Problem> {
    let mut problems = pretrained::check(params, kinds, PipelineVersion::July2026, &[]);
    problems.extend(continuation::check(params));
    problems.extend(datasets::check(params));
    problems.extend(lints::check(params, PipelineVersion::July2026));
    problems
}

fn given_2024(params: &Params) -> Vec<ProvidedInput> {
    PipelineVersion::December2024.layout().all_given(params)
}

fn given_2026(params: &Params) -> Vec<ProvidedInput> {
    let mut given = continuation::all_given(params);
    given.extend(PipelineVersion::July2026.layout().all_given(params));
    given
}

fn questions_2026(params: &Params) -> Vec<Question> {
    pretrained::questions(params, PipelineVersion::July2026)
}

#[cfg(test)]
mod tests {
    use super::*;
    use transforms_testing::params;

    #[test]
    fn the_kinds_decide_what_the_register_string_stands_for() {
        assert_eq!(extension(&Tree::embedded(&[])).target_methods.len(), 1);
        let asks = "{pretrained: training_config.experiment.pretrained-models.train-student}";
        for (kind, takes_student) in [("{}", false), (asks, true)] {
            let files = vec![("kinds/train-student/kind.yml", kind)];
            let check = extension(&Tree::embedded(files.leak())).check.unwrap();
            let model = "{urls: [https://h], mode: use, type: default}";
            let config = format!("{{experiment: {{pretrained-models: {{train-student: {model}}}}}}}");
            let problems = check(&params(&format!("training_config: {config}")), &Kinds::default());
            assert_eq!(!problems.iter().any(|problem| problem.code == "unknown-kind"), takes_student);
        }
        let tree = Tree::embedded(&[("kinds/continuation-model/kind.yml", "")]);
        assert_eq!(extension(&tree).target_methods.len(), 3);
        assert!(extension(&tree).verify.is_some());
    }
}
