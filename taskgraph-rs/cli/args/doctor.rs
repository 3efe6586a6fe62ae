//! Flags of `doctor`.

use std::path::PathBuf;

use clap::Args as ClapArgs;

use crate::args::TreeOptions;

/// Flags of `doctor`.
#[derive(ClapArgs)]
pub struct DoctorOptions {
    /// The tree.
    #[command(flatten)]
    pub tree: TreeOptions,

    /// Run the Python of the tree: let it register, and show what it adds to Taskgraph
    #[arg(long)]
    pub run: bool,

    /// Show it as JSON
    #[arg(short = 'J', long)]
    pub json: bool,

    /// Write to this file
    #[arg(short, long, value_name = "FILE")]
    pub output_file: Option<PathBuf>,
}
