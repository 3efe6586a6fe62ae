//! The parameters of a config, for commands that need its graph and no report.

use std::time::SystemTime;

use crate::checks::layout;
use crate::config;
use crate::config::Input;
use taskgraph::diagnostics::{Problem, Problems};
use taskgraph::error::Result;
use taskgraph::generator::Project;
use taskgraph::parameters::{LoadedValues, Params};

/// Reads a training config or a set of parameters, fills in what is missing as a preview does, and checks everything.
/// `stage` is another target stage than the config has. Returns the warnings, too. A tree that trains nothing takes sets of parameters only.
pub fn parameters(
    project: &Project,
    input: &Input,
    stage: Option<&str>,
    now: SystemTime,
) -> Result<(Params, Vec<Problem>)> {
    let (mut params, mut problems) = match crate::pipeline::of(&project.extension) {
        Some(training) => {
            let mut configured = config::read(project, training, input)?;
            if let Some(stage) = stage {
                config::set_stage(&mut configured.params, training, stage);
            }
            if let Some(problem) = layout::of_another(project, training, &configured.params) {
                return Err(Problems::from(problem).into());
            }
            (configured.params, configured.problems)
        }
        None => {
            let LoadedValues { values, layer } = LoadedValues::read(input.source.clone(), input.is_json)?;
            (Params::new(values, vec![layer]), Vec::new())
        }
    };
    problems.extend(project.complete(&mut params, now)?);
    match problems.iter().any(Problem::is_error) {
        true => Err(Problems(problems).into()),
        false => Ok((params, problems)),
    }
}
