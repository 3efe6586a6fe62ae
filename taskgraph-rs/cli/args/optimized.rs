//! Flags of `optimized` and `morphed`.

use std::path::PathBuf;

use clap::Args as ClapArgs;

use crate::args::GraphOptions;

/// Flags of the commands that show what has to run.
#[derive(ClapArgs)]
pub struct OptimizedOptions {
    /// Which graph, and how it is shown.
    #[command(flatten)]
    pub graph: GraphOptions,

    /// Where answers come from.
    #[command(flatten)]
    pub look_up: LookUpOptions,
}

/// Who is asked what the index has.
#[derive(ClapArgs, Default)]
pub struct LookUpOptions {
    /// Answers of the index and the queue as JSON: {"index": {PATH: TASKID}, "status": {TASKID: {"state", "expires"}}}
    #[arg(long, value_name = "FILE", conflicts_with = "offline")]
    pub found: Option<PathBuf>,

    /// Ask no network: as if the index were empty
    #[arg(long)]
    pub offline: bool,
}
