//! The environment: read here, once, and handed down as settings.
#![expect(clippy::disallowed_methods, reason = "this is the one place that reads the environment")]

use std::env;
use std::path::{Path, PathBuf};

use crate::{embedded_kinds, threads};
use taskgraph::diagnostics::{Problem, Problems};
use taskgraph::error::{Error, Result};
use taskgraph::registry::Registry;
use taskgraph::settings::{PRODUCTION_ROOT_URL, RunTask, Settings};
use taskgraph::tree::Tree;
use taskgraph_python::PythonEnvironment;
use taskgraph_taskcluster::{Access, Credentials};

/// Settings out of flags and the environment. The files of run-task are those beside the interpreter that would make
/// parts of the tree, if nothing else is said: both sides have to use the same ones.
pub(crate) fn settings(run_task_dir: Option<&Path>, fast: bool, registry: &Registry) -> Result<Settings> {
    Ok(Settings {
        fast,
        root_url: url("TASKCLUSTER_ROOT_URL").unwrap_or_else(|| PRODUCTION_ROOT_URL.into()),
        proxy_url: url("TASKCLUSTER_PROXY_URL"),
        task_id: text("TASK_ID"),
        optimize_strategies: text("TASKGRAPH_OPTIMIZE_STRATEGIES"),
        run_task: find_run_task(run_task_dir, registry)?,
        ..Settings::default()
    })
}

/// The number of the run of the task that the program runs in; none if it runs in no task.
pub(crate) fn run_id() -> Result<Option<u64>> {
    let Some(run) = text("RUN_ID") else { return Ok(None) };
    let refused = |_| {
        let message = format!("RUN_ID is `{run}`, which is not the number of a run");
        Problems::from(Problem::error("run-id", message).help("the worker sets it in every task: 0, 1, 2, …"))
    };
    Ok(Some(run.parse().map_err(refused)?))
}

/// A variable that is set to something.
fn text(name: &str) -> Option<String> {
    env::var(name).ok().filter(|value| !value.is_empty())
}

/// A variable that flags name, or that answers a question in advance.
pub(crate) fn variable(name: &str) -> Option<String> {
    // A name with `=` or NUL in it would make the call panic.
    let is_name = !name.is_empty() && !name.contains(['=', '\0']);
    is_name.then(|| env::var(name).ok()).flatten()
}

/// A url without a slash at its end.
fn url(name: &str) -> Option<String> {
    text(name).map(|url| url.trim_end_matches('/').to_owned())
}

/// Reads the environment variables about Python.
pub(crate) fn python_environment() -> PythonEnvironment {
    PythonEnvironment {
        path: env::var_os("PATH").unwrap_or_default(),
        taskgraph_python: text("TASKGRAPH_PYTHON").map(PathBuf::from),
        virtual_env: text("VIRTUAL_ENV").map(PathBuf::from),
    }
}

/// The level that the surroundings say, as `image-digest` takes it.
pub(crate) fn level() -> String {
    text("MOZ_SCM_LEVEL").unwrap_or_else(|| "3".into())
}

/// Returns the access to Taskcluster: by the proxy of a task, or else by its root url, with credentials if there are
/// any.
pub(crate) fn access() -> Result<Access> {
    let credentials = match (text("TASKCLUSTER_CLIENT_ID"), text("TASKCLUSTER_ACCESS_TOKEN")) {
        (Some(client_id), Some(access_token)) => {
            Some(Credentials { client_id, access_token, certificate: text("TASKCLUSTER_CERTIFICATE") })
        }
        (None, None) => None,
        _ => {
            let message = "TASKCLUSTER_CLIENT_ID and TASKCLUSTER_ACCESS_TOKEN go together; one is missing";
            return Err(Problems::from(Problem::error("credentials", message)).into());
        }
    };
    let root_url = url("TASKCLUSTER_ROOT_URL").unwrap_or_else(|| PRODUCTION_ROOT_URL.into());
    Ok(Access { root_url, proxy_url: url("TASKCLUSTER_PROXY_URL"), credentials })
}

/// Refuses to create tasks at an instance that nobody has named: it would be that of Firefox CI, whatever was meant.
pub(crate) fn needs_root_url() -> Result<()> {
    if is_root_url_set() {
        return Ok(());
    }
    let help = "the worker sets it in every task; elsewhere name the instance, as in \
                `export TASKCLUSTER_ROOT_URL=https://firefox-ci-tc.services.mozilla.com`";
    Err(Problems::from(Problem::error("root-url", "TASKCLUSTER_ROOT_URL is not set").help(help)).into())
}

/// Whether the instance is named, and not taken for that of Firefox CI.
pub(crate) fn is_root_url_set() -> bool {
    url("TASKCLUSTER_ROOT_URL").is_some()
}

/// Input of an action's task.
pub(crate) struct ActionCall {
    /// The callback name of the action.
    pub callback: String,
    /// The task group that it is about.
    pub group: String,
    /// The task that it is about, if it is about one.
    pub task: Option<String>,
    /// The input, as JSON.
    pub input: String,
}

/// Reads the request for an action from the environment of its task. Reports all that is missing at once.
pub(crate) fn action() -> Result<ActionCall> {
    let text = |name: &str| env::var(name).ok().filter(|value| !value.is_empty());
    let mut problems = Vec::new();
    let mut needed = |name: &str| {
        text(name).unwrap_or_else(|| {
            let help = "the hook of an action sets it; `test-action-callback` takes flags instead";
            problems.push(Problem::error("no-action", format!("{name} is not set")).help(help));
            String::new()
        })
    };
    let (callback, group) = (needed("ACTION_CALLBACK"), needed("ACTION_TASK_GROUP_ID"));
    // The hook writes both as JSON: `null` says that there is none.
    let task = match text("ACTION_TASK_ID").map(|task| (serde_json::from_str(&task), task)) {
        None => None,
        Some((Ok(task), _)) => task,
        Some((Err(_), task)) => {
            let message = format!("ACTION_TASK_ID is `{task}`: a string in JSON, or null, is needed");
            problems.push(Problem::error("no-action", message));
            None
        }
    };
    Problems(problems).check()?;
    Ok(ActionCall { callback, group, task, input: text("ACTION_INPUT").unwrap_or_else(|| "null".into()) })
}

/// The folder of a tree, from the top of its repository.
const ROOT: &str = "taskcluster";

/// Opens the tree that was asked for, else `taskcluster` of the checkout that the current directory is in. Starts the
/// threads that are going to read it: a command without a tree needs none.
pub(crate) fn open_tree(root: Option<&Path>) -> Result<Tree> {
    threads::start(None)?;
    match root {
        Some(root) => Tree::open(root, &current_dir()?),
        None => Tree::open(&above()?.unwrap_or_else(|| ROOT.into()), &current_dir()?),
    }
}

/// Opens the tree that was asked for, else `taskcluster` of the checkout that the current directory is in, else the
/// embedded one.
pub(crate) fn open_tree_or_embedded(root: Option<&Path>) -> Result<Tree> {
    match (root, above()?) {
        (None, None) => threads::start(None).map(|()| embedded_kinds::tree()),
        (Some(root), _) => open_tree(Some(root)),
        (None, Some(root)) => open_tree(Some(&root)),
    }
}

/// `taskcluster` of the current directory, or of one above it up to the top of the repository, as git looks for it.
fn above() -> Result<Option<PathBuf>> {
    let current = current_dir()?;
    let mut folder = PathBuf::new();
    for directory in current.ancestors() {
        let root = folder.join(ROOT);
        if directory.join(ROOT).join("config.yml").is_file() {
            return Ok(Some(root));
        }
        if directory.join(".git").exists() {
            break;
        }
        folder.push("..");
    }
    Ok(None)
}

/// Whether this word stands in the command line, for when the whole of it makes no sense.
pub(crate) fn has_argument(word: &str) -> bool {
    env::args_os().any(|argument| argument == word)
}

/// The current directory.
pub(crate) fn current_dir() -> Result<PathBuf> {
    env::current_dir().map_err(|error| Error::machine(format!("the current directory is unknown: {error}")))
}

/// The files of run-task: where a flag says, in an installed Taskgraph, or where images keep them.
fn find_run_task(given: Option<&Path>, registry: &Registry) -> Result<Option<RunTask>> {
    if let Some(directory) = given {
        let found = RunTask::in_directory(directory);
        return match found.missing() {
            None => Ok(Some(found)),
            Some(file) => {
                let message = format!("there is no `{file}` in `{}`", directory.display());
                let help = "--run-task-dir names a folder that has run-task, fetch-content, hgrc and robustcheckout.py";
                Err(Problems::from(Problem::error("run-task", message).help(help)).into())
            }
        };
    }
    let beside = registry.python().map_or(&[][..], |python| python.site_packages());
    let beside = beside.iter().map(|folder| folder.join("taskgraph/run-task"));
    let candidates = beside.chain(installed()).map(|directory| RunTask::in_directory(&directory));
    Ok(candidates.chain([RunTask::in_image()]).find(|found| found.missing().is_none()))
}

/// `taskgraph/run-task` in the site-packages of every Python that has its programs on the PATH.
fn installed() -> Vec<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    let mut found = Vec::new();
    for bin in env::split_paths(&path).filter(|bin| bin.join("taskgraph").is_file()) {
        let Some(libraries) = bin.parent().map(|prefix| prefix.join("lib")) else { continue };
        let Ok(entries) = libraries.read_dir() else { continue };
        let mut pythons: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
        pythons.sort();
        found.extend(pythons.iter().rev().map(|python| python.join("site-packages/taskgraph/run-task")));
    }
    found
}
