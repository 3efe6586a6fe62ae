//! Flags of `action-callback` and `test-action-callback`.

use std::path::PathBuf;

use clap::Args as ClapArgs;

use crate::args::show::TreeOptions;

/// Flags of `action-callback`. What the action is about stands in the environment of its task.
#[derive(ClapArgs)]
pub struct ActionCallbackOptions {
    /// The tree.
    #[command(flatten)]
    pub tree: TreeOptions,

    /// The folders.
    #[command(flatten)]
    pub folders: FolderOptions,
}

/// Flags of `test-action-callback`.
#[derive(ClapArgs)]
pub struct TestActionCallbackOptions {
    /// The action: its callback name, which stands under `cb_name` in actions.json
    #[arg(value_name = "CALLBACK")]
    pub callback: String,

    /// The tree.
    #[command(flatten)]
    pub tree: TreeOptions,

    /// The task that the action is about
    #[arg(long, value_name = "TASK-ID")]
    pub task_id: Option<String>,

    /// The task group that the action is about
    #[arg(long, value_name = "TASK-ID")]
    pub task_group_id: Option<String>,

    /// What somebody would write into the form of the action: a file (.yml or .json)
    #[arg(long, value_name = "FILE")]
    pub input: Option<PathBuf>,

    /// Parameters: a file (.yml or .json), a url, task-id=ID, project=NAME or index=PATH
    #[arg(short, long, value_name = "SPEC")]
    pub parameters: Option<String>,

    /// Ask no network: an action that has to know what a task or a group has is refused; nothing is found in the index
    #[arg(long)]
    pub offline: bool,

    /// The folders.
    #[command(flatten)]
    pub folders: FolderOptions,
}

/// Where artifacts go.
#[derive(ClapArgs)]
pub struct FolderOptions {
    /// The folder for artifacts
    #[arg(long, value_name = "DIR", default_value = "artifacts")]
    pub artifacts_dir: PathBuf,

    /// The folder for the contexts of docker images
    #[arg(long, value_name = "DIR", default_value = "docker-contexts")]
    pub contexts_dir: PathBuf,
}
