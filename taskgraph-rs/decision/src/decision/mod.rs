//! A decision: from a push, a pull request, a schedule or an action to tasks that run.
//!
//! Invariant: nothing is created before everything that can be refused was checked.

mod artifact_dir;
mod artifacts;
mod checks;
mod create;
mod earlier_run;
mod history;
mod new_tasks;
mod options;
mod overrides;
mod parameters;
mod queue;
mod queue_rules;
mod run;
mod runnable_jobs;
mod same_definition;

pub use artifact_dir::{Folder, Staged};
pub use checks::{check_values, others};
pub use create::{Creation, Creator};
pub use earlier_run::Earlier;
pub use new_tasks::{Summary, new_tasks};
pub use options::Asked;
pub use parameters::{Derived, parameters};
pub use queue::Queue;
pub use run::{Decided, Decision, Probe, Rendered, Step, run};
