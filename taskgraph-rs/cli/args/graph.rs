//! Flags of the commands that show a graph.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use crate::args::tree::TreeOptions;
use clap::Args as ClapArgs;

/// Flags of the commands that show a graph.
#[derive(ClapArgs)]
pub(crate) struct GraphOptions {
    /// The tree.
    #[command(flatten)]
    pub tree: TreeOptions,

    /// Parameters: a file (.yml or .json), a folder of such files, a url, task-id=…, project=… or index=…; may be given
    /// several times
    #[arg(short, long, value_name = "SPEC")]
    pub parameters: Vec<PathBuf>,

    /// Show the graph as JSON
    #[arg(short = 'J', long, group = "format")]
    pub json: bool,

    /// Show the graph as YAML
    #[arg(short = 'Y', long, group = "format")]
    pub yaml: bool,

    /// Show only the labels (this is the default)
    #[arg(short = 'L', long, group = "format")]
    pub labels: bool,

    /// Write to this file; with several parameters, `{params}` in it stands for their name
    #[arg(short, long, value_name = "FILE")]
    pub output_file: Option<PathBuf>,

    /// Only tasks of this kind and of those it needs; may be given several times
    #[arg(short = 'k', long = "target-kind", value_name = "KIND")]
    pub target_kinds: Vec<String>,

    /// Only tasks whose label matches this regular expression from its start
    #[arg(long = "tasks-regex", visible_alias = "tasks", value_name = "REGEX")]
    pub tasks_regex: Option<String>,

    /// Leave this key (in dot notation) out of every task; may be given several times
    #[arg(long = "exclude-key", value_name = "KEY")]
    pub exclude_keys: Vec<String>,

    /// Show what differs from the graph of another revision, as a unified diff [default: what the work is based on]
    #[arg(long, value_name = "REV", num_args = 0..=1, default_missing_value = "")]
    pub diff: Option<String>,

    /// Largest number of threads [default: one for each core]
    #[arg(short = 'j', long, value_name = "NUMBER")]
    pub max_workers: Option<NonZeroUsize>,

    /// Remove and replace nothing but what no worker can run; of use with optimized and morphed
    #[arg(long)]
    pub no_optimize: bool,

    /// Take the files that are changed in this checkout, also where the parameters name others
    #[arg(long)]
    pub force_local_files_changed: bool,

    /// Be fast: no digests, no checks of schemas
    #[arg(short = 'F', long)]
    pub fast: bool,

    /// Say nothing but errors
    #[arg(short, long)]
    pub quiet: bool,

    /// Say more: what was made, and how long it took
    #[arg(short, long)]
    pub verbose: bool,

    /// A JSON list of the urls that exist: questions about urls are answered from it
    #[arg(long, value_name = "FILE")]
    pub known_urls: Option<PathBuf>,
}
