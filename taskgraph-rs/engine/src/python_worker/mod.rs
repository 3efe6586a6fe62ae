//! The tree's own Python: kinds, target methods, strategies and whatever else has no native equal are made by it.
//!
//! Invariant: this module starts no process. It speaks to one through a [`Channel`], which the command line hands in
//! with the registry. A kind is made by one side as a whole; what the worker made counts like what is native.

pub(crate) mod call;
mod channel;
mod exception;
pub(crate) mod facts;
mod killed;
mod provenance;
mod refusal;
mod session;
pub(crate) mod tasks;
mod worker;

pub use channel::{Channel, Interpreter, NativeParts, Python, Reply, Request};
pub use facts::{Registrations, WorkerFacts};
pub use killed::killed;
pub use provenance::{Because, MadeBy, PythonFacts, ReasonFacts};
pub use refusal::Refusal;
pub use session::{KindRequest, Session, SideEffects};
pub use worker::{NO_TASKGRAPH, Worker};

pub(crate) use tasks::from_value as task_of;
