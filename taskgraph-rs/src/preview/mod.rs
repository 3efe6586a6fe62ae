//! The preview: what a training config would run, before anything runs.
//!
//! Folds what the other rooms decided into one [`Report`]. It never works a decision out a second time: models come
//! from the tasks, reasons from the transforms, targets from the target room. No file is written, no network asked.

mod base;
mod check;
mod command;
mod compare;
mod config;
mod decision;
mod earlier;
mod estimate;
mod examine;
mod fill;
mod history;
mod history_file;
mod layout;
mod look_up;
mod make;
mod making;
mod models;
mod parameters;
mod prices;
mod repair;
mod report;
mod reused;
mod run_task;
mod sample;
mod stage;
#[cfg(test)]
pub(crate) mod testing;
mod work;

pub use check::{Checked, Checker};
pub use compare::Run;
pub use config::{problems_of, set_stage};
pub use decision::of_decision;
pub use earlier::{Becomes, Earlier, EarlierGroups, EarlierPlan, EarlierTask};
pub use estimate::{CriticalPath, Estimate, Money, PathTask, RowEstimate};
pub use examine::{Examination, Purpose};
pub use history::{EarlierRun, History, Times};
pub use look_up::{Counts, KindCounts, LookUp, Looked, Outcome as Fared};
pub use make::{Against, Input, Preview, Request, no_training, preview};
pub use parameters::parameters;
pub use prices::Prices;
pub use report::{
    Bringer, Changed, Comparison, Config, Dependency, Edges, Facts, Gone, GoneKind, KindModels, Member,
    NamedUrl, Need, Outcome, Plan, Report, Reused, Row, Totals, TreeFacts, Usage, VERSION, Variant, Work,
};
pub use run_task::of_run_task;
