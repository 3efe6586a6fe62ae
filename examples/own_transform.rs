//! A program of one's own: all commands of taskgraph-rs, for trees whose kinds name `my.transforms.shout`.
//!
//!     cargo run --example own_transform -- full --root path/to/taskcluster

use std::process::ExitCode;

use anyhow::Result;
use taskgraph::schema::fields::Fields as _;
use taskgraph::transform::{Context, TaskDescription, each};

/// Writes descriptions in capital letters.
fn shout(_: &Context<'_>, descriptions: Vec<TaskDescription>) -> Result<Vec<TaskDescription>> {
    each(descriptions, |description| {
        let loud = description.text("description")?.to_uppercase();
        description.put("description", loud);
        Ok(())
    })
}

/// All commands of taskgraph-rs, with one transform more.
pub fn main() -> ExitCode {
    taskgraph_rs::run(&taskgraph_rs::registry().transform("my.transforms.shout", shout))
}
