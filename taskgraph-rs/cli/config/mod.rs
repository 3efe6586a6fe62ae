//! `config`: what can be done with training configs, without a graph.

mod check;
mod files;
mod github;
mod json;
mod sarif;
mod table;
mod verdicts;

pub use check::run as check;
