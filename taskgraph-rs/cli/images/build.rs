//! Builds images of the tree with the engine, out of the very contexts that their digests are made of.

use std::fs;
use std::io::Write as _;
use std::path::Path;

use crate::container::Engine;
use crate::images::graph::image_name;
use crate::output_medium::one_line;
use anstream::eprintln;
use indexmap::IndexMap;
use taskgraph::diagnostics::{Problem, Problems};
use taskgraph::error::{Error, OrMachine as _, Result};
use taskgraph::graph::TaskGraph;
use taskgraph::settings::Settings;
use taskgraph::task::Task;
use taskgraph::transform::notes::DockerContext;

/// The argument that stands for the image that another one is built on.
const PARENT: &str = "DOCKER_IMAGE_PARENT";

/// The argument that names the packages which an image is built with.
const PACKAGES: &str = "DOCKER_IMAGE_PACKAGES";

/// The argument that says where Taskcluster is.
const ROOT_URL: &str = "TASKCLUSTER_ROOT_URL";

/// Length of the digest in the name of an image.
const SHORT_DIGEST: usize = 16;

/// Graph and contexts that an image is built from.
pub(crate) struct ImageSources<'g> {
    /// The tasks that make images, among others.
    pub graph: &'g TaskGraph,
    /// The contexts of the images.
    pub contexts: &'g [DockerContext],
    /// Settings of this run of the program.
    pub settings: &'g Settings,
}

impl<'g> ImageSources<'g> {
    /// The context of the image that a task makes.
    pub(crate) fn context(&self, task: &'g Task) -> Result<&'g DockerContext> {
        Ok(step(self, task)?.context)
    }
}

/// Tells what keeps the image of a task, or one that it is built on, from being built.
pub(crate) fn check(built: &ImageSources<'_>, task: &Task) -> Result<()> {
    plan(built, task).map(|_| ())
}

/// The context of an image, packed. The same context gives the same bytes.
pub(crate) fn pack(context: &DockerContext) -> Result<Vec<u8>> {
    let mut out = flate2::GzBuilder::new().mtime(0).write(Vec::new(), flate2::Compression::best());
    out.write_all(&context.tar)?;
    Ok(out.finish()?)
}

/// Builds the image of a task, after the one that it is built on, and returns its name. An image that was built of the
/// same content before is taken as it is, unless it is to be called `tag`.
pub(crate) fn build(
    engine: &Engine,
    built: &ImageSources<'_>,
    task: &Task,
    tag: Option<&str>,
) -> Result<String> {
    let steps = plan(built, task)?;
    let mut parent: Option<String> = None;
    let last = steps.len() - 1;
    for (position, step) in steps.iter().enumerate() {
        let own = step.own_tag.as_deref().map(|tag| engine.local_name(tag));
        let wanted = match (tag.filter(|_| position == last), &own) {
            (Some(tag), _) => tag.to_owned(),
            (None, Some(own)) => own.clone(),
            (None, None) => engine.local_name(&format!("{}:latest", step.name)),
        };
        let is_there = own.as_deref() == Some(&*wanted) && engine.has_image(&wanted)?;
        if !is_there {
            eprintln!("building the image {} as {}", one_line(step.name), one_line(&wanted));
            step.build(engine, &wanted, parent.as_deref())?;
        }
        parent = Some(wanted);
    }
    parent.ok_or_else(|| Error::refused("a plan has at least one step"))
}

/// One image that is to be built.
struct Step<'g> {
    name: &'g str,
    context: &'g DockerContext,
    /// Its arguments, in their order.
    arguments: IndexMap<String, String>,
    /// Its name and the beginning of its digest, if it has one.
    own_tag: Option<String>,
}

/// The images to build, each after the one that it is built on.
fn plan<'g>(built: &ImageSources<'g>, task: &'g Task) -> Result<Vec<Step<'g>>> {
    let mut steps = Vec::new();
    let mut problems = Vec::new();
    let mut next = Some(task);
    while let Some(task) = next {
        match step(built, task) {
            Ok(step) => steps.push(step),
            Err(wrong) => problems.extend(wrong.0),
        }
        let parent = built.graph.edges_of(&task.label).get("parent");
        next = parent.and_then(|parent| built.graph.tasks.get(parent)).map(|task| &**task);
    }
    Problems(problems).check()?;
    steps.reverse();
    Ok(steps)
}

fn step<'g>(built: &ImageSources<'g>, task: &'g Task) -> Result<Step<'g>, Problems> {
    let cannot = |why: &str| {
        let message = format!("the image of `{}` cannot be built here: {why}", task.label);
        Problem::error("no-context", message).in_place(task.origin.place(&Default::default()))
    };
    let Some(name) = image_name(task) else { return Err(cannot("the task makes no image").into()) };
    let Some(context) = built.contexts.iter().find(|context| &*context.name == name) else {
        return Err(cannot("its context is made by the Python of the tree")
            .help("--image takes another one: the name of an image, task-id=… or index=…")
            .into());
    };
    let env = task.definition.get("payload").and_then(|payload| payload.get("env"));
    let given = env.and_then(|env| env.get("DOCKER_BUILD_ARGS"));
    let given = given.and_then(|given| given.get("task-reference").unwrap_or(given).as_str());
    let mut arguments: IndexMap<String, String> =
        given.and_then(|json| serde_json::from_str(json).ok()).unwrap_or_default();
    // Engines warn of arguments that a Dockerfile does not use.
    if arguments.shift_remove(PACKAGES).is_some_and(|packages| !packages.is_empty()) {
        return Err(cannot("it takes packages that other tasks have made")
            .help("--image task-id=… takes an image that a task has built")
            .into());
    }
    if built.settings.run_task.is_none() && contains(&context.tar, "# %include-run-task") {
        return Err(cannot("run-task was not found, which its Dockerfile includes").help(
            "name the folder that has run-task, fetch-content, hgrc and robustcheckout.py with --run-task-dir or TASKGRAPH_RUN_TASK_DIR",
        )
        .into());
    }
    if contains(&context.tar, ROOT_URL) {
        arguments.insert(ROOT_URL.into(), built.settings.root_url.clone());
    }
    Ok(Step { name, context, arguments, own_tag: own_tag(task) })
}

/// Returns the local name of a task's image: its name, and the beginning of its digest. `None` if it has no digest.
pub(crate) fn own_tag(task: &Task) -> Option<String> {
    let digest = task.attributes.get("cached_task")?.get("digest")?.as_str()?;
    Some(format!("{}:{}", image_name(task)?, digest.get(..SHORT_DIGEST).unwrap_or(digest)))
}

fn contains(tar: &[u8], word: &str) -> bool {
    tar.windows(word.len()).any(|window| window == word.as_bytes())
}

impl Step<'_> {
    fn build(&self, engine: &Engine, tag: &str, parent: Option<&str>) -> Result<()> {
        let failed = || format!("the context of the image `{}` cannot be unpacked", self.name);
        let folder = tempfile::tempdir().or_machine(failed)?;
        tar::Archive::new(&*self.context.tar).unpack(folder.path()).or_machine(failed)?;
        let dockerfile = folder.path().join("Dockerfile");
        if parent.is_some() {
            let text = fs::read_to_string(&dockerfile).or_machine(failed)?;
            fs::write(&dockerfile, declare_parent(&text)).or_machine(failed)?;
        }
        let own = self.arguments.iter().map(|(name, value)| (&**name, &**value));
        let arguments = own.chain(parent.map(|parent| (PARENT, parent)));
        let mut call: Vec<String> = vec!["build".into(), "--tag".into(), tag.into()];
        arguments.for_each(|(name, value)| call.extend(["--build-arg".into(), format!("{name}={value}")]));
        call.extend(["--file".into(), shown(&dockerfile), shown(folder.path())]);
        engine.work(format!("`{} build` cannot build the image `{}`", engine.name(), self.name), call)
    }
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}

/// A Dockerfile in which the argument that `FROM` uses is declared, as engines want it: the image that builds images at
/// Taskcluster does without.
fn declare_parent(dockerfile: &str) -> String {
    let mut out = String::new();
    let mut is_declared = false;
    for line in dockerfile.split_inclusive('\n') {
        let mut words = line.split_ascii_whitespace();
        let (first, second) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
        if first.eq_ignore_ascii_case("ARG") && second.split('=').next() == Some(PARENT) {
            is_declared = true;
        }
        if first.eq_ignore_ascii_case("FROM") && !is_declared {
            out.push_str(&format!("ARG {PARENT}\n"));
            is_declared = true;
        }
        out.push_str(line);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::declare_parent;

    #[test]
    fn the_parent_is_declared_once_and_before_it_is_used() {
        assert_eq!(
            declare_parent("# syntax=docker/dockerfile:1\nFROM $DOCKER_IMAGE_PARENT\nRUN x\nFROM b\n"),
            "# syntax=docker/dockerfile:1\nARG DOCKER_IMAGE_PARENT\nFROM $DOCKER_IMAGE_PARENT\nRUN x\nFROM b\n"
        );
        let own = "ARG DOCKER_IMAGE_PARENT=x\nFROM $DOCKER_IMAGE_PARENT\n";
        assert_eq!(declare_parent(own), own);
    }
}
