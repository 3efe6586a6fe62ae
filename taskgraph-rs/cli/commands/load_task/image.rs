//! The image that a task runs in: where it comes from, and that it is here.

use crate::commands::load_task::LoadTaskOptions;
use crate::commands::load_task::definition::{Graph, Task};
use crate::commands::load_task::payload::Image;
use crate::commands::load_task::upstreams::Provider;
use crate::container::Engine;
use crate::environment::open_tree;
use crate::images::{ARTIFACT, ImageSources, Images, build, load, load_file, own_tag};
use crate::output_medium::one_line;
use crate::report::Reporter;
use anstream::eprintln;
use taskgraph::diagnostics::{Problem, Problems};
use taskgraph::error::{Error, Result};
use taskgraph::registry::Registry;
use taskgraph::task::Label;
use taskgraph::task::id::TaskId;

/// Sources of images.
pub(super) struct Sources<'s> {
    /// The engine that has to have them.
    pub engine: &'s Engine,
    /// The folder of artifacts, the index, and the flags.
    pub provider: &'s Provider<'s>,
    /// The graph of the task, if it is of one.
    pub graph: Option<&'s Graph>,
    /// Registry for loading the tree, if there is no graph.
    pub registry: &'s Registry,
    /// Reporter of warnings.
    pub reporter: &'s Reporter,
}

impl Sources<'_> {
    /// Sees to it that an image is here, and returns its name: the one that the flags ask for, or else that of the task.
    pub(super) fn image(
        &self,
        options: &LoadTaskOptions,
        task: &Task,
        own: Option<&Image>,
    ) -> Result<String> {
        match &options.image {
            Some(source) => self.source(options, source),
            None => match own {
                None => Err(Error::machine(format!("`{}` names no image", task.name))),
                Some(Image::Name(name)) => self.of_registry(name),
                Some(Image::Task(id, artifact)) => match task.upstreams.get(id) {
                    Some(label) => self.of_label(label, artifact),
                    None => self.of_task(id, artifact),
                },
                Some(Image::Index(path, artifact)) => self.of_index(path, artifact),
            },
        }
    }

    fn source(&self, options: &LoadTaskOptions, source: &str) -> Result<String> {
        if let Some(id) = source.strip_prefix("task-id=") {
            return self.of_task(&TaskId::parse(id)?, ARTIFACT);
        }
        if let Some(path) = source.strip_prefix("index=") {
            return self.of_index(path, ARTIFACT);
        }
        let label = format!("docker-image-{source}");
        if let Some(graph) = self.graph {
            return match graph.full.graph.tasks.get_key_value(&*label) {
                Some((label, _)) => self.build(graph, label),
                None => self.of_registry(source),
            };
        }
        // Only what the tree has a folder for is one of its images.
        let is_own = |tree: &taskgraph::tree::Tree| tree.has(&format!("docker/{source}/Dockerfile"));
        match open_tree(options.tree.root.as_deref()).is_ok_and(|tree| is_own(&tree)) {
            true => {
                let images = Images::make(&options.tree, true, self.registry, self.reporter)?;
                let task = images.task(source)?;
                let Images { full, settings, .. } = &images;
                build(
                    self.engine,
                    &ImageSources { graph: &full.graph, contexts: &full.contexts, settings },
                    task,
                    None,
                )
            }
            false => self.of_registry(source),
        }
    }

    /// An image that a registry has, or this machine.
    fn of_registry(&self, name: &str) -> Result<String> {
        if !self.engine.has_image(name)? {
            let what = format!("the image `{name}` is not on this machine, and cannot be pulled");
            self.engine.work(what, ["pull", name])?;
        }
        Ok(name.to_owned())
    }

    /// An image that a task of Taskcluster has left. It is downloaded once.
    fn of_task(&self, id: &TaskId, artifact: &str) -> Result<String> {
        let tag = self.engine.local_name(&format!("task-image:id-{id}"));
        if !self.engine.has_image(&tag)? {
            load(self.engine, self.provider.taskcluster()?, id, artifact, Some(&tag))?;
        }
        Ok(tag)
    }

    fn of_index(&self, path: &str, artifact: &str) -> Result<String> {
        match self.provider.taskcluster()?.find_task(path)? {
            Some(id) => self.of_task(&id, artifact),
            None => {
                let message = format!("there is no image: the index has no task at `{path}`");
                Err(Problems::from(Problem::error("not-in-index", message)).into())
            }
        }
    }

    /// The image that a task of the graph makes: out of the folder of artifacts, of a task of Taskcluster, or built here.
    fn of_label(&self, label: &Label, artifact: &str) -> Result<String> {
        let graph = self.graph.ok_or_else(|| Error::machine(format!("the graph of `{label}` is unknown")))?;
        let task = &graph.full.graph.tasks[label];
        let own = own_tag(task).map(|tag| self.engine.local_name(&tag));
        let (store, known) = (self.provider.store, self.provider.known);
        if store.has(label.as_str(), artifact) {
            let file = store.folder(label.as_str()).join(artifact);
            return load_file(self.engine, &file, own.as_deref());
        }
        if let Some(id) = known.get(label) {
            return self.of_task(id, artifact);
        }
        if let Some(own) = &own {
            if self.engine.has_image(own)? {
                return Ok(own.clone());
            }
            match self.provider.find(label) {
                Ok(Some(id)) => {
                    return load(self.engine, self.provider.taskcluster()?, &id, artifact, Some(own));
                }
                Ok(None) => {}
                Err(error) if taskgraph_python::interruption::is_interrupted() => return Err(error),
                Err(error) => {
                    let why = one_line(&format!("{error:#}"));
                    eprintln!("warning: the index cannot be asked for the image, which is built here: {why}");
                }
            }
        }
        self.build(graph, label)
    }

    fn build(&self, graph: &Graph, label: &Label) -> Result<String> {
        let Graph { full, settings, .. } = graph;
        let built = ImageSources { graph: &full.graph, contexts: &full.contexts, settings };
        build(self.engine, &built, &full.graph.tasks[label], None)
    }
}
