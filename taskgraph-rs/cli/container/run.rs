//! A container: created, run to its end, looked into, and removed whatever happens.

use std::cell::Cell;
use std::ffi::{OsStr, OsString};
use std::io::{self, IsTerminal as _};
use std::path::Path;
use std::process::Stdio;
use taskgraph::error::{Error, Result};

use crate::container::call::{failure, tidy, wait_or_stop};
use crate::container::engine::Engine;

/// Specification of a container.
#[derive(Default)]
pub(crate) struct Spec {
    /// The image.
    pub image: String,
    /// Command, if it differs from that of the image.
    pub command: Vec<String>,
    /// The environment.
    pub env: Vec<(String, String)>,
    /// Volumes, in the form of the engine's `--volume`.
    pub volumes: Vec<OsString>,
    /// The folder that the command runs in, if not that of the image.
    pub directory: Option<String>,
    /// User, as `USER:GROUP` in numbers, if it differs from that of the image. They are the same inside as outside.
    pub user: Option<String>,
    /// Whether somebody talks to what runs in it.
    pub is_interactive: bool,
}

/// Exit of the command in a container.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ContainerExit {
    /// Its exit status.
    pub code: u8,
}

/// A container, which is gone when this is, unless it is to be kept.
pub(crate) struct Container<'e> {
    engine: &'e Engine,
    name: String,
    is_interactive: bool,
    is_kept: bool,
    /// Whether it may be running.
    may_run: Cell<bool>,
}

impl<'e> Container<'e> {
    /// Creates a container that does not run yet.
    pub(crate) fn create(engine: &'e Engine, name: String, spec: &Spec) -> Result<Self> {
        // Also what an interrupted call leaves behind is tidied up.
        let made = Container {
            engine,
            name,
            is_interactive: spec.is_interactive,
            is_kept: false,
            may_run: Cell::new(false),
        };
        let mut arguments: Vec<OsString> = vec!["create".into(), "--name".into(), made.name.clone().into()];
        if spec.is_interactive {
            arguments.push("--interactive".into());
            if io::stdin().is_terminal() {
                arguments.push("--tty".into());
            }
        }
        if let Some(directory) = &spec.directory {
            arguments.extend(["--workdir".into(), directory.into()]);
        }
        if let Some(user) = &spec.user {
            arguments.extend(["--user".into(), user.into()]);
            if engine.maps_users()? {
                arguments.push("--userns=keep-id".into());
            }
        }
        if Path::new("/sys/fs/selinux/enforce").exists() {
            // Else what is mounted cannot be read, or would have to be labelled anew.
            arguments.extend(["--security-opt".into(), "label=disable".into()]);
        }
        for (name, value) in &spec.env {
            arguments.extend(["--env".into(), format!("{name}={value}").into()]);
        }
        for volume in &spec.volumes {
            arguments.extend(["--volume".into(), volume.clone()]);
        }
        arguments.push(spec.image.clone().into());
        arguments.extend(spec.command.iter().map(OsString::from));
        let outcome = engine.ask(arguments)?;
        match outcome.status.success() {
            true => Ok(made),
            false => Err(failure(format!("`{}` cannot create the container", engine.name()), &outcome)),
        }
    }

    /// Its name.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// From now on it stays when this is gone.
    pub(crate) fn keep(&mut self) {
        self.is_kept = true;
    }

    /// Runs it to its end. What it writes goes to stdout and stderr.
    pub(crate) fn run(&self) -> Result<ContainerExit> {
        let mut command = self.engine.command(["start", "--attach"]);
        if self.is_interactive {
            command.arg("--interactive").stdin(Stdio::inherit());
        } else {
            command.stdin(Stdio::null());
        }
        self.may_run.set(true);
        command.arg(&self.name).stdout(Stdio::inherit());
        let outcome =
            wait_or_stop(&mut command, true, |_| tidy(&mut self.engine.command(["kill", &self.name])))?;
        let format = "{{.State.Status}} {{.State.ExitCode}}";
        let state = self.engine.ask(["container", "inspect", "--format", format, &self.name])?;
        let said = state.out.split_once(' ').map(|(state, code)| (state.trim(), code.trim().parse::<i64>()));
        match said {
            Some(("exited" | "stopped" | "dead", Ok(code))) => {
                self.may_run.set(false);
                Ok(ContainerExit { code: u8::try_from(code & 0xff).unwrap_or(u8::MAX) })
            }
            Some(("created" | "configured" | "initialized", _)) => {
                Err(failure(format!("`{}` cannot start the container", self.engine.name()), &outcome))
            }
            _ => Err(failure(format!("`{}` has lost the container", self.engine.name()), &outcome)),
        }
    }

    /// Copies a file, or what is in a folder, out of it; `false` if there is none at that path. It need not run.
    pub(crate) fn copy_out(&self, path: &str, to: &Path) -> Result<bool> {
        let from = format!("{}:{path}", self.name);
        let outcome = self.engine.ask([OsStr::new("cp"), OsStr::new(&from), to.as_os_str()])?;
        if outcome.status.success() {
            return Ok(true);
        }
        let tail = outcome.tail.to_lowercase();
        // Each engine has its own words: `Could not find the file`, `no such file or directory`.
        if tail.contains("could not find") || tail.contains("no such file") || tail.contains("not exist") {
            return Ok(false);
        }
        Err(failure(format!("`{path}` cannot be copied out of the container"), &outcome))
    }
}

impl Drop for Container<'_> {
    fn drop(&mut self) {
        if self.may_run.get() {
            tidy(&mut self.engine.command(["kill", &self.name]));
        }
        if !self.is_kept {
            tidy(&mut self.engine.command(["rm", "--force", "--volumes", &self.name]));
        }
    }
}

/// A path of this machine and one of a container, as `--volume` takes them.
pub(crate) fn volume(from: &Path, to: &str, options: &str) -> Result<OsString> {
    if from.to_string_lossy().contains(':') {
        let message = format!("`{}` has a colon, which no engine mounts", from.display());
        return Err(Error::machine(message));
    }
    let mut volume = from.as_os_str().to_owned();
    volume.push(":");
    volume.push(to);
    volume.push(options);
    Ok(volume)
}
