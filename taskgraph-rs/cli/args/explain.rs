//! Flags of `graph explain`.

use clap::Args as ClapArgs;

use crate::args::path::ConfigOptions;

/// Flags of `graph explain`.
#[derive(ClapArgs)]
pub struct ExplainOptions {
    /// The label of a task
    #[arg(value_name = "LABEL")]
    pub label: String,

    /// The graph.
    #[command(flatten)]
    pub config: ConfigOptions,

    /// List every field that a transform changed, and every dependency
    #[arg(long)]
    pub all: bool,

    /// Show everything as JSON, see docs/graph-commands.md
    #[arg(short = 'J', long)]
    pub json: bool,
}
