//! `actions`: what people can ask of a task group.

use std::collections::BTreeSet;

use crate::Status;
use crate::args::ActionsOptions;
use crate::environment::open_tree;
use crate::output::write;
use crate::output_format::OutputFormat;
use crate::parameters::completed;
use crate::report::Reporter;
use anstream::eprintln;
use anyhow::Result;
use taskgraph::generator::{NO_DECISION, Project};
use taskgraph::transform::Registry;
use taskgraph_compat::json;
use taskgraph_decision::actions;

/// Shows actions.json.
pub fn show(options: &ActionsOptions, registry: &Registry, reporter: &Reporter) -> Result<Status> {
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
