//! Decides which tasks of a target graph have to run: removes those that nothing needs, replaces those that ran
//! before, and resolves what the others say of each other. Never adds a task, and opens no connection: what the index
//! has is handed in.

mod existing_problems;
mod existing_tasks;
pub mod index;
mod indexed;
mod optimized;
mod outcome;
mod parameters;
mod phase;
mod references;
mod remove;
mod replace;
mod request;
mod strategies;
mod strategy;
mod subgraph;
mod usable;

pub use existing_problems::{
    check as existing_check, settle as settle_existing, warnings as existing_warnings,
};
pub use existing_tasks::{Existing, NotTaken, Unusable, examine_existing};
pub use optimized::OptimizedGraph;
pub use outcome::{
    KeepReasons, KeptBy, NotReplaced, PassedOver, RejectionReason, RemovalReason, ReplacedBy, Replacement,
    TaskOutcome,
};
pub use parameters::{do_not_optimize, existing_tasks, strategies};
pub use phase::optimize;
pub use request::{Request, lookup_request};
pub use strategies::{ALWAYS, INDEX_SEARCH, NEVER, SKIP_UNLESS_CHANGED, Strategies};
pub use strategy::{Answer, Composite, Deadline, LookUp, Simple, Strategy};
pub use subgraph::resolved;
pub use usable::CREATION;
