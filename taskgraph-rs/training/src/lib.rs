//! Training configs: their checks, the preview of what they would run, explanations, drawings, estimates and
//! upgrades.
//!
//! [`preview()`] generates the graphs of a config and folds the decisions of all phases into one [`Report`]. Never
//! computes a decision a second time: models come from the tasks, reasons from the transforms and the optimizer.
//! Writes no file and opens no connection; look-ups are arguments.

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
