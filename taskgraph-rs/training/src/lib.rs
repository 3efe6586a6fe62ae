//! Training configs: their checks and upgrades, and the preview of what they would run.
//!
//! [`preview()`] generates the graph of a config and folds what was decided about it into one [`Report`]. [`Checker`]
//! finds what is wrong with a config, [`upgrade`] rewrites old ones, [`remote_files`] says which files at urls it needs.
//!
//! Invariant: no decision is made a second time. Models come from the tasks, reasons from the transforms, targets from
//! the target phase. This package writes no file.

pub mod checks;
mod config;
pub mod drawing;
pub mod earlier_run;
mod estimate;
pub mod explain;
pub mod model;
pub mod pipeline;
mod preview;
pub mod product;
pub mod remote_files;
mod report;
#[cfg(test)]
pub(crate) mod testing;
pub mod upgrade;

pub use checks::parameters::parameters;
pub use checks::run_task::of_run_task;
pub use checks::{ConfigChecks, Purpose};
pub use config::upgrade::upgrade_config;
pub use config::{Config, Input, problems_of, set_stage};
pub use estimate::history::{EarlierRun, History, Times};
pub use estimate::machines::{MachineReport, MachineRow, Totals};
pub use estimate::prices::Prices;
pub use estimate::{Cost, CriticalPath, Estimate, PathTask, RowEstimate};
pub use pipeline::no_training;
pub use preview::checker::{CheckedConfig, Checker};
pub use preview::decision_report::of_decision;
pub use preview::request::{Baseline, Request};
pub use preview::{Preview, preview};
pub use report::comparison::{ChangedEdges, Comparison, RemovedTask, RewrittenTask};
pub use report::earlier_groups::{
    ContinuationOutcome, EarlierGroups, EarlierPlan, EarlierReport, EarlierTask,
};
pub use report::lookup::{Counts, KindCounts, LookUp, LookUpOutcome, TaskLookUp};
pub use report::models::{KindModels, Member, NamedDependency, Variant};
pub use report::reused::{Dependency, NamedUrl, RemovedKind, ReusedInput, SupplyingTask, Usage};
pub use report::run::Run;
pub use report::{Facts, Plan, Report, ReportOutcome, TreeFacts, VERSION};
