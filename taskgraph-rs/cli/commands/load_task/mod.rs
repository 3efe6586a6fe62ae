//! `load-task`: runs a task in a container on this machine.

mod artifacts;
mod container_options;
mod definition;
mod develop;
mod generic_worker;
mod image;
mod known_tasks;
mod payload;
mod plain_path;
mod run_task;
mod upstreams;
mod work_folder;

use crate::Status;
use crate::args::{EngineOptions, TreeOptions};
use crate::container::{Container, Engine, Spec, volume};
use crate::environment::settings;
use crate::output_medium::one_line;
use crate::progress::connect_for_a_look;
use crate::report::Reporter;
use anstream::eprintln;
use artifacts::{Store, write_readable};
use clap::Args as ClapArgs;
use container_options::{ContainerOptions, check_effect};
use definition::{Task, TaskSource};
use generic_worker::FOLDER;
use image::Sources;
use known_tasks::KnownTasks;
use payload::{FETCHES, Payload};
use run_task::{is_run_task, needs_run_task, pause, shell_program};
use std::cell::OnceCell;
use std::path::Path;
use std::path::PathBuf;
use taskgraph::diagnostics::{Problem, Problems};
use taskgraph::error::{OrMachine as _, Result};
use taskgraph::graph::TaskGraph;
use taskgraph::registry::Registry;
use taskgraph::task::id::TaskId;
use taskgraph_python::interruption::hold;
use upstreams::{Fetches, Provider};
use work_folder::WorkFolder;

/// Flags of `load-task`.
#[derive(ClapArgs)]
pub(crate) struct LoadTaskOptions {
    /// A label of the graph, a taskId, or `-`: a definition in JSON, or a taskId, on stdin
    #[arg(value_name = "TASK")]
    pub task: String,

    /// A training config or a set of parameters: TASK is a label of its graph
    #[arg(short, long, visible_alias = "parameters", visible_short_alias = 'p', value_name = "FILE")]
    pub config: Option<PathBuf>,

    /// Another target stage than the one in FILE
    #[arg(long, value_name = "STAGE")]
    pub target_stage: Option<String>,

    /// A JSON list of the urls that exist: questions about urls are answered from it
    #[arg(long, value_name = "FILE")]
    pub known_urls: Option<PathBuf>,

    /// Set up the task and then open a shell, in which `exec-task` runs its command; needs run-task
    #[arg(short, long)]
    pub interactive: bool,

    /// Run it in this image: an image of the tree, task-id=…, index=… or one that a registry has
    #[arg(long, value_name = "IMAGE")]
    pub image: Option<String>,

    /// User of the shell
    #[arg(long, value_name = "USER", default_value = "worker")]
    pub user: String,

    /// Keep the container when the task has ended
    #[arg(long)]
    pub keep: bool,

    /// Use this checkout as it lies here, and not a clone: the task can change its files
    #[arg(long, visible_alias = "use-local-checkout")]
    pub develop: bool,

    /// Mount a folder of this machine; may be given several times
    #[arg(short, long = "volume", value_name = "HOST_DIR:CONTAINER_DIR")]
    pub volumes: Vec<String>,

    /// Set a variable; without a value it is that of this environment; may be given several times
    #[arg(short, long = "env", value_name = "NAME[=VALUE]")]
    pub env: Vec<String>,

    /// Keep the caches of the task in volumes of the engine, for the next task that has them
    #[arg(long)]
    pub caches: bool,

    /// Folder of artifacts, with one folder for each label: those that the task fetches, and those that it leaves
    #[arg(long, value_name = "DIR")]
    pub artifacts: Option<PathBuf>,

    /// Fetch what a task of the graph has left from this task of Taskcluster; may be given several times
    #[arg(long = "upstream", value_name = "LABEL=TASK_ID")]
    pub upstreams: Vec<String>,

    /// Fetch what tasks of the graph have left from the tasks of this decision (or action) task
    #[arg(long, value_name = "TASK_ID")]
    pub decision: Option<String>,

    /// Ask no index: neither for the image nor for what the task fetches
    #[arg(long)]
    pub offline: bool,

    /// The engine.
    #[command(flatten)]
    pub engine: EngineOptions,

    /// The tree.
    #[command(flatten)]
    pub tree: TreeOptions,

    /// Say nothing but errors, and what the task says
    #[arg(short, long)]
    pub quiet: bool,
}

/// Path of this program's files in a container.
const OWN: &str = "/taskgraph-local";

/// Path of other tasks' artifacts in a container; `fetch_content.py` has it, too.
const UPSTREAM: &str = "/taskgraph-artifacts";

/// Wrapper around Taskgraph's fetch-content.
const FETCH_CONTENT: &str = include_str!("fetch_content.py");

/// Default search path of a shell, for images that set none.
const DEFAULT_PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// Runs a task.
pub(crate) fn run(options: &LoadTaskOptions, registry: &Registry, reporter: &Reporter) -> Result<Status> {
    let mut given = ContainerOptions::read(options)?;
    let source = TaskSource::read(options, registry, reporter)?;
    check_effect(options, &source)?;
    let _held = hold();
    let graph = source.graph();
    let no_graph = TaskGraph::default();
    let full = graph.map_or(&no_graph, |graph| &graph.full.graph);
    let known = KnownTasks::read(options, full, &connect_for_a_look)?;
    let task = source.task(&known, &connect_for_a_look)?;
    let mut payload = Payload::read(&task, options.image.is_some())?;
    let fetches = Fetches::read(&task, &payload.env)?;
    check(options, &task, &payload)?;
    if options.develop {
        develop::apply(&task.name, &mut payload, &mut given)?;
    }
    let shell = options.interactive.then(|| shell_of(options, &task, &payload)).transpose()?;
    let engine = Engine::find(options.engine.engine.as_deref())?;
    if !options.quiet {
        warn_of_lacking(&task, &payload, graph.is_some().then_some(&known));
    }
    let store = Store::open(options.artifacts.as_deref())?;
    let taskcluster = OnceCell::new();
    let provider =
        Provider { store: &store, graph: full, known: &known, offline: options.offline, taskcluster };
    if let Some(fetches) = &fetches {
        provider.provide(fetches)?;
    }
    let sources = Sources { engine: &engine, provider: &provider, graph, registry, reporter };
    let image = sources.image(options, &task, payload.image.as_ref())?;

    let root_url = match graph {
        Some(graph) => graph.settings.root_url.clone(),
        None => settings(None, true, registry)?.root_url,
    };
    let work_folder = match &payload.mounts {
        Some(mounts) => {
            let run_task = match graph {
                Some(graph) => graph.settings.run_task.clone(),
                None => settings(options.tree.run_task_dir.as_deref(), true, registry)?.run_task,
            };
            Some(WorkFolder::make(&task, mounts, run_task.as_ref(), &provider)?)
        }
        None => None,
    };
    let own = ProgramFiles::new()?;
    let mut spec = Spec { image, is_interactive: options.interactive, ..Spec::default() };
    spec.command = payload.command.clone();
    spec.env = environment(options, &task, &payload, &given, &root_url).into_iter().collect();
    spec.volumes = given.volumes;
    if let Some(folder) = &work_folder {
        spec.volumes.push(volume(folder.path(), FOLDER, "")?);
        spec.directory = Some(FOLDER.into());
        spec.user = Some(folder.user());
        // Whoever has a number and no name has no home either.
        if !spec.env.iter().any(|(name, _)| name == "HOME") {
            set(&mut spec, "HOME", FOLDER.to_owned());
        }
    }
    if options.caches {
        for (name, path) in &payload.caches {
            spec.volumes.push(format!("{}:{path}", volume_name(name)).into());
        }
    }
    if let Some(fetches) = &fetches {
        own.add_fetch_content()?;
        set(&mut spec, FETCHES, fetches.variable.clone());
        let path = match spec.env.iter().find(|(name, _)| name == "PATH") {
            Some((_, path)) => path.clone(),
            None => engine.image_variable(&spec.image, "PATH")?.unwrap_or_else(|| DEFAULT_PATH.into()),
        };
        set(&mut spec, "PATH", format!("{OWN}/bin:{path}"));
        for (label, id) in fetches.tasks() {
            let inside = format!("{UPSTREAM}/api/queue/v1/task/{id}/artifacts");
            spec.volumes.push(volume(&store.folder(label.as_str()), &inside, ":ro")?);
        }
    }
    if let Some(shell) = shell {
        own.add_shell(&shell.startup)?;
        spec.command = shell.command;
    }
    spec.volumes.push(volume(own.path(), OWN, ":ro")?);
    run_container(options, &engine, &store, &task, &payload, &spec)
}

/// Runs the container, and keeps what it leaves.
fn run_container(
    options: &LoadTaskOptions,
    engine: &Engine,
    store: &Store,
    task: &Task,
    payload: &Payload,
    spec: &Spec,
) -> Result<Status> {
    let mut container = Container::create(engine, container_name(&task.name), spec)?;
    if options.keep {
        container.keep();
    }
    if !options.quiet {
        let (name, image) = (one_line(&task.name), one_line(&spec.image));
        eprintln!("running {name} in {image} ({}, container {})", engine.name(), container.name());
    }
    let ended = container.run()?;
    let has_failed = ended.code != 0;
    if !store.is_temporary() && !payload.artifacts.is_empty() {
        let (folder, missing) = store.keep(&task.name, &container, &payload.artifacts, has_failed)?;
        for artifact in missing {
            let (name, path) = (one_line(&artifact.name), one_line(&artifact.path));
            eprintln!("warning: the artifact {name} is not there: the container has no {path}");
        }
        if !options.quiet {
            eprintln!("artifacts: {}", one_line(&folder.display().to_string()));
        }
    } else if !payload.artifacts.is_empty() && !options.quiet && !options.keep {
        eprintln!("its artifacts are gone with the container; --artifacts DIR keeps them");
    }
    if options.keep {
        eprintln!("kept: {} start -ai {}", engine.name(), container.name());
    }
    if has_failed {
        eprintln!("{} ended with status {}", one_line(&task.name), ended.code);
    }
    Ok(Status::Task(ended.code))
}

/// The shell that is opened once the task is set up.
fn shell_of(options: &LoadTaskOptions, task: &Task, payload: &Payload) -> Result<run_task::Shell, Problems> {
    pause(&payload.command, &options.user, &format!("{OWN}/bin/shell")).ok_or_else(|| {
        let message =
            format!("`{}` has nothing to pause before: run-task has no command behind `--`", task.name);
        Problem::error("no-run-task", message).into()
    })
}

/// Whether the flags fit the task.
fn check(options: &LoadTaskOptions, task: &Task, payload: &Payload) -> Result<()> {
    let mut problems = Vec::new();
    let has_run_task = is_run_task(&payload.command);
    for (flag, is_given) in [("--interactive", options.interactive), ("--develop", options.develop)] {
        if is_given && !has_run_task {
            problems.push(needs_run_task(flag, &task.name));
        }
    }
    if options.user != "worker" && !options.interactive {
        let message = "--user does nothing here: it is for the shell that --interactive opens";
        problems.push(Problem::error("no-effect", message));
    }
    if options.interactive && options.task == "-" {
        let message = "--interactive needs a terminal: stdin has the definition";
        problems.push(Problem::error("no-effect", message).help("name the task by its label or taskId"));
    }
    Ok(Problems(problems).check()?)
}

/// The environment of the container: what a worker sets, what the task sets, what the flags set.
fn environment(
    options: &LoadTaskOptions,
    task: &Task,
    payload: &Payload,
    given: &ContainerOptions,
    root_url: &str,
) -> indexmap::IndexMap<String, String> {
    let group = task.definition.get("taskGroupId").and_then(|group| group.as_str()).unwrap_or_default();
    let worker = [
        ("RUN_ID", "0"),
        ("TASK_GROUP_ID", group),
        ("TASK_ID", &task.task_id),
        ("TASKCLUSTER_ROOT_URL", root_url),
    ];
    let mut env: indexmap::IndexMap<String, String> =
        worker.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    env.extend(payload.env.clone());
    // run-task wants each of these to be there, and volumes to be empty.
    let caches = env.shift_remove("TASKCLUSTER_CACHES").unwrap_or_default();
    let is_there = |path: &&str| {
        given.mounted.iter().any(|mounted| mounted == path)
            || options.caches && payload.caches.values().any(|cache| cache == path)
    };
    let there: Vec<&str> = caches.split(';').filter(is_there).collect();
    if !there.is_empty() {
        env.insert("TASKCLUSTER_CACHES".into(), there.join(";"));
    }
    if !given.mounted.is_empty() {
        env.shift_remove("TASKCLUSTER_VOLUMES");
    }
    env.extend(given.env.clone());
    env
}

/// Tells what the task asks for and a container here does not have.
fn warn_of_lacking(task: &Task, payload: &Payload, known: Option<&KnownTasks>) {
    if !payload.lacking.is_empty() {
        let lacking = payload.lacking.join(", ");
        eprintln!(
            "warning: {} asks for what there is not here: {}",
            one_line(&task.name),
            one_line(&lacking)
        );
    }
    let Some(known) = known else { return };
    let env = payload.env.iter().filter(|(name, _)| *name != FETCHES).map(|(_, value)| value);
    let texts: Vec<&String> = payload.command.iter().chain(env).collect();
    for (id, label) in &task.upstreams {
        if known.get(label).is_none() && texts.iter().any(|text| text.contains(id.as_str())) {
            let label = one_line(label.as_str());
            eprintln!(
                "warning: its command or environment names the task {label}, for which {id} stands; --upstream or --decision gives the real one"
            );
        }
    }
}

fn set(spec: &mut Spec, name: &str, value: String) {
    spec.env.retain(|(known, _)| known != name);
    spec.env.push((name.to_owned(), value));
}

/// Returns a name that no other container has, and that shows which task it is.
fn container_name(task: &str) -> String {
    let letters = task.chars().map(|letter| if letter.is_ascii_alphanumeric() { letter } else { '-' });
    let name: String = letters.take(60).collect();
    let random = TaskId::random();
    let random = random.as_str().replace(['-', '_'], "0");
    format!("taskgraph-rs-{name}-{}", &random[..8])
}

/// A cache as a volume of the engine.
fn volume_name(cache: &str) -> String {
    let is_letter = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_' | '.');
    let name: String = cache.chars().map(|letter| if is_letter(letter) { letter } else { '-' }).collect();
    format!("taskgraph-rs-{name}")
}

/// The files of this program that a container has.
struct ProgramFiles(tempfile::TempDir);

impl ProgramFiles {
    fn new() -> Result<Self> {
        use std::os::unix::fs::PermissionsExt as _;
        let failed = || "there is no place for temporary files";
        let folder = tempfile::tempdir().or_machine(failed)?;
        let bin = folder.path().join("bin");
        std::fs::create_dir(&bin).or_machine(failed)?;
        for folder in [folder.path(), &bin] {
            std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o755)).or_machine(failed)?;
        }
        Ok(ProgramFiles(folder))
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn add_fetch_content(&self) -> Result<()> {
        write_readable(&self.path().join("bin/fetch-content"), FETCH_CONTENT, true)
    }

    fn add_shell(&self, startup: &str) -> Result<()> {
        write_readable(&self.path().join("startup"), startup, false)?;
        write_readable(&self.path().join("bin/shell"), &shell_program(&format!("{OWN}/startup")), true)
    }
}
