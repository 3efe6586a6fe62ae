//! `decision`: from a repository to tasks at a Taskcluster on this machine.

mod again;
mod creation;
mod existing;
mod folders;
mod history;
mod later;
mod parameters;
mod queue_rules;
mod repository;
mod script;
