//! Actions: what is offered, and what is done at a Taskcluster on this machine.

mod callback;
mod from;
mod stages;
mod trainings;
mod tree;
