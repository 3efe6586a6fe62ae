//! Actions: what users can request for a task group after its decision task has run.
//!
//! Actions are registered by value: those of every tree here, those of one tree in its `Extension`. Invariant: an
//! action returns a plan and changes nothing itself.

mod action;
mod actions_json;
mod add_new_jobs;
mod call;
mod cancel;
mod create_again;
#[cfg(test)]
mod fake_service;
mod input;
mod permissions;
mod plan;
mod previous_decision;
mod rebuild_cached_tasks;
mod related_tasks;
mod relative_times;
mod rerun;
mod retrigger;
mod retrigger_decision;
mod retrigger_multiple;
#[cfg(test)]
mod tests;
mod times;

pub use action::{
    Action, Context, GENERIC, InputSchema, Planner, TreeActions, all, always, find, of_tree, plan,
};
pub use actions_json::render;
pub use call::{Call, name_of};
pub use input::Input;
pub use permissions::{check_scopes, role_prefix, scopes};
pub use plan::{DecisionTasks, Plan};
pub use previous_decision::{PreviousDecision, graph, labels};
pub use rebuild_cached_tasks::rebuild;
pub use related_tasks::Definitions;

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
