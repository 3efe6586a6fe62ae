//! Flags of `actions`.

use std::path::PathBuf;

use clap::Args as ClapArgs;

/// Flags of `actions`.
#[derive(ClapArgs)]
pub struct ActionsOptions {
    /// The folder that has config.yml and kinds/ [default: taskcluster of this checkout]
    #[arg(short, long, value_name = "DIR")]
    pub root: Option<PathBuf>,

    /// Parameters: a file (.yml or .json), a url, task-id=ID, project=NAME or index=PATH
    #[arg(short, long, value_name = "SPEC")]
    pub parameters: Option<String>,

    /// Say more: which actions are not offered
    #[arg(short, long)]
    pub verbose: bool,

    /// Write to this file
    #[arg(short, long, value_name = "FILE")]
    pub output_file: Option<PathBuf>,
}
