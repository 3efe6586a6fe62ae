//! Flags of `config check`, and of what else can be done with training configs.

use std::path::PathBuf;

use clap::Args as ClapArgs;

/// Flags of `config check`.
#[derive(ClapArgs)]
pub struct CheckOptions {
    /// Training configs or sets of parameters; patterns (`configs/**/*.yml`) and folders stand for the files in them
    #[arg(value_name = "FILE", required = true)]
    pub files: Vec<String>,

    /// The folder that has config.yml and kinds/ [default: taskcluster, else the embedded kinds]
    #[arg(short, long, value_name = "DIR")]
    pub root: Option<PathBuf>,

    /// How to tell what was found
    #[arg(long, value_enum, default_value_t = CheckFormat::Text)]
    pub format: CheckFormat,

    /// Show everything as JSON, see docs/check-json.md: short for --format json
    #[arg(short = 'J', long, conflicts_with = "format")]
    pub json: bool,

    /// Write to this file
    #[arg(short, long, value_name = "FILE")]
    pub output_file: Option<PathBuf>,

    /// Show the summary only, and no problem
    #[arg(short, long)]
    pub quiet: bool,

    /// End with status 1 if there are warnings
    #[arg(long)]
    pub strict: bool,
}

/// The formats of `config check`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum CheckFormat {
    /// Problems with the source around them on stderr, and a table of all files
    Text,
    /// One JSON object, see docs/check-json.md
    Json,
    /// Annotations for a workflow of GitHub
    Github,
    /// SARIF 2.1.0
    Sarif,
}
