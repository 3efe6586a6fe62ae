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
