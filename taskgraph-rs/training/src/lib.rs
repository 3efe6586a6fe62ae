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
pub mod remote_files;
mod report;
#[cfg(test)]
pub(crate) mod testing;
pub mod upgrade;

pub use checks::config::{CheckedConfig, Checker};
pub use checks::run_task::of_run_task;
pub use checks::{ConfigChecks, Purpose};
pub use config::parameters::parameters;
pub use config::{problems_of, set_stage};
pub use estimate::history::{EarlierRun, History, Times};
pub use estimate::prices::Prices;
pub use estimate::{Cost, CriticalPath, Estimate, PathTask, RowEstimate};
pub use preview::{Baseline, Input, Preview, Request, no_training, preview};
pub use report::comparison::Run;
pub use report::decision_report::of_decision;
pub use report::earlier_groups::{
    ContinuationOutcome, EarlierGroups, EarlierPlan, EarlierReport, EarlierTask,
};
pub use report::lookup::{Counts, KindCounts, LookUp, LookUpOutcome, TaskLookUp};
pub use report::{
    ChangedEdges, Comparison, Config, Dependency, Facts, KindModels, MachineReport, MachineRow, Member,
    NamedDependency, NamedUrl, Plan, RemovedKind, RemovedTask, Report, ReportOutcome, ReusedInput,
    RewrittenTask, SupplyingTask, Totals, TreeFacts, Usage, VERSION, Variant,
};
