//! Flags of `kind-graph`.

use std::path::PathBuf;

use clap::Args as ClapArgs;

/// Flags of `kind-graph`.
#[derive(ClapArgs)]
pub struct KindGraphOptions {
    /// The folder that has config.yml and kinds/ [default: taskcluster of this checkout]
    #[arg(short, long, value_name = "DIR")]
    pub root: Option<PathBuf>,

    /// Only these kinds and those they need; may be given several times
    #[arg(short = 'k', long = "target-kind", value_name = "KIND")]
    pub target_kinds: Vec<String>,

    /// How to show it [default: what the ending of --output-file says, else text]
    #[arg(long, value_enum)]
    pub format: Option<KindGraphFormat>,

    /// Parameters, which Taskgraph takes too: the kinds and what they depend on are the same with any
    #[arg(short, long, value_name = "SPEC")]
    pub parameters: Option<String>,

    /// Say nothing but errors
    #[arg(short, long)]
    pub quiet: bool,

    /// Say more: how many kinds there are
    #[arg(short, long)]
    pub verbose: bool,

    /// Write to this file
    #[arg(short, long, value_name = "FILE")]
    pub output_file: Option<PathBuf>,
}

/// The formats of `kind-graph`.
#[derive(Clone, Copy, clap::ValueEnum)]
pub enum KindGraphFormat {
    /// One line a kind, in the order of their making
    Text,
    /// Graphviz
    Dot,
    /// Mermaid
    Mermaid,
}
