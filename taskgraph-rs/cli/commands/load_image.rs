//! `load-image`: loads a docker image that a task has built.

use crate::Status;
use crate::args::{EngineOptions, TreeOptions};
use crate::container::Engine;
use crate::images::{ARTIFACT, Images, load};
use crate::output::write;
use crate::output_medium::one_line;
use crate::progress::connect_for_a_look;
use crate::report::Reporter;
use anstream::eprintln;
use clap::Args as ClapArgs;
use taskgraph::diagnostics::{Problem, Problems};
use taskgraph::error::{Error, Result};
use taskgraph::registry::Registry;
use taskgraph::task::Task;
use taskgraph::task::id::TaskId;
use taskgraph_python::interruption::hold;
use taskgraph_taskcluster::Taskcluster;

/// Flags of `load-image`.
#[derive(ClapArgs)]
pub(crate) struct LoadImageOptions {
    /// The name of the image, as in the kind docker-image: the index is asked for what the content of the tree makes
    #[arg(value_name = "IMAGE", required_unless_present = "task_id", conflicts_with = "task_id")]
    pub image: Option<String>,

    /// Load the image that this task has built, and ask no index
    #[arg(long, value_name = "TASK_ID")]
    pub task_id: Option<String>,

    /// Call the image this as well
    #[arg(short, long, value_name = "NAME:TAG")]
    pub tag: Option<String>,

    /// The engine.
    #[command(flatten)]
    pub engine: EngineOptions,

    /// The tree.
    #[command(flatten)]
    pub tree: TreeOptions,
}

/// Loads an image: that of a task, or the one that the index has for the content of the tree.
pub(crate) fn run(options: &LoadImageOptions, registry: &Registry, reporter: &Reporter) -> Result<Status> {
    let given = options.task_id.as_deref().map(TaskId::parse).transpose()?;
    let images = match &options.image {
        Some(image) => Some((Images::make(&options.tree, false, registry, reporter)?, image)),
        None => None,
    };
    let task = images.as_ref().map(|(images, image)| images.task(image)).transpose()?;
    let _held = hold();
    let engine = Engine::find(options.engine.engine.as_deref())?;
    let taskcluster = connect_for_a_look()?;
    let found = match task {
        Some(task) => Some(in_index(&taskcluster, task)?.ok_or_else(|| not_in_index(task))?),
        None => given,
    };
    let id = found.ok_or_else(|| Error::refused("the command line has an image or a task"))?;
    let image = load(&engine, &taskcluster, &id, ARTIFACT, options.tag.as_deref())?;
    write(None, |out| Ok(writeln!(out, "{}", one_line(&image))?))?;
    eprintln!("look into it: {} run -ti --rm {} bash", engine.name(), one_line(&image));
    Ok(Status::Fine)
}

/// The task that has done what a task would do, as the index has it.
pub(crate) fn in_index(taskcluster: &Taskcluster, task: &Task) -> Result<Option<TaskId>> {
    for path in task.index_paths() {
        if let Some(id) = taskcluster.find_task(path)? {
            return Ok(Some(id));
        }
    }
    Ok(None)
}

fn not_in_index(task: &Task) -> Problems {
    let paths: Vec<&str> = task.index_paths().collect();
    let message = format!("no image of `{}` was built from the content of this tree", task.label);
    let label = match &paths[..] {
        [] => "the task is not looked for in the index".to_owned(),
        paths => format!("nothing is at {}", paths.join(", ")),
    };
    let help = "`build-image` builds it here; changes of the tree, also without a commit, make another image";
    Problem::error("not-in-index", message).at(Default::default(), label).help(help).into()
}
