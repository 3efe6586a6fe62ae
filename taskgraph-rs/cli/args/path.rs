//! Flags of `graph path`, and those of all commands that look at the graph of one config.

use std::path::PathBuf;

use clap::Args as ClapArgs;

use crate::args::TreeOptions;

/// Flags of `graph path`.
#[derive(ClapArgs)]
pub struct PathOptions {
    /// The label of a task
    #[arg(value_name = "LABEL")]
    pub from: String,

    /// The label of a task that it depends on, or that depends on it
    #[arg(value_name = "LABEL")]
    pub to: String,

    /// The graph.
    #[command(flatten)]
    pub config: ConfigOptions,

    /// Show all ways and not only the shortest one
    #[arg(long)]
    pub all: bool,

    /// Show no more ways than this, with --all
    #[arg(long, value_name = "NUMBER", default_value_t = 100)]
    pub limit: usize,

    /// Show the ways as JSON
    #[arg(short = 'J', long)]
    pub json: bool,
}

/// Which graph is looked at.
#[derive(ClapArgs)]
pub struct ConfigOptions {
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
