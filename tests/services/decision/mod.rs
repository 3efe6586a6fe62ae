//! `decision`: from a repository to tasks at a Taskcluster on this machine.

mod again;
mod artifacts;
mod creation;
mod existing;
mod folders;
mod history;
mod killed;
mod later;
mod look_up;
mod parameters;
mod queue_rules;
mod replicate;
mod repository;
mod script;
