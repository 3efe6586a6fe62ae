//! Checks of the parameters of a decision: errors, and keys of the training config that have no effect.

use taskgraph::diagnostics::{Problem, Problems};
use taskgraph::error::Result;
use taskgraph::generator::{Project, in_python};
use taskgraph::parameters;
use taskgraph::parameters::Params;
use taskgraph::settings::Settings;
use taskgraph_compat::value::Value;
use taskgraph_training::{ConfigChecks, Purpose, Run};

/// Checks parameters as strictly as the reference checks those of a decision, and warns of what is only odd. Parameters
/// that are refused are looked at to the end.
pub(super) fn check(project: &Project, params: &mut Params, settings: &Settings) -> Result<Vec<Problem>> {
    project.extension.normalize(params);
    // Only the tree's own Python can check the parameters that it defines.
    let in_python = project.parts.parameters.is_python();
    let unknown = match in_python {
        true => in_python::complete(project, params, true)?,
        false => parameters::unknown(params, project.extension.parameters),
    };
    let mut found = check_values(project, params, settings, Purpose::Decision);
    // Whoever knows the key of another layout says what to write instead.
    let is_new = |problem: &Problem, found: &[Problem]| found.iter().all(|known| known.path != problem.path);
    let unknown: Vec<Problem> = unknown.into_iter().filter(|problem| is_new(problem, &found)).collect();
    found.extend(unknown);
    if found.iter().any(Problem::is_error) {
        let others = others(project, params, settings, &found)?;
        let others: Vec<Problem> = others
            .into_iter()
            .filter(|problem| problem.code != "no-effect" || is_new(problem, &found))
            .collect();
        found.extend(others);
    }
    sorted(found)
}

/// Everything that is wrong or odd, but for keys that nobody knows. Nobody is there to see a warning, so that what has
/// no effect on a model is refused.
pub fn check_values(
    project: &Project,
    params: &Params,
    settings: &Settings,
    purpose: Purpose,
) -> Vec<Problem> {
    let found = project.check_parameters(params);
    match examined(project, params, settings) {
        None => found,
        Some((checks_of, _)) => ConfigChecks { purpose, ..checks_of }.params(params, found),
    }
}

/// Returns further problems of parameters that are refused because of the `known` ones.
pub fn others(
    project: &Project,
    params: &Params,
    settings: &Settings,
    known: &[Problem],
) -> Result<Vec<Problem>> {
    match examined(project, params, settings) {
        None => Ok(Vec::new()),
        Some((checks_of, own)) => checks_of.others(params, own, known),
    }
}

/// Checks the graph: keys that nothing read, a stage without tasks, inputs that are not used.
pub(super) fn check_run(
    project: &Project,
    params: &Params,
    settings: &Settings,
    run: &Run,
    known: &[Problem],
) -> Result<Vec<Problem>> {
    match examined(project, params, settings) {
        None => Ok(Vec::new()),
        Some((checks_of, own)) => sorted(checks_of.run(params, own, run, known)),
    }
}

/// Returns the checks for the training config together with the config; `None` for a tree that does not train.
fn examined<'e>(
    project: &'e Project,
    params: &'e Params,
    settings: &'e Settings,
) -> Option<(ConfigChecks<'e>, &'e Value)> {
    let training = taskgraph_training::pipeline::of(&project.extension)?;
    let own = params.get(training.parameter)?;
    Some((
        ConfigChecks {
            project,
            training,
            settings,
            purpose: Purpose::Decision,
            stage_is_given: false,
            source: None,
        },
        own,
    ))
}

/// Everything, if there is an error; else the warnings.
fn sorted(found: Vec<Problem>) -> Result<Vec<Problem>> {
    match found.iter().any(Problem::is_error) {
        true => Err(Problems(found).distinct().into()),
        false => Ok(found),
    }
}
