//! Flags of `transforms`.

use std::path::PathBuf;

use clap::Args as ClapArgs;

/// Flags of `transforms`.
#[derive(ClapArgs)]
pub(crate) struct TransformsOptions {
    /// Show the list as JSON
    #[arg(short = 'J', long, conflicts_with_all = ["markdown", "schema"])]
    pub json: bool,

    /// Show the list as Markdown, with the keys of every section
    #[arg(long, conflicts_with = "schema")]
    pub markdown: bool,

    /// Print JSON Schema of kind.yml, for editors
    #[arg(long)]
    pub schema: bool,

    /// Write to this file
    #[arg(short, long, value_name = "FILE")]
    pub output_file: Option<PathBuf>,
}
