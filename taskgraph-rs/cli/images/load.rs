//! Loads images that tasks have left as artifacts.

use std::fs::File;
use std::path::Path;

use crate::container::Engine;
use crate::output_medium::one_line;
use anstream::eprintln;
use taskgraph::diagnostics::{Problem, Problems};
use taskgraph::error::{OrMachine as _, Result};
use taskgraph::task::id::TaskId;
use taskgraph_taskcluster::Taskcluster;

/// The artifact that a task leaves its image as.
pub(crate) const ARTIFACT: &str = "public/image.tar.zst";

/// Loads the image of a task, and returns its name, which is `tag` if one is given.
pub(crate) fn load(
    engine: &Engine,
    taskcluster: &Taskcluster,
    task: &TaskId,
    artifact: &str,
    tag: Option<&str>,
) -> Result<String> {
    let failed = || "there is no place for a download";
    let folder = tempfile::tempdir().or_machine(failed)?;
    let path = folder.path().join("image.tar.zst");
    let mut file = File::create(&path).or_machine(failed)?;
    eprintln!("downloading {} of {task}", one_line(artifact));
    if !taskcluster.save_artifact(task, artifact, &mut file)? {
        let message = format!("there is no image: the task {task} has no artifact `{artifact}`");
        let help =
            "it may have expired, or not have ended yet; TASKCLUSTER_ROOT_URL says which instance is asked";
        return Err(Problems::from(Problem::error("no-artifact", message).help(help)).into());
    }
    load_file(engine, &path, tag)
}

/// Loads the image in a file, packed or not, and returns its name, which is `tag` if one is given.
pub(crate) fn load_file(engine: &Engine, path: &Path, tag: Option<&str>) -> Result<String> {
    let image = engine.load(path)?;
    match tag {
        Some(tag) => {
            engine.tag(&image, tag)?;
            Ok(tag.to_owned())
        }
        None => Ok(image),
    }
}
