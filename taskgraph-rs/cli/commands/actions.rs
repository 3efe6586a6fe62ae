//! `actions`: what people can ask of a task group.

use crate::Status;
use crate::environment::open_tree;
use crate::output::write;
use crate::output_format::OutputFormat;
use crate::parameters::completed;
use crate::report::Reporter;
use anstream::eprintln;
use clap::Args as ClapArgs;
use std::collections::BTreeSet;
use std::path::PathBuf;
use taskgraph::error::Result;
use taskgraph::generator::{NO_DECISION, Project};
use taskgraph::registry::Registry;
use taskgraph_compat::json;
use taskgraph_decision::actions;

/// Flags of `actions`.
#[derive(ClapArgs)]
pub(crate) struct ActionsOptions {
    /// The folder that has config.yml and kinds/ [default: taskcluster of this checkout]
    #[arg(short, long, value_name = "DIR")]
    pub root: Option<PathBuf>,

    /// Parameters: a file (.yml or .json), a url, task-id=ID, project=NAME or index=PATH
    #[arg(short, long, value_name = "SPEC")]
    pub parameters: Option<String>,

    /// Say more: which actions are not offered
    #[arg(short, long)]
    pub verbose: bool,

    /// Write to this file
    #[arg(short, long, value_name = "FILE")]
    pub output_file: Option<PathBuf>,
}

/// Shows actions.json.
pub(crate) fn show(options: &ActionsOptions, registry: &Registry, reporter: &Reporter) -> Result<Status> {
    OutputFormat::wanted(options.output_file.as_deref(), &[OutputFormat::Json])?;
    let project = Project::load(open_tree(options.root.as_deref())?, registry, &BTreeSet::new())?;
    let params = completed(&project, options.parameters.as_deref(), reporter)?;
    let rendered = actions::render(&project, &params, NO_DECISION)?;
    if options.verbose {
        for action in actions::all(&project).iter().filter(|action| !(action.is_available)(&params)) {
            eprintln!("`{}` is not offered with these parameters", action.callback_name);
        }
    }
    write(options.output_file.as_deref(), |out| {
        json::pretty_sorted(&rendered, &mut *out)?;
        Ok(writeln!(out)?)
    })?;
    Ok(Status::Fine)
}
