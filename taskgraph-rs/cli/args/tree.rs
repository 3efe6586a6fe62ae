//! Flags that select the tree.

use clap::Args as ClapArgs;
use std::path::PathBuf;

/// Tree, and the files around it.
#[derive(ClapArgs)]
pub(crate) struct TreeOptions {
    /// The folder that has config.yml and kinds/ [default: taskcluster of this checkout]
    #[arg(short, long, value_name = "DIR")]
    pub root: Option<PathBuf>,

    /// The folder that has run-task, fetch-content, hgrc and robustcheckout.py
    #[arg(long, value_name = "DIR", env = "TASKGRAPH_RUN_TASK_DIR")]
    pub run_task_dir: Option<PathBuf>,
}
