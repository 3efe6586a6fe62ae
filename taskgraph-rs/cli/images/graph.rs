//! The tasks of the kind docker-image.

use crate::args::TreeOptions;
use crate::environment::{level, open_tree, settings};
use crate::report::Reporter;
use std::time::SystemTime;
use taskgraph::diagnostics::{Problem, Problems};
use taskgraph::error::Result;
use taskgraph::generator::{Full, Project};
use taskgraph::graph::TaskGraph;
use taskgraph::parameters::Params;
use taskgraph::registry::Registry;
use taskgraph::schema::fields::Fields as _;
use taskgraph::settings::Settings;
use taskgraph::task::{Label, Task};
use taskgraph_compat::suggest;
use taskgraph_compat::value::Value;

/// The kind whose tasks make images.
const KIND: &str = "docker-image";

/// Prefix of the labels of such tasks.
const PREFIX: &str = "docker-image-";

/// The tasks that make images, as the content of the tree makes them.
pub(crate) struct Images {
    /// These tasks, and what they need.
    pub full: Full,
    /// Settings of this run of the program.
    pub settings: Settings,
}

impl Images {
    /// Makes them. The contexts of the images are kept if somebody wants to build them.
    pub(crate) fn make(
        tree: &TreeOptions,
        keep_contexts: bool,
        registry: &Registry,
        reporter: &Reporter,
    ) -> Result<Self> {
        let opened = open_tree(tree.root.as_deref())?;
        let settings = settings(tree.run_task_dir.as_deref(), false, registry)?;
        let settings = Settings { verify: false, keep_contexts, ..settings };
        let project = Project::load(opened, registry, &[KIND.to_owned()].into())?;
        let mut params = Params::default();
        params.values_mut().put("level", level());
        params.values_mut().put("target-kinds", [KIND].into_iter().collect::<Value>());
        let problems = project.complete(&mut params, SystemTime::now())?;
        let (errors, warnings) = problems.into_iter().partition(Problem::is_error);
        Problems(errors).check()?;
        reporter.warnings(&warnings);
        let full = project.full(&params, &settings)?;
        reporter.warnings(&full.warnings);
        Ok(Images { full, settings })
    }

    /// The task that makes an image; else an error with the nearest name.
    pub(crate) fn task(&self, image: &str) -> Result<&Task> {
        task_of(&self.full.graph, image).ok_or_else(|| unknown(&self.full.graph, image).into())
    }
}

/// The image that a task makes, if it is one that makes images.
pub(crate) fn image_name(task: &Task) -> Option<&str> {
    let is_image = &*task.kind == KIND;
    is_image.then(|| task.label.as_str().strip_prefix(PREFIX)).flatten()
}

/// The task that makes an image.
fn task_of<'g>(graph: &'g TaskGraph, image: &str) -> Option<&'g Task> {
    graph.tasks.values().map(|task| &**task).find(|task| image_name(task) == Some(image))
}

/// Builds the problem of an image that no task makes.
fn unknown(graph: &TaskGraph, image: &str) -> Problems {
    let labels = graph.tasks.values().filter(|task| &*task.kind == KIND).map(|task| &task.label);
    let name = |label: &Label| label.as_str().strip_prefix(PREFIX).map(str::to_owned);
    let known: Vec<String> = labels.filter_map(name).collect();
    let problem = Problem::error("unknown-image", format!("unknown image `{image}`"));
    let help = match suggest::nearest(image, known.iter().map(String::as_str)) {
        Some(nearest) => format!("did you mean `{nearest}`?"),
        None if known.is_empty() => "the tree makes no images".into(),
        None => format!("the images are {}", suggest::list(&known).replace(" or ", " and ")),
    };
    problem.help(help).into()
}
