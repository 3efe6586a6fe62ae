//! Flags of the commands that read the graph of one config.

use crate::args::tree::TreeOptions;
use clap::Args as ClapArgs;
use std::path::PathBuf;

/// Flags that select the graph of one config.
#[derive(ClapArgs)]
pub(crate) struct ConfigOptions {
    /// A training config or a set of parameters [default: the values that the tree has by itself]
    #[arg(short, long, visible_alias = "parameters", visible_short_alias = 'p', value_name = "FILE")]
    pub config: Option<PathBuf>,

    /// The tree.
    #[command(flatten)]
    pub tree: TreeOptions,

    /// Another target stage than the one in FILE
    #[arg(long, value_name = "STAGE")]
    pub target_stage: Option<String>,

    /// Write to this file
    #[arg(short, long, value_name = "FILE")]
    pub output_file: Option<PathBuf>,

    /// A JSON list of the urls that exist: questions about urls are answered from it
    #[arg(long, value_name = "FILE")]
    pub known_urls: Option<PathBuf>,

    /// Say nothing but errors
    #[arg(short, long)]
    pub quiet: bool,
}
