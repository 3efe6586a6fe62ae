//! Flags of the commands that look up the index.

use clap::Args as ClapArgs;
use std::path::PathBuf;

/// Source of answers about the index.
#[derive(ClapArgs, Default)]
pub(crate) struct LookUpOptions {
    /// Answers of the index and the queue as JSON: {"index": {PATH: TASKID}, "status": {TASKID: {"state", "expires"}}}
    #[arg(long, value_name = "FILE", conflicts_with = "offline")]
    pub found: Option<PathBuf>,

    /// Ask no network: as if the index were empty
    #[arg(long)]
    pub offline: bool,
}
