//! Lints of training configs: settings that are accepted, but with which a run fails or would likely fail.
//!
//! The reference makes a graph of such a config, so the plumbing commands do too: what a task fails of is a warning
//! with the code `would-fail` here, and whoever asks for a verdict makes it an error. Everything else is a doubt.

mod choices;
mod datasets;
mod language_codes;
mod languages;
mod models;
mod numbers;
mod previous_tasks;

use crate::parameter::refused;
use crate::pipeline_version::PipelineVersion;
use taskgraph::diagnostics::{Problem, Severity};
use taskgraph::parameters::Params;
use taskgraph_compat::value::path::KeyPath;

/// All that a run would fail of, and what looks wrong.
pub(crate) fn check(params: &Params, pipeline_version: PipelineVersion) -> Vec<Problem> {
    let mut problems = choices::check(params, pipeline_version);
    problems.extend(numbers::check(params, pipeline_version));
    problems.extend(datasets::check(params, pipeline_version));
    problems.extend(languages::check(params));
    problems.extend(models::check(params, pipeline_version));
    problems.extend(previous_tasks::check(params));
    problems
}

/// A task of the run fails of the value at `path`.
fn would_fail(params: &Params, path: &KeyPath, message: String, label: impl Into<String>) -> Problem {
    warning(params, "would-fail", path, message, label)
}

/// The value at `path` looks wrong.
fn warning(
    params: &Params,
    code: &'static str,
    path: &KeyPath,
    message: String,
    label: impl Into<String>,
) -> Problem {
    Problem { severity: Severity::Warning, ..refused(params, code, path, message, label) }
}

#[cfg(test)]
fn messages(
    config: &str,
    pipeline_version: PipelineVersion,
    check: fn(&Params, PipelineVersion) -> Vec<Problem>,
) -> Vec<String> {
    let params = transforms_testing::params(&format!("training_config: {config}"));
    let messages = check(&params, pipeline_version).into_iter().map(|problem| {
        assert_eq!(problem.severity, Severity::Warning);
        let path = problem.path.to_string().replace("training_config.", "");
        format!("{} {path}: {}: {}", problem.code, problem.message, problem.label)
    });
    messages.collect()
}
