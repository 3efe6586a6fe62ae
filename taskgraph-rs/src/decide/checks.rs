//! What is wrong with the parameters of a decision, and keys of the training config that have no effect.

use anyhow::Result;

use crate::effects;
use crate::extension::Training;
use crate::params::{self, Params, move_models};
use crate::pipeline::Loaded;
use crate::preview::{Run, empty_stage, unknown_stage};
use crate::problem::{Problem, Problems, Severity};

/// Checks parameters as strictly as the reference checks those of a decision, and tells what is only odd.
pub fn check(loaded: &Loaded, params: &mut Params) -> Result<Vec<Problem>> {
    move_models(params, &loaded.extension);
    let unknown = params::unknown(params, &loaded.extension);
    let mut found = check_values(loaded, params);
    found.extend(unknown);
    sorted(found)
}

/// Everything that is wrong or odd, but for keys that nobody knows. Nobody is there to see a warning, so that what has
/// no effect on a model is refused.
pub fn check_values(loaded: &Loaded, params: &Params) -> Vec<Problem> {
    let mut found = params::check(params, &loaded.extension, &loaded.kinds);
    for problem in found.iter_mut().filter(|problem| problem.is_grave()) {
        problem.severity = Severity::Error;
    }
    if let Some(training) = loaded.extension.training {
        found.extend(effects::other_layouts(training, params));
        found.extend(effects::unknown_providers(loaded, training, params));
        if asks_for_a_stage(training, params) {
            found.extend(unknown_stage(loaded, training, params, false));
        }
    }
    found
}

/// What the graph shows: keys that nothing read, and a stage without tasks.
pub fn check_run(loaded: &Loaded, params: &Params, run: &Run) -> Result<Vec<Problem>> {
    let Some(training) = loaded.extension.training else { return Ok(Vec::new()) };
    let own = params.get(training.parameter);
    let mut found: Vec<Problem> =
        own.map(|own| effects::without_effect(loaded, training, params, own)).unwrap_or_default();
    if asks_for_a_stage(training, params) {
        found.extend(empty_stage(training, params, run, false));
    }
    sorted(found)
}

fn asks_for_a_stage(training: &Training, params: &Params) -> bool {
    params.text("target_tasks_method") == training.target_method
}

/// Everything, if there is an error; else the warnings.
fn sorted(found: Vec<Problem>) -> Result<Vec<Problem>> {
    match found.iter().any(Problem::is_error) {
        true => Err(Problems(found).into()),
        false => Ok(found),
    }
}
