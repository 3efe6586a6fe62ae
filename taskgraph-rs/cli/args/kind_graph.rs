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

    /// How to show it
    #[arg(long, value_enum, default_value_t = KindGraphFormat::Text)]
    pub format: KindGraphFormat,

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
