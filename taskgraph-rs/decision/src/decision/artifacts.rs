//! The artifacts of a decision: those that describe it, and those that its tasks read.

use std::io::Write;
use std::path::Path;

use flate2::{Compression, GzBuilder};
use rayon::prelude::*;

use crate::decision::artifact_dir::StagedFiles;
use crate::decision::runnable_jobs::runnable;
use taskgraph::error::Result;
use taskgraph::morph::MorphedGraph;
use taskgraph::parameters::Params;
use taskgraph::settings::Settings;
use taskgraph::transform::notes::DockerContext;
use taskgraph::tree::walk;
use taskgraph_compat::value::{Map, Value};
use taskgraph_compat::{json, yaml};
use taskgraph_training::Run;

/// The scripts of Taskgraph that tasks fetch from their decision.
const SCRIPTS: [&str; 2] = ["run-task", "fetch-content"];

/// Writes what is known before the graph is optimized.
pub(super) fn write_graph(staged: &mut StagedFiles<'_>, params: &Params, run: &Run) -> Result<()> {
    let full = &run.full.graph;
    staged.add("parameters.yml", |out| Ok(out.write_all(yaml::write(&by_name(params)).as_bytes())?))?;
    staged.add("full-task-graph.json", |out| full.write_json(out))?;
    write_json(staged, "runnable-jobs.json", &runnable(full))?;
    let labels: Value = run.targets.set.tasks.keys().map(|label| label.text()).collect();
    write_json(staged, "target-tasks.json", &labels)
}

/// Writes the graph as it is created, and what the optimizer decided.
pub(super) fn write_morphed(staged: &mut StagedFiles<'_>, morphed: &MorphedGraph) -> Result<()> {
    staged.add("task-graph.json", |out| morphed.graph.write_json(out))?;
    let ids = morphed.label_to_taskid.iter().map(|(label, id)| (label.text().clone(), id.text().into()));
    write_json(staged, "label-to-taskid.json", &Map::from_iter(ids).into())?;
    staged.add("optimizations.log", |out| {
        for (label, outcome) in &morphed.outcomes {
            writeln!(out, "{label}: {outcome}")?;
        }
        Ok(())
    })
}

/// Writes a value, indented, its keys sorted.
pub(super) fn write_json(staged: &mut StagedFiles<'_>, name: &str, value: &Value) -> Result<()> {
    staged.add(name, |out| Ok(json::pretty_sorted(value, out)?))
}

/// Copies the scripts that tasks fetch, as far as they were found. If they are missing, the graph has a warning.
pub(super) fn copy_scripts(staged: &mut StagedFiles<'_>, settings: &Settings) -> Result<()> {
    let files = settings.run_task.iter().flat_map(|run_task| &run_task.files);
    for (name, path) in files.filter(|(name, _)| SCRIPTS.contains(name)) {
        staged.copy(name, path)?;
    }
    Ok(())
}

/// Copies what the Python of the tree has written into a folder, if it has written anything.
pub(super) fn copy_all(staged: &mut StagedFiles<'_>, folder: &Path) -> Result<()> {
    if !folder.is_dir() {
        return Ok(());
    }
    let mut files = Vec::new();
    walk(folder, "", &mut files)?;
    files.sort();
    for file in files {
        staged.copy(&file, &folder.join(&file))?;
    }
    Ok(())
}

/// Writes the contexts of docker images, packed. The same context gives the same bytes: no name, no time.
pub(super) fn write_contexts(staged: &mut StagedFiles<'_>, contexts: &[DockerContext]) -> Result<()> {
    let packed: Vec<(String, Vec<u8>)> = contexts
        .par_iter()
        .map(|context| {
            let mut out = GzBuilder::new().mtime(0).write(Vec::new(), Compression::best());
            out.write_all(&context.tar)?;
            Ok((format!("{}.tar.gz", context.name), out.finish()?))
        })
        .collect::<Result<_>>()?;
    for (name, bytes) in packed {
        staged.add(&name, |out| Ok(out.write_all(&bytes)?))?;
    }
    Ok(())
}

/// The names sorted, what stands under them in its order: it feeds digests, and whoever reads the parameters back has
/// to get the same ones.
fn by_name(params: &Params) -> Value {
    let mut map = params.values().clone();
    map.sort_keys();
    map.into()
}
