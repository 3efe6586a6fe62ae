//! Flags of the commands that call a container engine.

use clap::Args as ClapArgs;

/// Flags of the container engine.
#[derive(ClapArgs)]
pub(crate) struct EngineOptions {
    /// The container engine: a program on PATH or a path [default: docker, or else podman]
    #[arg(long, value_name = "PROGRAM", env = "TASKGRAPH_CONTAINER_ENGINE")]
    pub engine: Option<String>,
}
