//! The phases that a graph goes through, and how each is made.

use std::time::SystemTime;

use crate::graph_output::Graph;
use crate::index_source::IndexSource;
use taskgraph::diagnostics::Problem;
use taskgraph::error::Result;
use taskgraph::generator::{NO_DECISION, OptimizeRequest, Project};
use taskgraph::optimize::existing_warnings;
use taskgraph::parameters::Params;
use taskgraph::settings::Settings;
use taskgraph::task::id::TaskId;

/// Graph to show.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Phase {
    /// All tasks, no edges.
    Tasks,
    /// All tasks and edges.
    Full,
    /// Targets, no edges.
    Target,
    /// Targets and all they need.
    TargetGraph,
    /// Tasks of the target graph that have to run.
    Optimized,
    /// The same in the form that Taskcluster takes.
    Morphed,
}

/// A graph, and what is to be said about it.
pub(crate) struct PhaseResult {
    /// The graph.
    pub graph: Graph,
    /// Warnings.
    pub warnings: Vec<Problem>,
    /// Kinds that the Python of the tree has made.
    pub made_by_python: Option<String>,
}

impl Phase {
    /// The graph, and what is to be said about it. Ids of tasks that would be new follow from their labels.
    pub(crate) fn graph(
        self,
        project: &Project,
        params: &Params,
        settings: &Settings,
        answers: &IndexSource,
    ) -> Result<PhaseResult> {
        if self == Phase::Tasks {
            let graph = Graph::Labels(project.tasks(params, settings)?);
            return Ok(PhaseResult { graph, warnings: Vec::new(), made_by_python: None });
        }
        let full = project.full(params, settings)?;
        let made_by_python = full.python(project).map(|python| python.to_string());
        if self == Phase::Full {
            return Ok(PhaseResult {
                graph: Graph::Labels(full.graph),
                warnings: full.warnings,
                made_by_python,
            });
        }
        let targets = project.target(&full, params)?;
        let mut warnings = full.warnings;
        let shown = match self {
            Phase::Target => Graph::Labels(targets.set),
            Phase::Optimized | Phase::Morphed => {
                let found = answers.find(&project.lookup_request(&targets, params, settings)?)?;
                warnings.extend(answers.warning());
                let request = OptimizeRequest {
                    settings,
                    decision_task_id: NO_DECISION,
                    found: &found,
                    now: SystemTime::now(),
                };
                let optimized = project.optimize(&targets, params, &request, &mut TaskId::of_label)?;
                warnings.extend(existing_warnings(params, &optimized.existing));
                Graph::Ids(match self {
                    Phase::Morphed => project.morph(optimized, params, &mut TaskId::of_label)?.graph,
                    _ => optimized.graph,
                })
            }
            _ => Graph::Labels(targets.graph),
        };
        Ok(PhaseResult { graph: shown, warnings, made_by_python })
    }

    /// Returns the reference's name for it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Phase::Tasks => "full_task_set",
            Phase::Full => "full_task_graph",
            Phase::Target => "target_task_set",
            Phase::TargetGraph => "target_task_graph",
            Phase::Optimized => "optimized_task_graph",
            Phase::Morphed => "morphed_task_graph",
        }
    }
}
