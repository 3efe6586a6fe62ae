//! `config schema`: what a training config looks like, as JSON Schema for editors.

use crate::Status;
use crate::environment::open_tree_or_embedded;
use crate::output::write;
use crate::output_format::OutputFormat;
use clap::Args as ClapArgs;
use std::path::PathBuf;
use taskgraph::diagnostics::Problems;
use taskgraph::error::Result;
use taskgraph::generator::Project;
use taskgraph::registry::Registry;
use taskgraph::schema::json_schema::{Strictness, json_schema};
use taskgraph_training::no_training;

/// Flags of `config schema`.
#[derive(ClapArgs)]
pub(crate) struct SchemaOptions {
    /// The folder that has config.yml and kinds/ [default: taskcluster of this checkout, else the embedded kinds]
    #[arg(short, long, value_name = "DIR")]
    pub root: Option<PathBuf>,

    /// For whole configs: all that has to be there is required, and unknown keys are refused
    #[arg(long)]
    pub strict: bool,

    /// Write to this file
    #[arg(short, long, value_name = "FILE")]
    pub output_file: Option<PathBuf>,
}

/// Prints the schema of the tree's training config.
pub(crate) fn run(options: &SchemaOptions, registry: &Registry) -> Result<Status> {
    OutputFormat::wanted(options.output_file.as_deref(), &[OutputFormat::Json])?;
    let tree = open_tree_or_embedded(options.root.as_deref())?;
    let project = Project::load(tree, registry, &Default::default())?;
    let training = taskgraph_training::pipeline::of(&project.extension);
    let field = training.and_then(|training| {
        project.extension.parameters.iter().find(|field| field.name == training.parameter)
    });
    let Some(field) = field else { return Err(Problems::from(no_training(&project)).into()) };
    let strictness = if options.strict { Strictness::Strict } else { Strictness::Lenient };
    let title = format!("Training config of {}", project.tree.name());
    let schema = json_schema(&field.schema, &title, strictness);
    write(options.output_file.as_deref(), |out| {
        serde_json::to_writer_pretty(&mut *out, &schema)?;
        Ok(writeln!(out)?)
    })?;
    Ok(Status::Fine)
}
