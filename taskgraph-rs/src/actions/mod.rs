//! Actions: what people can ask of a task group once its decision has run.
//!
//! Actions are registered by value: those of every tree here, a tree's own in its `Extension`. An action looks, and
//! says what it wants done; nothing is changed before all of that is known.

mod action;
mod add_new_jobs;
mod ancestors;
mod call;
mod cancel;
mod creation;
mod input;
#[cfg(test)]
mod memory;
mod plan;
mod previous;
mod rebuild_cached_tasks;
mod relative;
mod render;
mod rerun;
mod retrigger;
mod retrigger_decision;
mod retrigger_multiple;
mod role;
#[cfg(test)]
mod tests;
mod times;

pub use action::{Action, Context, GENERIC, InputSchema, Planner, TreeActions, all, always, find, of_tree};
pub use ancestors::Definitions;
pub use call::{Call, name_of, plan};
pub use input::Input;
pub use plan::{Belonging, Plan};
pub use previous::{Previous, graph, labels};
pub use rebuild_cached_tasks::rebuild;
pub use render::render;
pub use role::{check_scopes, role_prefix, scopes};

/// The actions that every tree has.
pub(crate) const CORE: &[Action] = &[
    add_new_jobs::ADD_NEW_JOBS,
    cancel::CANCEL,
    cancel::CANCEL_ALL,
    rebuild_cached_tasks::REBUILD_CACHED_TASKS,
    retrigger::RETRIGGER,
    retrigger::RETRIGGER_DISABLED,
    retrigger_decision::RETRIGGER_DECISION,
    rerun::RERUN,
    retrigger_multiple::RETRIGGER_MULTIPLE,
];
