//! The order of an upgrade: the tree's own history, then values, then required keys.

use std::sync::Arc;

use crate::no_training;
use crate::upgrade::edit::Draft;
use crate::upgrade::values;
use taskgraph::diagnostics::{Problem, Problems};
use taskgraph::error::Result;
use taskgraph::generator::Project;
use taskgraph_compat::source::Source;
use taskgraph_compat::value::path::KeyPath;

/// Result of an upgrade: changes made, and decisions left to the user.
#[derive(Debug, Default)]
pub struct Upgrade {
    /// The text afterwards.
    pub text: String,
    /// Changes: the path of the key, and a description.
    pub done: Vec<(KeyPath, String)>,
    /// Decisions that only the user can make, as warnings with places in the upgraded text.
    pub decide: Vec<Problem>,
}

impl Upgrade {
    /// Notes what was done.
    pub fn done(&mut self, path: &KeyPath, what: impl Into<String>) {
        self.done.push((path.clone(), what.into()));
    }

    /// Notes what a person has to decide at a key.
    pub fn decide(&mut self, path: &KeyPath, message: impl Into<String>, label: impl Into<String>) {
        self.decide.push(Problem::warning("decide", message).at(path.clone(), label));
    }
}

/// Rewrites a config so that this tree reads it. JSON is refused: its files have no comments to keep.
pub fn upgrade(project: &Project, source: Arc<Source>) -> Result<Upgrade> {
    let mut upgrade = Upgrade::default();
    let Some(training) = crate::pipeline::of(&project.extension) else {
        return Err(Problems::from(no_training(project)).into());
    };
    let mut draft = Draft::read(source, training.parameter)?;
    if let Some(history) =
        crate::pipeline::TrainingPipeline::of(&project.extension).map(|pipeline| pipeline.history)
    {
        history(&mut draft, &mut upgrade);
    }
    let field = project.extension.parameters.iter().find(|field| field.name == training.parameter);
    if let Some(field) = field {
        values::correct(&mut draft, &field.schema, &mut upgrade);
    }
    for problem in &mut upgrade.decide {
        problem.place = Some(draft.place(&problem.path));
    }
    upgrade.text = draft.text().to_owned();
    Ok(upgrade)
}
