//! The order of an upgrade: the tree's own history, then values, then required keys.

use std::sync::Arc;

use crate::pipeline::{TrainingPipeline, no_training};
use crate::upgrade::{Draft, Upgrade, correct};
use taskgraph::diagnostics::Problems;
use taskgraph::error::Result;
use taskgraph::generator::Project;
use taskgraph_compat::source::Source;

/// Rewrites a config so that this tree reads it. JSON is refused: its files have no comments to keep.
pub fn upgrade_config(project: &Project, source: Arc<Source>) -> Result<Upgrade> {
    let mut upgrade = Upgrade::default();
    let Some(training) = crate::pipeline::of(&project.extension) else {
        return Err(Problems::from(no_training(project)).into());
    };
    let mut draft = Draft::read(source, training.parameter)?;
    if let Some(history) = TrainingPipeline::of(&project.extension).map(|pipeline| pipeline.history) {
        history(&mut draft, &mut upgrade);
    }
    let field = project.extension.parameters.iter().find(|field| field.name == training.parameter);
    if let Some(field) = field {
        correct(&mut draft, &field.schema, &mut upgrade);
    }
    for problem in &mut upgrade.decide {
        problem.place = Some(draft.place(&problem.path));
    }
    upgrade.text = draft.text().to_owned();
    Ok(upgrade)
}
