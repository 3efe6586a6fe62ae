//! A decision: from a push, a pull request, a schedule or an action to tasks that run.
//!
//! Invariant: nothing is created before everything that can be refused was looked at.

mod artifacts;
mod asked;
mod checks;
mod creation;
mod earlier;
mod folder;
mod history;
mod new_tasks;
mod overrides;
mod parameters;
mod queue;
mod queue_rules;
mod run;
mod runnable;
mod same;

pub use asked::Asked;
pub use checks::{check_values, others};
pub use creation::{Creation, Creator};
pub use earlier::Earlier;
pub use folder::{Folder, Staged};
pub use new_tasks::{Summary, new_tasks};
pub use parameters::{Derived, parameters};
pub use queue::Queue;
pub use run::{Decided, Decision, Probe, Rendered, Step, run};
