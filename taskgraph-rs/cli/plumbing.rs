//! `tasks`, `full`, `target`, `target-graph` and `kind-graph`: graphs as data, for scripts.

use std::collections::BTreeSet;
use std::io::Write;
use std::mem::ManuallyDrop;
use std::path::{Path, PathBuf};
use std::time::{Instant, SystemTime};

use anstream::eprintln;
use anyhow::{Context as _, Result};
use taskgraph::document::equal_keys;
use taskgraph::fields::Fields as _;
use taskgraph::graph::TaskGraph;
use taskgraph::inert::inert;
use taskgraph::params::{Params, read_file};
use taskgraph::pipeline::Loaded;
use taskgraph::problem::{Machine, Problem, Problems, Severity};
use taskgraph::python::Regex;
use taskgraph::settings::Settings;
use taskgraph::unwritable::blame;
use taskgraph::value::{Map, Value};
use taskgraph::{effects, json, yaml};
use taskgraph_transforms::registry;

use crate::Status;
use crate::args::{GraphOptions, KindGraphFormat, KindGraphOptions};
use crate::base::Base;
use crate::environment::{open_tree, settings};
use crate::known_urls;
use crate::output::write;
use crate::report::Reporter;

/// Which graph is shown.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// All tasks, no edges.
    Tasks,
    /// All tasks and edges.
    Full,
    /// Targets, no edges.
    Target,
    /// Targets and all they need.
    TargetGraph,
}

impl Phase {
    /// The graph, and what transforms warn of.
    pub fn graph(
        self,
        loaded: &Loaded,
        params: &Params,
        settings: &Settings,
    ) -> Result<(TaskGraph, Vec<Problem>)> {
        if self == Phase::Tasks {
            return Ok((loaded.tasks(params, settings)?, Vec::new()));
        }
        let full = loaded.full(params, settings)?;
        let shown = match self {
            Phase::Target => loaded.target(&full, params)?.set,
            Phase::TargetGraph => loaded.target(&full, params)?.graph,
            _ => full.graph,
        };
        Ok((shown, full.warnings))
    }

    /// What the reference calls it.
    pub fn name(self) -> &'static str {
        match self {
            Phase::Tasks => "full_task_set",
            Phase::Full => "full_task_graph",
            Phase::Target => "target_task_set",
            Phase::TargetGraph => "target_task_graph",
        }
    }
}

/// Shows one graph for each set of parameters.
pub fn show(options: &GraphOptions, phase: Phase, reporter: &Reporter) -> Result<Status> {
    let started = Instant::now();
    let tree = open_tree(options.tree.root.as_deref())?;
    let urls = known_urls::read(options.known_urls.as_deref())?;
    let settings = Settings { urls, ..settings(options.tree.run_task_dir.as_deref(), options.fast)? };
    let specs = specs(&options.parameters)?;
    let targets: BTreeSet<String> = options.target_kinds.iter().cloned().collect();
    let shown = Shown::new(options)?;
    // The process ends with this call: to free a graph piece by piece would only take time.
    let loaded = ManuallyDrop::new(Loaded::load(tree, &registry(), &targets)?);
    if options.verbose {
        eprintln!("read {} kinds in {:.1?}", loaded.kinds.len(), started.elapsed());
    }
    if !options.quiet {
        reporter.warnings(&Vec::from_iter(loaded.equal_keys()));
    }
    let mut problems = Vec::new();
    let mut outputs = ManuallyDrop::new(Vec::new());
    let base = options.diff.as_deref().map(|rev| Base::load(&loaded.tree, rev, &targets)).transpose()?;
    for spec in &specs {
        let spec = spec.as_deref();
        let made = params(&loaded, spec, options).and_then(|(mut params, given)| {
            let shown = graph(&loaded, &params, given, &settings, options, phase, reporter)?;
            let before = match &base {
                Some(base) => Some(base.graph(&mut params, &settings, phase)?),
                None => None,
            };
            Ok((name_of(spec), shown, before))
        });
        match made {
            Ok(made) => outputs.push(made),
            Err(error) => problems.extend(Problems::from_error(error)?),
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

/// What is to be said about parameters, and what was given of them.
struct Told {
    warnings: Vec<Problem>,
    own: Map,
}

/// The parameters in a file, complete and checked.
fn params(loaded: &Loaded, spec: Option<&Path>, options: &GraphOptions) -> Result<(Params, Told)> {
    let mut warnings = Vec::new();
    let mut params = match spec {
        None => Params::default(),
        Some(path) => {
            let given = read_file(path)?;
            warnings.extend(equal_keys(&given.layer.document));
            Params::new(given.values, vec![given.layer])
        }
    };
    let kinds = options.target_kinds.iter().map(String::as_str).collect::<Value>();
    params.values_mut().put("target-kinds", kinds);
    let own = params.values().clone();
    let found = loaded.complete(&mut params, SystemTime::now())?;
    let (errors, warned): (Vec<Problem>, Vec<Problem>) =
        found.into_iter().partition(|problem| problem.severity == Severity::Error);
    Problems(errors).check()?;
    warnings.extend(warned);
    Ok((params, Told { warnings, own }))
}

fn graph(
    loaded: &Loaded,
    params: &Params,
    told: Told,
    settings: &Settings,
    options: &GraphOptions,
    phase: Phase,
    reporter: &Reporter,
) -> Result<TaskGraph> {
    let Told { mut warnings, own } = told;
    let started = Instant::now();
    let (shown, warned) = phase.graph(loaded, params, settings)?;
    warnings.extend(warned);
    // Kinds that are not made read nothing, which says nothing of their keys.
    if phase != Phase::Tasks && options.target_kinds.is_empty() {
        warnings.extend(unread(loaded, params, &own));
    }
    if options.verbose {
        eprintln!("{} tasks in {:.1?}", shown.tasks.len(), started.elapsed());
    }
    if !options.quiet {
        reporter.warnings(&warnings);
    }
    Ok(shown)
}

/// Keys of the training config in the file that was given that nothing reads.
fn unread(loaded: &Loaded, params: &Params, own: &Map) -> Vec<Problem> {
    let parameter = loaded.extension.training.map(|training| training.parameter);
    parameter
        .and_then(|name| own.get(name))
        .map(|own| effects::unread(loaded, params, own))
        .unwrap_or_default()
}

/// How a graph is shown.
struct Shown<'o> {
    options: &'o GraphOptions,
    regex: Option<Regex>,
}

impl<'o> Shown<'o> {
    fn new(options: &'o GraphOptions) -> Result<Self> {
        let regex = options.tasks_regex.as_deref().map(Regex::new).transpose();
        let regex = regex
            .map_err(|error| Problems::from(Problem::error("regex", format!("--tasks-regex: {error}"))))?;
        Ok(Shown { options, regex })
    }

    fn write(&self, graph: &TaskGraph, out: &mut dyn Write) -> Result<()> {
        let excerpt = match &self.regex {
            None => None,
            Some(regex) => {
                let mut kept = BTreeSet::new();
                for label in graph.tasks.keys() {
                    if regex.matches_start(label.as_str())? {
                        kept.insert(label.clone());
                    }
                }
                Some(graph.excerpt(|task| kept.contains(&task.label)))
            }
        };
        let graph = excerpt.as_ref().unwrap_or(graph);
        if self.options.json && self.options.exclude_keys.is_empty() {
            graph.write_json(out)?;
        } else if self.options.json {
            json::pretty_sorted(&self.value(graph)?, &mut *out)?;
        } else if self.options.yaml {
            out.write_all(yaml::write(&self.value(graph)?).as_bytes())?;
            return Ok(());
        } else {
            for label in graph.labels() {
                writeln!(out, "{}", inert(label.as_str()))?;
            }
            return Ok(());
        }
        writeln!(out)?;
        Ok(())
    }

    /// The graph as a value, without the keys that are to be left out.
    fn value(&self, graph: &TaskGraph) -> Result<Value> {
        let mut value =
            json::read(&json::compact(graph).map_err(|error| blame(graph.tasks.values(), error))?)?;
        let tasks = value.as_map_mut().context("a graph is a map")?;
        for task in tasks.values_mut().filter_map(Value::as_map_mut) {
            for key in &self.options.exclude_keys {
                match key.rsplit_once('.') {
                    None => {
                        task.take(key);
                    }
                    Some((above, key)) => {
                        if let Ok(Some(above)) = task.at(above).map(Value::as_map_mut) {
                            above.take(key);
                        }
                    }
                }
            }
        }
        Ok(value)
    }
}

/// The files that `-p` stands for; one set of defaults if there is none.
fn specs(given: &[PathBuf]) -> Result<Vec<Option<PathBuf>>> {
    let mut specs = Vec::new();
    for path in given {
        if !path.is_dir() {
            specs.push(Some(path.clone()));
            continue;
        }
        let entries =
            path.read_dir().with_context(|| Machine(format!("`{}` cannot be listed", path.display())))?;
        let is_parameters =
            |path: &PathBuf| path.extension().is_some_and(|ext| ext == "yml" || ext == "json");
        let mut files: Vec<PathBuf> =
            entries.flatten().map(|entry| entry.path()).filter(is_parameters).collect();
        files.sort();
        specs.extend(files.into_iter().map(Some));
    }
    if given.is_empty() {
        specs.push(None);
    }
    Ok(specs)
}

fn name_of(spec: Option<&Path>) -> String {
    spec.and_then(Path::file_stem)
        .map_or_else(|| "defaults".into(), |stem| stem.to_string_lossy().into_owned())
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

/// Shows the kinds and their dependencies.
pub fn kind_graph(options: &KindGraphOptions) -> Result<Status> {
    let tree = open_tree(options.root.as_deref())?;
    let targets = options.target_kinds.iter().cloned().collect();
    let loaded = Loaded::load(tree, &registry(), &targets)?;
    write(options.output_file.as_deref(), |out| {
        let edges = || {
            loaded.kinds.values().flat_map(|kind| kind.dependencies.iter().map(move |on| (&kind.name, on)))
        };
        match options.format {
            KindGraphFormat::Text => {
                for kind in loaded.kinds.values() {
                    match kind.dependencies.is_empty() {
                        true => writeln!(out, "{}", inert(&kind.name))?,
                        false => {
                            let line = format!("{}: {}", kind.name, kind.dependencies.join(", "));
                            writeln!(out, "{}", inert(&line))?;
                        }
                    }
                }
            }
            KindGraphFormat::Dot => {
                writeln!(out, "digraph kinds {{")?;
                for name in loaded.kinds.keys() {
                    writeln!(out, "  {name:?};")?;
                }
                for (kind, on) in edges() {
                    writeln!(out, "  {kind:?} -> {on:?};")?;
                }
                writeln!(out, "}}")?;
            }
            KindGraphFormat::Mermaid => {
                writeln!(out, "flowchart TD")?;
                for name in loaded.kinds.keys() {
                    let name = inert(name);
                    writeln!(out, "  {name}[{name}]")?;
                }
                for (kind, on) in edges() {
                    writeln!(out, "  {} --> {}", inert(on), inert(kind))?;
                }
            }
        }
        Ok(())
    })?;
    Ok(Status::Fine)
}
