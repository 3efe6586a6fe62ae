//! The parameters that a config stands for, for those who want its graph and no report.

use std::time::SystemTime;

use anyhow::Result;

use crate::checks::layout;
use crate::config;
use crate::preview::Input;
use taskgraph::diagnostics::{Problem, Problems};
use taskgraph::generator::Loaded;
use taskgraph::parameters::{Given, Params};

/// Reads a training config or a set of parameters, fills in what is missing as a preview does, and checks everything.
/// `stage` is another target stage than the config has. Returns the warnings, too. A tree that trains nothing takes sets of parameters only.
pub fn parameters(
    loaded: &Loaded,
    input: &Input,
    stage: Option<&str>,
    now: SystemTime,
) -> Result<(Params, Vec<Problem>)> {
    let (mut params, mut problems) = match crate::pipeline::of(&loaded.extension) {
        Some(training) => {
            let mut configured = config::read(loaded, training, input)?;
            if let Some(stage) = stage {
                config::set_stage(&mut configured.params, training, stage);
            }
            if let Some(problem) = layout::of_another(loaded, training, &configured.params) {
                return Err(Problems::from(problem).into());
            }
            (configured.params, configured.problems)
        }
        None => {
            let Given { values, layer } = Given::read(input.source.clone(), input.is_json)?;
            (Params::new(values, vec![layer]), Vec::new())
        }
    };
    problems.extend(loaded.complete(&mut params, now)?);
    match problems.iter().any(Problem::is_error) {
        true => Err(Problems(problems).into()),
        false => Ok((params, problems)),
    }
}
