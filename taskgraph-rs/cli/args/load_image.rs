//! Flags of `load-image`.

use clap::Args as ClapArgs;

use crate::args::{EngineOptions, TreeOptions};

/// Flags of `load-image`.
#[derive(ClapArgs)]
pub struct LoadImageOptions {
    /// The name of the image, as in the kind docker-image: the index is asked for what the content of the tree makes
    #[arg(value_name = "IMAGE", required_unless_present = "task_id", conflicts_with = "task_id")]
    pub image: Option<String>,

    /// Load the image that this task has built, and ask no index
    #[arg(long, value_name = "TASK_ID")]
    pub task_id: Option<String>,

    /// Call the image this as well
    #[arg(short, long, value_name = "NAME:TAG")]
    pub tag: Option<String>,

    /// The engine.
    #[command(flatten)]
    pub engine: EngineOptions,

    /// The tree.
    #[command(flatten)]
    pub tree: TreeOptions,
}
