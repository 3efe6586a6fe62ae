//! The commands and their flags: the names that people know from Taskgraph.

use std::path::PathBuf;

use clap::{Args as ClapArgs, Parser, Subcommand};

/// Task graphs for Taskcluster: generates, explains and previews what a training config would run.
#[derive(Parser)]
#[command(name = "taskgraph-rs", version, max_term_width = 100)]
pub struct Args {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What can be done.
#[derive(Subcommand)]
pub enum Command {
    /// Show all tasks of all kinds, without edges between them
    Tasks(GraphOptions),
    /// Show the full task graph: all tasks, with their dependencies
    Full(GraphOptions),
    /// Show the tasks that the parameters ask for, without edges between them
    Target(GraphOptions),
    /// Show the tasks that the parameters ask for, and all they need
    TargetGraph(GraphOptions),
    /// Show the kinds and what they depend on
    KindGraph(KindGraphOptions),
    /// Look at a graph before it runs
    #[command(subcommand)]
    Graph(GraphCommand),
}

/// What can be done with a graph that does not run yet.
#[derive(Subcommand)]
pub enum GraphCommand {
    /// Show what a training config would run: which models, which tasks, on what, and what is wrong with it
    Preview(PreviewOptions),
}

/// Flags of `graph preview`.
#[derive(ClapArgs)]
pub struct PreviewOptions {
    /// A training config, a set of parameters, or `-` for standard input
    #[arg(value_name = "CONFIG")]
    pub config: PathBuf,

    /// The folder that has config.yml and kinds/ [default: taskcluster, else the embedded kinds]
    #[arg(short, long, value_name = "DIR")]
    pub root: Option<PathBuf>,

    /// The folder that has run-task, fetch-content, hgrc and robustcheckout.py
    #[arg(long, value_name = "DIR", env = "TASKGRAPH_RUN_TASK_DIR")]
    pub run_task_dir: Option<PathBuf>,

    /// Another target stage than the one in CONFIG
    #[arg(long, value_name = "STAGE")]
    pub target_stage: Option<String>,

    /// What causes the graph: action, cron, github-push, … [default: what CONFIG says, else action]
    #[arg(long, value_name = "EVENT")]
    pub tasks_for: Option<String>,

    /// Compare with this config, or with `none` [default: CONFIG without its pretrained models]
    #[arg(long, value_name = "FILE")]
    pub against: Option<PathBuf>,

    /// Show everything as JSON, see docs/preview-json.md
    #[arg(short = 'J', long)]
    pub json: bool,

    /// List every label, every key and every kind
    #[arg(long)]
    pub all: bool,

    /// End with status 1 if there are warnings
    #[arg(long)]
    pub strict: bool,

    /// A JSON list of the urls that exist: questions about urls are answered from it
    #[arg(long, value_name = "FILE")]
    pub known_urls: Option<PathBuf>,

    /// Ask no network; what is not known about urls is assumed, with a warning
    #[arg(long)]
    pub offline: bool,
}

/// Flags of the commands that show a graph.
#[derive(ClapArgs)]
pub struct GraphOptions {
    /// The tree.
    #[command(flatten)]
    pub tree: TreeOptions,

    /// Parameters: a file (.yml or .json), or a folder of such files; may be given several times
    #[arg(short, long, value_name = "FILE")]
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

    /// Be fast: no digests, no checks of shapes
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

/// Which tree, and where its surroundings are.
#[derive(ClapArgs)]
pub struct TreeOptions {
    /// The folder that has config.yml and kinds/ [default: taskcluster]
    #[arg(short, long, value_name = "DIR")]
    pub root: Option<PathBuf>,

    /// The folder that has run-task, fetch-content, hgrc and robustcheckout.py
    #[arg(long, value_name = "DIR", env = "TASKGRAPH_RUN_TASK_DIR")]
    pub run_task_dir: Option<PathBuf>,
}

/// Flags of `kind-graph`.
#[derive(ClapArgs)]
pub struct KindGraphOptions {
    /// The folder that has config.yml and kinds/ [default: taskcluster]
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
