//! A program of one's own: all commands of taskgraph-rs, for trees whose kinds name `my.transforms.shout`.
//!
//!     cargo run --example own_transform -- full --root path/to/taskcluster

use std::process::ExitCode;

use anyhow::Result;
use taskgraph::schema::fields::Fields as _;
use taskgraph::transform::{Context, TaskDescription, TransformInfo, each};

const SHOUT: TransformInfo =
    TransformInfo::new("my.transforms.shout", "Writes descriptions in capital letters.");

fn shout(_: &Context<'_>, description: &mut TaskDescription) -> Result<()> {
    let loud = description.text("description")?.to_uppercase();
    description.put("description", loud);
    Ok(())
}

/// Runs all commands of taskgraph-rs, with one more transform.
pub(crate) fn main() -> ExitCode {
    taskgraph_rs::run(&taskgraph_rs::registry().transform(SHOUT, each(shout)))
}
