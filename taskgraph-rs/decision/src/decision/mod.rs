//! A decision: from a push, a pull request, a schedule or an action to tasks that run.
//!
//! Invariant: nothing is created before everything that can be refused was checked.

mod artifact_dir;
mod artifacts;
mod checks;
mod create;
mod earlier_run;
mod event;
mod history;
mod new_tasks;
mod overrides;
mod parameters;
mod queue;
mod queue_rules;
mod run;
mod runnable_jobs;
mod same_definition;

pub use artifact_dir::{Folder, StagedFiles};
pub use checks::{check_values, others};
pub use create::{Creation, Creator};
pub use earlier_run::EarlierRuns;
pub use event::DecisionEvent;
pub use new_tasks::{Summary, new_tasks};
pub use parameters::{DerivedParameters, parameters};
pub use queue::Queue;
pub use run::{Decision, DecisionResult, Probe, RenderedPreview, Step, run};
