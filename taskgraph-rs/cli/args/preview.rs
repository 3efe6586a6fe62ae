//! Flags of `graph preview`.

use std::path::PathBuf;

use clap::Args as ClapArgs;

/// Flags of `graph preview`.
#[derive(ClapArgs)]
#[command(group = clap::ArgGroup::new("times").args(["history", "look_up", "from"]).multiple(true))]
pub struct PreviewOptions {
    /// A training config, a set of parameters, or `-` for standard input
    #[arg(value_name = "CONFIG")]
    pub config: PathBuf,

    /// The folder that has config.yml and kinds/ [default: taskcluster of this checkout, else the embedded kinds]
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

    /// Compare with this config, or with `none` [default: CONFIG without what it reuses]
    #[arg(long, value_name = "FILE")]
    pub against: Option<PathBuf>,

    /// How to show it [default: what the ending of --output-file says, else text]
    #[arg(long, value_enum)]
    pub format: Option<PreviewFormat>,

    /// Show everything as JSON, see docs/preview-json.md: the same as --format json
    #[arg(short = 'J', long, conflicts_with = "format")]
    pub json: bool,

    /// Write to this file
    #[arg(short, long, value_name = "FILE")]
    pub output_file: Option<PathBuf>,

    /// Write a page and open it in a browser: --format html, in a temporary file unless --output-file names one
    #[arg(long, conflicts_with_all = ["format", "json"])]
    pub open: bool,

    /// Show this task and its neighbours only; as text, explain it
    #[arg(long, value_name = "LABEL")]
    pub focus: Option<String>,

    /// List every label, every key and every kind
    #[arg(long)]
    pub all: bool,

    /// Preview again whenever CONFIG is saved, until Ctrl-C, or until nobody reads the output any more
    #[arg(long)]
    pub watch: bool,

    /// End with status 1 if there are warnings
    #[arg(long)]
    pub strict: bool,

    /// A JSON list of the urls that exist: questions about urls are answered from it
    #[arg(long, value_name = "FILE")]
    pub known_urls: Option<PathBuf>,

    /// Look up what the index has: which tasks would really run, which are there already and until when
    #[arg(long, conflicts_with = "offline")]
    pub look_up: bool,

    /// Show what the `train` action would do on top of these task groups: which of their tasks are used again, which run,
    /// and what differs; without a GROUP on top of those that CONFIG names
    #[arg(long, value_name = "GROUP", num_args = 0.., conflicts_with = "offline")]
    pub from: Option<Vec<String>>,

    /// With --from: the stage to start at (the tree of December 2024), or how the labels start that are done anew
    #[arg(long, value_name = "STAGE", requires = "from")]
    pub start: Option<String>,

    /// Tell how long the run will take, by the earlier tasks of this file (JSON, or .jsonl for JSON lines), see
    /// docs/estimates.md; --look-up and --from find others. The drawing or explanation of one task (--focus) has no place for it
    #[arg(long, value_name = "FILE")]
    pub history: Vec<PathBuf>,

    /// Tell what the run will cost: a file with what an hour of each worker pool costs (YAML or JSON), see docs/estimates.md
    #[arg(long, value_name = "FILE", requires = "times")]
    pub prices: Option<PathBuf>,

    /// Write the earlier tasks that were given and found to this file, as JSON lines that --history reads
    #[arg(long, value_name = "FILE", requires = "times")]
    pub write_history: Option<PathBuf>,

    /// Ask for every file that the run would fetch from elsewhere: whether it is there, how large it is, when it expires
    #[arg(long)]
    pub check_urls: bool,

    /// Ask no network; what is not known about urls is assumed, with a warning
    #[arg(long)]
    pub offline: bool,
}

/// The formats of `graph preview`.
#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum PreviewFormat {
    /// For a terminal
    Text,
    /// For a script, see docs/preview-json.md
    Json,
    /// One page to look at, with everything in it
    Html,
    /// A drawing of the kinds
    Svg,
    /// The same for Graphviz
    Dot,
    /// The same for Mermaid
    Mermaid,
    /// For a comment on a pull request
    Markdown,
}
