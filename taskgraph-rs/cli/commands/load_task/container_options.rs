//! Options of the container from the flags: folders of this machine, and variables.

use crate::commands::load_task::LoadTaskOptions;
use crate::commands::load_task::definition::TaskSource;
use crate::container::volume;
use crate::environment::variable;
use indexmap::IndexMap;
use std::ffi::OsString;
use std::path::Path;
use taskgraph::diagnostics::{Problem, Problems};
use taskgraph::error::Result;

/// Options of the container.
#[derive(Default)]
pub(super) struct ContainerOptions {
    /// Folders as the engine mounts them.
    pub volumes: Vec<OsString>,
    /// Their paths in the container.
    pub mounted: Vec<String>,
    /// Variables.
    pub env: IndexMap<String, String>,
}

impl ContainerOptions {
    /// Reads the flags; all that is wrong at once.
    pub(super) fn read(options: &LoadTaskOptions) -> Result<Self> {
        let mut problems = Vec::new();
        let mut given = ContainerOptions::default();
        for one in &options.volumes {
            match mount(one) {
                Ok((volume, mounted)) => {
                    given.volumes.push(volume);
                    given.mounted.push(mounted);
                }
                Err(wrong) => problems.extend(wrong.0),
            }
        }
        for one in &options.env {
            let (name, value) = match one.split_once('=') {
                Some((name, value)) => (name, Some(value.to_owned())),
                None => (&**one, variable(one)),
            };
            match value {
                Some(value) if !name.is_empty() => {
                    given.env.insert(name.to_owned(), value);
                }
                Some(_) => {
                    let message = format!("`--env {one}` names no variable");
                    problems.push(Problem::error("env", message).help("write NAME=VALUE"));
                }
                None => {
                    let message = format!("`--env {one}` has no value, and the variable is not set here");
                    problems.push(Problem::error("env", message).help("write NAME=VALUE"));
                }
            }
        }
        Problems(problems).check()?;
        Ok(given)
    }
}

/// A folder as the engine mounts it, and where it is then.
fn mount(given: &str) -> Result<(OsString, String), Problems> {
    let refuse = |what: &str| {
        let message = format!("`--volume {given}` {what}");
        Problems::from(Problem::error("volume", message).help("write HOST_DIR:CONTAINER_DIR"))
    };
    let Some((host, inside)) =
        given.split_once(':').filter(|(host, inside)| !host.is_empty() && !inside.is_empty())
    else {
        return Err(refuse("does not name two folders"));
    };
    let mounted = inside.split(':').next().unwrap_or(inside);
    if !mounted.starts_with('/') {
        return Err(refuse("names no folder of the container: its path begins with `/`"));
    }
    match Path::new(host).canonicalize() {
        Ok(path) => {
            let volume =
                volume(&path, inside, "").map_err(|error| refuse(&format!("cannot be mounted: {error}")))?;
            Ok((volume, mounted.to_owned()))
        }
        // What is not a path is the name of a volume of the engine.
        Err(_) if !host.contains('/') && !host.starts_with('.') => Ok((given.into(), mounted.to_owned())),
        Err(error) => Err(refuse(&format!("names a folder that cannot be opened: {error}"))),
    }
}

/// Refuses flags that do nothing for what is asked for.
pub(super) fn check_effect(options: &LoadTaskOptions, source: &TaskSource) -> Result<()> {
    if source.graph().is_some() {
        return Ok(());
    }
    let flags = [
        ("--config", options.config.is_some()),
        ("--target-stage", options.target_stage.is_some()),
        ("--known-urls", options.known_urls.is_some()),
        ("--upstream", !options.upstreams.is_empty()),
        ("--decision", options.decision.is_some()),
        ("--offline", options.offline),
    ];
    let given = flags.iter().filter(|(_, is_given)| *is_given);
    let problem = |(flag, _): &(&str, bool)| {
        Problem::error(
            "no-effect",
            format!("{flag} does nothing here: it is for tasks that are named by their label"),
        )
    };
    Ok(Problems(given.map(problem).collect()).check()?)
}
