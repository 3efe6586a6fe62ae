//! Flags of `load-task`.

use std::path::PathBuf;

use clap::Args as ClapArgs;

use crate::args::{EngineOptions, TreeOptions};

/// Flags of `load-task`.
#[derive(ClapArgs)]
pub struct LoadTaskOptions {
    /// A label of the graph, a taskId, or `-`: a definition in JSON, or a taskId, on stdin
    #[arg(value_name = "TASK")]
    pub task: String,

    /// A training config or a set of parameters: TASK is a label of its graph
    #[arg(short, long, visible_alias = "parameters", visible_short_alias = 'p', value_name = "FILE")]
    pub config: Option<PathBuf>,

    /// Another target stage than the one in FILE
    #[arg(long, value_name = "STAGE")]
    pub target_stage: Option<String>,

    /// A JSON list of the urls that exist: questions about urls are answered from it
    #[arg(long, value_name = "FILE")]
    pub known_urls: Option<PathBuf>,

    /// Set up the task and then open a shell, in which `exec-task` runs its command; needs run-task
    #[arg(short, long)]
    pub interactive: bool,

    /// Run it in this image: an image of the tree, task-id=…, index=… or one that a registry has
    #[arg(long, value_name = "IMAGE")]
    pub image: Option<String>,

    /// Who the shell is for
    #[arg(long, value_name = "USER", default_value = "worker")]
    pub user: String,

    /// Keep the container when the task has ended
    #[arg(long)]
    pub keep: bool,

    /// Use this checkout as it lies here, and not a clone: the task can change its files
    #[arg(long, visible_alias = "use-local-checkout")]
    pub develop: bool,

    /// Mount a folder of this machine; may be given several times
    #[arg(short, long = "volume", value_name = "HOST_DIR:CONTAINER_DIR")]
    pub volumes: Vec<String>,

    /// Set a variable; without a value it is that of this environment; may be given several times
    #[arg(short, long = "env", value_name = "NAME[=VALUE]")]
    pub env: Vec<String>,

    /// Keep the caches of the task in volumes of the engine, for the next task that has them
    #[arg(long)]
    pub caches: bool,

    /// Where artifacts lie, in one folder for each label: those that the task fetches, and those that it leaves
    #[arg(long, value_name = "DIR")]
    pub artifacts: Option<PathBuf>,

    /// Fetch what a task of the graph has left from this task of Taskcluster; may be given several times
    #[arg(long = "upstream", value_name = "LABEL=TASK_ID")]
    pub upstreams: Vec<String>,

    /// Fetch what tasks of the graph have left from the tasks of this decision (or action) task
    #[arg(long, value_name = "TASK_ID")]
    pub decision: Option<String>,

    /// Ask no index: neither for the image nor for what the task fetches
    #[arg(long)]
    pub offline: bool,

    /// The engine.
    #[command(flatten)]
    pub engine: EngineOptions,

    /// The tree.
    #[command(flatten)]
    pub tree: TreeOptions,

    /// Say nothing but errors, and what the task says
    #[arg(short, long)]
    pub quiet: bool,
}
