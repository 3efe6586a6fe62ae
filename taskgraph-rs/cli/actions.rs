//! `actions`: what people can ask of a task group.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::SystemTime;

use anstream::eprintln;
use anyhow::Result;
use taskgraph::actions;
use taskgraph::json;
use taskgraph::params::{Params, read_file};
use taskgraph::pipeline::{Loaded, NO_DECISION};
use taskgraph::problem::{Problem, Problems, Severity};
use taskgraph_transforms::registry;

use crate::Status;
use crate::args::ActionsOptions;
use crate::environment::open_tree;
use crate::output::write;
use crate::report::Reporter;

/// Shows actions.json.
pub fn show(options: &ActionsOptions, reporter: &Reporter) -> Result<Status> {
    let loaded = Loaded::load(open_tree(options.root.as_deref())?, &registry(), &BTreeSet::new())?;
    let params = parameters(&loaded, options.parameters.as_deref(), reporter)?;
    let rendered = actions::render(&loaded, &params, NO_DECISION)?;
    if options.verbose {
        for action in actions::all(&loaded).iter().filter(|action| !(action.is_available)(&params)) {
            eprintln!("`{}` is not offered with these parameters", action.callback_name);
        }
    }
    write(options.output_file.as_deref(), |out| {
        json::pretty_sorted(&rendered, &mut *out)?;
        Ok(writeln!(out)?)
    })?;
    Ok(Status::Fine)
}

/// Parameters out of a file, or those of the checkout.
fn parameters(loaded: &Loaded, file: Option<&Path>, reporter: &Reporter) -> Result<Params> {
    let mut params = match file {
        None => Params::default(),
        Some(path) => {
            let given = read_file(path)?;
            Params::new(given.values, vec![given.layer])
        }
    };
    let found = loaded.complete(&mut params, SystemTime::now())?;
    let (errors, warnings): (Vec<Problem>, Vec<Problem>) =
        found.into_iter().partition(|problem| problem.severity == Severity::Error);
    Problems(errors).check()?;
    reporter.warnings(&warnings);
    Ok(params)
}
