//! `tasks`, `full`, `target`, `target-graph`, `optimized` and `morphed`: graphs as data, for scripts.

use crate::args::{GraphOptions, LookUpOptions};
use crate::environment::{open_tree, settings};
use crate::graph_output::GraphOutput;
use crate::index_source::IndexSource;
use crate::output::{keep_inputs, write};
use crate::output_format::OutputFormat;
use crate::output_medium::one_line;
use crate::parameters::{name_of, specs};
use crate::phase::Phase;
use crate::report::Reporter;
use crate::revision_diff::BaseRevision;
use crate::task_source::task_source;
use crate::{Status, known_urls, parameters, threads};
use anstream::eprintln;
use clap::Args as ClapArgs;
use std::collections::BTreeSet;
use std::mem::ManuallyDrop;
use std::path::{Path, PathBuf};
use std::time::{Instant, SystemTime};
use taskgraph::diagnostics::document::equal_keys;
use taskgraph::diagnostics::{Problem, Problems, Severity};
use taskgraph::error::Result;
use taskgraph::generator::Project;
use taskgraph::parameters::{Params, Spec};
use taskgraph::registry::Registry;
use taskgraph::schema::fields::Fields as _;
use taskgraph::settings::Settings;
use taskgraph_compat::terminal::inert;
use taskgraph_compat::value::{Map, Value};
use taskgraph_training::checks::unused_keys;

/// Flags of the commands that show what has to run.
#[derive(ClapArgs)]
pub(crate) struct OptimizedOptions {
    /// Graph, and its output.
    #[command(flatten)]
    pub graph: GraphOptions,

    /// Source of answers about the index.
    #[command(flatten)]
    pub look_up: LookUpOptions,
}

/// Shows one graph for each set of parameters.
pub(crate) fn show(
    options: &GraphOptions,
    phase: Phase,
    registry: &Registry,
    reporter: &Reporter,
) -> Result<Status> {
    show_with(options, phase, (&IndexSource::Nobody, false), registry, reporter)
}

/// Shows what has to run, one graph for each set of parameters.
pub(crate) fn show_optimized(
    options: &OptimizedOptions,
    phase: Phase,
    registry: &Registry,
    reporter: &Reporter,
) -> Result<Status> {
    let answers = IndexSource::new(&options.look_up)?;
    show_with(&options.graph, phase, (&answers, options.look_up.offline), registry, reporter)
}

fn show_with(
    options: &GraphOptions,
    phase: Phase,
    (answers, is_offline): (&IndexSource, bool),
    registry: &Registry,
    reporter: &Reporter,
) -> Result<Status> {
    let started = Instant::now();
    // A graph as labels may be called anything, as with Taskgraph; what nothing here writes is refused.
    let can = [OutputFormat::Text, OutputFormat::Json, OutputFormat::Yaml];
    OutputFormat::wanted(options.output_file.as_deref(), &can)?;
    threads::start(options.max_workers)?;
    let tree = open_tree(options.tree.root.as_deref())?;
    let urls = known_urls::read(options.known_urls.as_deref())?;
    let settings = Settings {
        urls,
        optimize: !options.no_optimize,
        task_source: task_source(is_offline),
        ..settings(options.tree.run_task_dir.as_deref(), options.fast, registry)?
    };
    let specs = specs(&options.parameters)?;
    keep_inputs(options.output_file.as_deref(), options.parameters.iter().map(PathBuf::as_path))?;
    let targets: BTreeSet<String> = options.target_kinds.iter().cloned().collect();
    let shown = GraphOutput::new(options)?;
    // The process ends with this call: to free a graph piece by piece would only take time.
    let project = ManuallyDrop::new(Project::load(tree, registry, &targets)?);
    if options.verbose {
        eprintln!("read {} kinds in {:.1?}", project.kinds.len(), started.elapsed());
    }
    if !options.quiet {
        let conflicts = project.version_conflicts(&settings).into_iter();
        let keys = project.equal_keys().into_iter().chain(project.misspelled_keys());
        reporter.warnings(&conflicts.map(Problem::as_warning).chain(keys).collect::<Vec<_>>());
        reporter.warnings(&Vec::from_iter(project.without_python()));
    }
    let mut problems = Vec::new();
    let mut outputs = ManuallyDrop::new(Vec::new());
    let base = options
        .diff
        .as_deref()
        .map(|rev| BaseRevision::load(&project.tree, registry, rev, &targets))
        .transpose()?;
    for spec in &specs {
        let spec = spec.as_ref();
        let made = params(&project, spec, options).and_then(|(mut params, given)| {
            let started = Instant::now();
            let made = phase.graph(&project, &params, &settings, answers)?;
            let (shown, warned) = (made.graph, made.warnings);
            if options.verbose {
                eprintln!("{} tasks in {:.1?}", shown.len(), started.elapsed());
            }
            if !options.quiet {
                made.made_by_python.iter().for_each(|line| eprintln!("{}", one_line(line)));
                reporter.warnings(&warnings_of(&project, &params, given, warned, options, phase));
            }
            let before = match &base {
                Some(base) => Some(base.graph(&mut params, &settings, phase, answers)?),
                None => None,
            };
            Ok((name_of(spec), shown, before))
        });
        match made {
            Ok(made) => outputs.push(made),
            Err(error) => problems.extend(error.into_problems()?),
        }
    }
    Problems(problems).check()?;
    for (name, graph, before) in outputs.iter() {
        let path = options.output_file.as_deref().map(|path| path_for(path, name, specs.len() > 1));
        if path.is_none() && !options.quiet && specs.len() > 1 {
            eprintln!("parameters: {}", inert(name));
        }
        write(path.as_deref(), |out| match (before, &base) {
            (Some(before), Some(base)) => {
                let text = base.unified(phase, |graph, out| shown.write(graph, out), before, graph)?;
                Ok(out.write_all(text.as_bytes())?)
            }
            _ => shown.write(graph, out),
        })?;
    }
    if base.is_some() && !options.json && !options.yaml && !options.quiet {
        eprintln!("these are the labels that differ; -J compares the tasks themselves");
    }
    Ok(Status::Fine)
}

/// Warnings about parameters, and the given ones among them.
struct ParameterReport {
    warnings: Vec<Problem>,
    own: Map,
}

/// The parameters of a spec, complete and checked.
fn params(
    project: &Project,
    spec: Option<&Spec>,
    options: &GraphOptions,
) -> Result<(Params, ParameterReport)> {
    let mut warnings = Vec::new();
    let mut params = match spec {
        None => Params::default(),
        Some(spec) => {
            let given = parameters::read(spec, project)?;
            warnings.extend(equal_keys(&given.layer.document));
            let mut values = given.values;
            if options.force_local_files_changed {
                // What is missing is filled in from the checkout.
                values.shift_remove("files_changed");
            }
            Params::new(values, vec![given.layer])
        }
    };
    let kinds = options.target_kinds.iter().map(String::as_str).collect::<Value>();
    params.values_mut().put("target-kinds", kinds);
    let own = params.values().clone();
    let found = project.complete(&mut params, SystemTime::now())?;
    let (errors, warned): (Vec<Problem>, Vec<Problem>) =
        found.into_iter().partition(|problem| problem.severity == Severity::Error);
    Problems(errors).check()?;
    warnings.extend(warned);
    Ok((params, ParameterReport { warnings, own }))
}

/// All that is to be said about a graph.
fn warnings_of(
    project: &Project,
    params: &Params,
    given: ParameterReport,
    warned: Vec<Problem>,
    options: &GraphOptions,
    phase: Phase,
) -> Vec<Problem> {
    let mut warnings = given.warnings;
    warnings.extend(warned);
    // Kinds that are not made read nothing, which says nothing of their keys.
    if phase != Phase::Tasks && options.target_kinds.is_empty() {
        warnings.extend(unread(project, params, &given.own));
    }
    warnings
}

/// Keys of the training config in the file that was given that nothing reads.
fn unread(project: &Project, params: &Params, own: &Map) -> Vec<Problem> {
    let parameter = taskgraph_training::pipeline::of(&project.extension).map(|training| training.parameter);
    parameter
        .and_then(|name| own.get(name))
        .map(|own| unused_keys::unread(project, params, own))
        .unwrap_or_default()
}

/// The output file for one of several sets of parameters.
fn path_for(path: &Path, name: &str, several: bool) -> PathBuf {
    let text = path.to_string_lossy();
    match (several, text.contains("{params}")) {
        (false, false) => path.to_owned(),
        (_, true) => text.replace("{params}", name).into(),
        (true, false) => {
            let stem = path.file_stem().unwrap_or_default().to_string_lossy();
            let ending =
                path.extension().map(|ext| format!(".{}", ext.to_string_lossy())).unwrap_or_default();
            path.with_file_name(format!("{stem}_{name}{ending}"))
        }
    }
}
