//! `doctor`: what a tree needs to be made, who makes which part of it and why, and what is missing.

mod findings;
mod missing_parts;
mod text;

use crate::Status;
use crate::args::TreeOptions;
use crate::environment::{open_tree, settings};
use crate::output::write;
use crate::output_format::OutputFormat;
use crate::output_medium::OutputMedium;
use crate::report::Reporter;
use clap::Args as ClapArgs;
use findings::{Findings, Installation, PythonRegistrations};
use missing_parts::missing;
use std::path::PathBuf;
use taskgraph::error::Result;
use taskgraph::generator::Project;
use taskgraph::known_python::Pins;
use taskgraph::registry::Registry;

/// Flags of `doctor`.
#[derive(ClapArgs)]
pub(crate) struct DoctorOptions {
    /// The tree.
    #[command(flatten)]
    pub tree: TreeOptions,

    /// Run the Python of the tree: let it register, and show what it adds to Taskgraph
    #[arg(long)]
    pub run: bool,

    /// Show it as JSON
    #[arg(short = 'J', long)]
    pub json: bool,

    /// Write to this file
    #[arg(short, long, value_name = "FILE")]
    pub output_file: Option<PathBuf>,
}

/// Shows what there is to say of a tree. Its Python runs only if the options say so.
pub(crate) fn run(options: &DoctorOptions, registry: &Registry, reporter: &Reporter) -> Result<Status> {
    let is_json = options.json || OutputFormat::is_json(options.output_file.as_deref())?;
    let tree = open_tree(options.tree.root.as_deref())?;
    let run_task = settings(options.tree.run_task_dir.as_deref(), false, registry)?.run_task;
    let pins = Pins::of(&tree);
    let installation = Installation::of(&pins, registry);
    let mut findings = Findings::new(tree.name(), installation, run_task.as_ref(), registry);
    match Project::survey(tree, registry) {
        Ok(project) => {
            findings.take(&project);
            findings.missing = missing(&findings, &pins, registry, options.run);
            let can_start = findings.missing.iter().all(|missing| !missing.is_fatal || missing.is_package);
            if options.run && can_start {
                match registered(&project) {
                    Ok(registered) => {
                        findings.missing.retain(|missing| !missing.is_package);
                        findings.take_registered(registered);
                    }
                    Err(error) => findings.problems.extend(error.into_problems()?),
                }
            }
        }
        Err(error) => findings.problems.extend(error.into_problems()?),
    }
    findings.conclude();
    write(options.output_file.as_deref(), |out| {
        if is_json {
            serde_json::to_writer_pretty(&mut *out, &findings)?;
            return Ok(writeln!(out)?);
        }
        Ok(out
            .write_all(text::page(&findings, OutputMedium::of(options.output_file.as_deref())).as_bytes())?)
    })?;
    if !is_json {
        reporter.problems(&findings.problems);
    }
    Ok(if findings.can_be_made { Status::Fine } else { Status::Refused })
}

/// Returns the registrations of the tree's Python. It runs for that.
fn registered(project: &Project) -> Result<PythonRegistrations> {
    let worker = project.worker()?;
    Ok(PythonRegistrations::new(&worker.opened, project.forced()?))
}
