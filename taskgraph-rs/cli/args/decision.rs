//! Flags of `decision`: those of the reference, and a few more.

use std::path::PathBuf;

use clap::Args as ClapArgs;

use crate::args::TreeOptions;

/// Flags of `decision`.
#[derive(ClapArgs)]
pub struct DecisionOptions {
    /// The tree.
    #[command(flatten)]
    pub tree: TreeOptions,

    /// Leave out what has to hold for every graph
    #[arg(long)]
    pub no_verify: bool,

    /// Say more: why each task is kept, removed or replaced
    #[arg(short, long)]
    pub verbose: bool,

    /// Write everything, create nothing, and say what would be created
    #[arg(long)]
    pub dry_run: bool,

    /// With --dry-run: ask no network; nothing is found in the index, and urls are assumed to be there
    #[arg(long, requires = "dry_run")]
    pub offline: bool,

    /// The folder for artifacts
    #[arg(long, value_name = "DIR", default_value = "artifacts")]
    pub artifacts_dir: PathBuf,

    /// The folder for the contexts of docker images
    #[arg(long, value_name = "DIR", default_value = "docker-contexts")]
    pub contexts_dir: PathBuf,

    /// A JSON list of the urls that exist: questions about urls are answered from it
    #[arg(long, value_name = "FILE")]
    pub known_urls: Option<PathBuf>,

    /// The commit message; Taskgraph takes it, too, and reads it nowhere
    #[arg(long, hide = true, value_name = "TEXT")]
    pub message: Option<String>,

    /// The event.
    #[command(flatten)]
    pub event: EventOptions,
}

/// What is known of the event that causes a decision.
#[derive(ClapArgs)]
#[command(next_help_heading = "The event")]
pub struct EventOptions {
    /// The project: the name of the repository
    #[arg(long)]
    pub project: String,

    /// The id of the push in the pushlog; 0 if there is none
    #[arg(long, value_name = "ID")]
    pub pushlog_id: String,

    /// When it was pushed, in seconds since 1970; 0 for now
    #[arg(long, value_name = "SECONDS", allow_negative_numbers = true)]
    pub pushdate: i64,

    /// The address of the owner of the graph
    #[arg(long)]
    pub owner: String,

    /// The SCM level of the repository
    #[arg(long)]
    pub level: String,

    /// The method that picks targets [default: the default method, or what the commit message asks for]
    #[arg(long, value_name = "METHOD")]
    pub target_tasks_method: Option<String>,

    /// git or hg
    #[arg(long, value_name = "TYPE")]
    pub repository_type: String,

    /// The url of the repository that changes go to
    #[arg(long, value_name = "URL")]
    pub base_repository: String,

    /// The branch that changes go to [default: the default branch]
    #[arg(long, value_name = "REF", default_value = "", hide_default_value = true)]
    pub base_ref: String,

    /// The commit that changes start from [default: the latest that both branches have]
    #[arg(long, value_name = "REV", default_value = "", hide_default_value = true)]
    pub base_rev: String,

    /// The url of the repository that changes come from
    #[arg(long, value_name = "URL")]
    pub head_repository: String,

    /// The branch that changes come from
    #[arg(long, value_name = "REF")]
    pub head_ref: String,

    /// The commit that is built
    #[arg(long, value_name = "REV")]
    pub head_rev: String,

    /// The tag of that commit
    #[arg(long, value_name = "TAG", default_value = "", hide_default_value = true)]
    pub head_tag: String,

    /// What causes the graph: github-push, github-pull-request, cron, action, …
    #[arg(long, value_name = "EVENT")]
    pub tasks_for: String,

    /// The file with parameters of a try push or a pull request [default: try_task_config.json]
    #[arg(long, value_name = "FILE")]
    pub try_task_config_file: Option<PathBuf>,

    /// Read parameters from try_task_config.json or from git notes [Taskgraph 21 and later]
    #[arg(long)]
    pub allow_parameter_override: bool,
}
