//! The preview: what a training config would run, before anything runs.
//!
//! Folds what the other rooms decided into one [`Report`]. It never works a decision out a second time: models come
//! from the tasks, reasons from the transforms, targets from the target room. No file is written, no network asked.

mod base;
mod check;
mod command;
mod compare;
mod config;
mod make;
mod models;
mod parameters;
mod repair;
mod report;
mod sample;
mod stage;
#[cfg(test)]
pub(crate) mod testing;
mod work;

pub use check::{Checked, Checker};
pub use make::{Against, Input, Request, no_training, preview};
pub use parameters::parameters;
pub use report::{
    Changed, Comparison, Config, DefaultKeys, Edges, Facts, Gone, KindModels, Member, Need, Outcome, Plan,
    Report, Row, Totals, TreeFacts, VERSION, Variant, Work,
};
