//! The graph of one config: what the questions are asked of.

use crate::args::ConfigOptions;
use crate::config_file::read;
use crate::environment::{open_tree_or_embedded, settings};
use crate::known_urls;
use crate::output::keep_inputs;
use crate::report::Reporter;
use std::path::Path;
use std::time::SystemTime;
use taskgraph::diagnostics::{Problem, Problems};
use taskgraph::error::Result;
use taskgraph::generator::target_tasks::Targets;
use taskgraph::generator::{Full, Project};
use taskgraph::parameters::Params;
use taskgraph::registry::Registry;
use taskgraph::settings::Settings;
use taskgraph_training::{of_run_task, parameters, set_stage};

/// A graph, and what is asked of it.
pub(crate) struct ConfigGraph {
    /// The tree it is made of.
    pub project: Project,
    /// All tasks.
    pub full: Full,
    /// Target tasks.
    pub targets: Targets,
}

/// Generates the graph that the flags name, and prints warnings.
pub(crate) fn made(
    options: &ConfigOptions,
    trace: bool,
    registry: &Registry,
    reporter: &Reporter,
) -> Result<ConfigGraph> {
    Ok(made_with(options, |settings| Settings { trace, ..settings }, registry, reporter)?.0)
}

/// The same with other settings, which are returned with the graph.
pub(crate) fn made_with(
    options: &ConfigOptions,
    change: impl FnOnce(Settings) -> Settings,
    registry: &Registry,
    reporter: &Reporter,
) -> Result<(ConfigGraph, Settings)> {
    keep_inputs(options.output_file.as_deref(), options.config.as_deref())?;
    let urls = known_urls::read(options.known_urls.as_deref())?;
    let given = settings(options.tree.run_task_dir.as_deref(), false, registry)?;
    let settings = change(Settings { urls, ..given });
    let tree = open_tree_or_embedded(options.tree.root.as_deref())?;
    let project = Project::load(tree, registry, &Default::default())?;
    let (params, mut warnings) =
        params_of(&project, options.config.as_deref(), options.target_stage.as_deref(), SystemTime::now())?;
    let full = project.full(&params, &settings)?;
    let targets = project.target(&full, &params)?;
    // Ways between tasks do not depend on digests, which run-task changes.
    let (run_task, others) = of_run_task(full.warnings.clone());
    warnings.extend(others);
    warnings.extend(run_task.filter(|_| settings.trace));
    if !options.quiet {
        reporter.warnings(&warnings);
    }
    Ok((ConfigGraph { project, full, targets }, settings))
}

/// The parameters in a file, or those that a tree has by itself; and what is to be said about them.
pub(crate) fn params_of(
    project: &Project,
    config: Option<&Path>,
    stage: Option<&str>,
    now: SystemTime,
) -> Result<(Params, Vec<Problem>)> {
    if let Some(path) = config {
        return parameters(project, &read(path)?, stage, now);
    }
    let mut params = Params::default();
    let mut problems = project.complete(&mut params, now)?;
    if let (Some(stage), Some(training)) = (stage, taskgraph_training::pipeline::of(&project.extension)) {
        set_stage(&mut params, training, stage);
        problems.extend(project.complete(&mut params, now)?);
    }
    match problems.iter().any(Problem::is_error) {
        true => Err(Problems(problems).into()),
        false => Ok((params, problems)),
    }
}
