//! A program with a transform of one's own: `full -J` for a tree whose kinds name `my.transforms.shout`.
//!
//!     cargo run --example own_transform -- path/to/taskcluster parameters.yml

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::{Context as _, Result};
use taskgraph::fields::Fields as _;
use taskgraph::params::{Params, read_file};
use taskgraph::pipeline::Loaded;
use taskgraph::problem::Problems;
use taskgraph::settings::Settings;
use taskgraph::transform::{Context, Stub, each};
use taskgraph::tree::Tree;

/// Writes descriptions in capital letters.
fn shout(_: &Context<'_>, stubs: Vec<Stub>) -> Result<Vec<Stub>> {
    each(stubs, |stub| {
        let description = stub.text("description")?.to_uppercase();
        stub.put("description", description);
        Ok(())
    })
}

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [root, parameters] = &arguments[..] else { anyhow::bail!("usage: own_transform TREE PARAMETERS") };

    let registry = taskgraph_transforms::registry().transform("my.transforms.shout", shout);

    let tree = Tree::open(Path::new(root), &std::env::current_dir()?)?;
    let loaded = Loaded::load(tree, &registry, &BTreeSet::new())?;
    let given = read_file(Path::new(parameters)).context("the parameters")?;
    let mut params = Params::new(given.values, vec![given.layer]);
    Problems(loaded.complete(&mut params, std::time::SystemTime::now())?).check()?;
    loaded.full(&params, &Settings::default())?.graph.write_json(&mut std::io::stdout().lock())
}
