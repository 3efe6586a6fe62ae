//! Flags of `build-image`, and those of all commands that call a container engine.

use std::path::PathBuf;

use clap::Args as ClapArgs;

use crate::args::TreeOptions;

/// Flags of `build-image`.
#[derive(ClapArgs)]
pub struct BuildImageOptions {
    /// The name of the image, as in the kind docker-image
    #[arg(value_name = "IMAGE")]
    pub image: String,

    /// Call the image this [default: IMAGE:latest]
    #[arg(short, long, value_name = "NAME:TAG")]
    pub tag: Option<String>,

    /// Build nothing: write the context of the image to this file (.tar.gz)
    #[arg(long, value_name = "FILE")]
    pub context_only: Option<PathBuf>,

    /// The engine.
    #[command(flatten)]
    pub engine: EngineOptions,

    /// The tree.
    #[command(flatten)]
    pub tree: TreeOptions,
}

/// Which container engine is called.
#[derive(ClapArgs)]
pub struct EngineOptions {
    /// The container engine: a program on PATH or a path [default: docker, or else podman]
    #[arg(long, value_name = "PROGRAM", env = "TASKGRAPH_CONTAINER_ENGINE")]
    pub engine: Option<String>,
}
