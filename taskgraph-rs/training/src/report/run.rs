//! Graph of a config, and its target tasks.

use taskgraph::error::Result;
use taskgraph::generator::target_tasks::Targets;
use taskgraph::generator::{Full, Project};
use taskgraph::parameters::Params;
use taskgraph::settings::Settings;

/// A graph and what is asked of it.
pub struct Run {
    /// All tasks.
    pub full: Full,
    /// Target tasks.
    pub targets: Targets,
}

impl Run {
    /// Makes the graph, and picks what is asked of it.
    pub fn make(project: &Project, params: &Params, settings: &Settings) -> Result<Self> {
        let full = project.full(params, settings)?;
        let targets = project.target(&full, params)?;
        Ok(Run { full, targets })
    }
}
