//! Flags of `graph diff`.

use std::path::PathBuf;

use crate::args::TreeOptions;
use clap::Args as ClapArgs;

/// Flags of `graph diff`.
#[derive(ClapArgs)]
pub(crate) struct DiffOptions {
    /// Two graphs, the older one first: a training config, a set of parameters, a file such as full-task-graph.json,
    /// or `task-id=…` of a decision task. With --rev, one config or none is enough
    #[arg(value_name = "GRAPH", num_args = 0..=2)]
    pub graphs: Vec<String>,

    /// The revision of the tree for the first graph; given twice, for both. Otherwise the tree as it lies there
    #[arg(long = "rev", value_name = "REV")]
    pub revisions: Vec<String>,

    /// The tree.
    #[command(flatten)]
    pub tree: TreeOptions,

    /// Compare only tasks that are asked for, with all that they need, and not all that there could be
    #[arg(long, alias = "to-run")]
    pub needed: bool,

    /// Show everything as JSON, see docs/graph-commands.md
    #[arg(short = 'J', long)]
    pub json: bool,

    /// List every label and every field
    #[arg(long)]
    pub all: bool,

    /// End with status 0 if nothing differs, 2 if something does, and 1 if the input is refused
    #[arg(long)]
    pub exit_code: bool,

    /// Write to this file
    #[arg(short, long, value_name = "FILE")]
    pub output_file: Option<PathBuf>,

    /// Ask no network: a graph that a task published is refused
    #[arg(long)]
    pub offline: bool,

    /// A JSON list of the urls that exist: questions about urls are answered from it
    #[arg(long, value_name = "FILE")]
    pub known_urls: Option<PathBuf>,
}
