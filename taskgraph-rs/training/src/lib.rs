//! The preview: what a training config would run, before anything runs.
//!
//! Folds what the other rooms decided into one [`Report`]. It never works a decision out a second time: models come
//! from the tasks, reasons from the transforms, targets from the target room. No file is written, no network asked.

pub mod checks;
mod config;
pub mod drawing;
pub mod earlier_run;
mod estimate;
pub mod explain;
pub mod model;
pub mod pipeline;
mod preview;
pub mod remote_files;
mod report;
#[cfg(test)]
pub(crate) mod testing;
pub mod upgrade;

pub use checks::config::{Checked, Checker};
pub use checks::run_task::of_run_task;
pub use checks::{Examination, Purpose};
pub use config::parameters::parameters;
pub use config::{problems_of, set_stage};
pub use estimate::history::{EarlierRun, History, Times};
pub use estimate::prices::Prices;
pub use estimate::{CriticalPath, Estimate, Money, PathTask, RowEstimate};
pub use preview::{Against, Input, Preview, Request, no_training, preview};
pub use report::comparison::Run;
pub use report::earlier_groups::{Becomes, Earlier, EarlierGroups, EarlierPlan, EarlierTask};
pub use report::lookup::{Counts, KindCounts, LookUp, Looked, Outcome as Fared};
pub use report::of_decision::of_decision;
pub use report::{
    Bringer, Changed, Comparison, Config, Dependency, Edges, Facts, Gone, GoneKind, KindModels, Member,
    NamedUrl, Need, Outcome, Plan, Report, Reused, Row, Totals, TreeFacts, Usage, VERSION, Variant, Work,
};
