//! The engine: docker, or podman, as it is installed.

use std::ffi::OsStr;
use std::io;
use std::path::Path;
use std::process::{Command, Stdio};
use taskgraph::error::{Error, Result};

use crate::container::call::{CallOutput, failure, wait_for, wait_if_installed};

/// The engines that are looked for, in order.
const KNOWN: [&str; 2] = ["docker", "podman"];

/// The name that an engine begins local images with, if it does.
const LOCAL: &str = "localhost/";

/// An engine that answers.
pub(crate) struct Engine {
    program: String,
}

impl Engine {
    /// The engine that is asked for, else docker or podman, whichever answers first.
    pub(crate) fn find(asked: Option<&str>) -> Result<Self> {
        let candidates = match &asked {
            Some(one) => std::slice::from_ref(one),
            None => &KNOWN[..],
        };
        let mut silent = Vec::new();
        for name in candidates {
            let engine = Engine { program: (*name).to_owned() };
            match wait_if_installed(&mut engine.question(["ps", "--quiet"]))? {
                Some(outcome) if outcome.status.success() => return Ok(engine),
                Some(outcome) => {
                    silent.push(failure(format!("`{name}` is installed and does not work"), &outcome))
                }
                None => {}
            }
        }
        let error = match (asked, silent.into_iter().next()) {
            (_, Some(failure)) => failure,
            (Some(name), None) => Error::machine("--engine names a program on PATH, or its path")
                .context(format!("there is no container engine `{name}`")),
            (None, None) => Error::machine(
                "install docker or podman; --engine names another program that is called like them",
            )
            .context("there is no container engine: neither `docker` nor `podman` is on PATH"),
        };
        Err(error)
    }

    /// Returns its name for users.
    pub(crate) fn name(&self) -> &str {
        &self.program
    }

    /// Returns the name of an image that was made here: podman begins such names with `localhost/`.
    pub(crate) fn local_name(&self, tag: &str) -> String {
        let file = Path::new(&self.program).file_name().unwrap_or_default().to_string_lossy();
        if file.contains("podman") { format!("{LOCAL}{tag}") } else { tag.to_owned() }
    }

    /// Whether numbers of users inside are others than outside, unless it is asked to keep them: podman for who is not root.
    pub(crate) fn maps_users(&self) -> Result<bool> {
        if self.local_name("") != LOCAL {
            return Ok(false);
        }
        let outcome = self.ask(["info", "--format", "{{.Host.Security.Rootless}}"])?;
        Ok(outcome.out.trim() == "true")
    }

    /// A command of the engine.
    #[expect(clippy::disallowed_methods, reason = "docker and podman are called here and nowhere else")]
    pub(crate) fn command(&self, arguments: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Command {
        let mut command = Command::new(&self.program);
        command.args(arguments);
        command
    }

    /// Runs a call silently and returns its stdout.
    pub(crate) fn ask(&self, arguments: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Result<CallOutput> {
        wait_for(&mut self.question(arguments), false)
    }

    /// A command whose stdout is read.
    fn question(&self, arguments: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Command {
        let mut command = self.command(arguments);
        command.stdin(Stdio::null()).stdout(Stdio::piped());
        command
    }

    /// Makes a call that takes its time and has to succeed: what it says is shown on stderr.
    pub(crate) fn work(
        &self,
        what: impl Into<String>,
        arguments: impl IntoIterator<Item = impl AsRef<OsStr>>,
    ) -> Result<()> {
        let outcome =
            wait_for(self.command(arguments).stdin(Stdio::null()).stdout(Stdio::from(io::stderr())), true)?;
        if outcome.status.success() { Ok(()) } else { Err(failure(what, &outcome)) }
    }

    /// Whether an image is there.
    pub(crate) fn has_image(&self, image: &str) -> Result<bool> {
        Ok(self.ask(["image", "inspect", "--format", "{{.Id}}", image])?.status.success())
    }

    /// Loads an image out of a file, and returns its name, or its id if it has none.
    pub(crate) fn load(&self, file: &Path) -> Result<String> {
        let arguments = [OsStr::new("load"), OsStr::new("--input"), file.as_os_str()];
        let outcome = self.ask(arguments)?;
        if !outcome.status.success() {
            return Err(failure(format!("`{} load` has failed", self.program), &outcome));
        }
        project(&outcome.out)
            .ok_or_else(|| failure("the engine does not say which image it has loaded", &outcome))
    }

    /// Gives an image another name.
    pub(crate) fn tag(&self, image: &str, tag: &str) -> Result<()> {
        let outcome = self.ask(["tag", image, tag])?;
        if outcome.status.success() {
            return Ok(());
        }
        Err(failure(format!("the image `{image}` cannot be called `{tag}`"), &outcome))
    }

    /// A variable of the environment that an image sets.
    pub(crate) fn image_variable(&self, image: &str, name: &str) -> Result<Option<String>> {
        let outcome = self.ask(["image", "inspect", "--format", "{{json .Config.Env}}", image])?;
        if !outcome.status.success() {
            return Err(failure(format!("the image `{image}` cannot be looked at"), &outcome));
        }
        let variables: Vec<String> = serde_json::from_str(outcome.out.trim()).unwrap_or_default();
        let value = variables.iter().find_map(|variable| variable.strip_prefix(name)?.strip_prefix('='));
        Ok(value.map(str::to_owned))
    }
}

/// The image that `load` says that it has loaded: the first one.
fn project(out: &str) -> Option<String> {
    out.lines().find_map(|line| {
        let (_, image) = line.split_once("Loaded image")?;
        let (_, image) = image.split_once(": ")?;
        image.split([',', ' ']).next().map(str::to_owned).filter(|image| !image.is_empty())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_loaded_image_is_reported_in_the_words_of_each_engine() {
        for (out, image) in [
            ("Loaded image: train:latest\n", Some("train:latest")),
            ("Loaded image ID: sha256:abc\n", Some("sha256:abc")),
            ("Loaded image: localhost/a:1\nLoaded image: localhost/b:1\n", Some("localhost/a:1")),
            ("Loaded image(s): localhost/a:1,localhost/b:1\n", Some("localhost/a:1")),
            ("", None),
        ] {
            assert_eq!(project(out).as_deref(), image, "{out}");
        }
    }

    #[test]
    fn podman_begins_names_of_its_own_images_with_a_host() {
        let name = |program: &str| Engine { program: program.into() }.local_name("a:1");
        assert_eq!(name("docker"), "a:1");
        assert_eq!(name("/usr/bin/podman"), "localhost/a:1");
    }
}
