//! A repository with a small tree, and the program as it is called there.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::fake_taskcluster::Fake;
use crate::support::program::{Outcome, program, run};

/// The decision task.
pub(super) const DECISION: &str = "fN1SbArXTPSVFUUvaOlinQ";

/// Four tasks: `b` and `c` depend on `a`, and `d` on nothing. `d` is created twice.
const TREE: [(&str, &str); 3] = [
    (".taskcluster.yml", "{version: 1, tasks: []}"),
    (
        "taskcluster/config.yml",
        "
trust-domain: t
task-priority: low
taskgraph: {repositories: {r: {name: r}}}
workers:
  aliases:
    linux: {provisioner: 't-{level}', implementation: docker-worker, os: linux, worker-type: linux}
",
    ),
    (
        "taskcluster/kinds/job/kind.yml",
        "
loader: taskgraph.loader.transform:loader
transforms: [taskgraph.transforms.task]
task-defaults:
  description: does something
  worker-type: linux
  worker: {docker-image: debian, max-run-time: 600, command: [make]}
  treeherder: {kind: other, platform: linux/opt, tier: 1}
  run-on-projects: [all]
tasks:
  a: {treeherder: {symbol: A}}
  b: {treeherder: {symbol: B}, dependencies: {first: job-a}}
  c: {treeherder: {symbol: C}, dependencies: {first: job-a}}
  d: {treeherder: {symbol: D}, attributes: {task_duplicates: 2}}
",
    ),
];

/// A clone in a folder of its own.
pub(super) struct Repository {
    folder: tempfile::TempDir,
}

impl Repository {
    /// One commit on `main`, with the tree in it.
    pub(super) fn new() -> Self {
        let repository = Repository { folder: tempfile::tempdir().unwrap() };
        repository.git(&["init", "--quiet", "--initial-branch=main"]);
        for (path, text) in TREE {
            repository.write(path, text);
        }
        repository.commit("first");
        repository
    }

    /// A folder that a clone will be made in.
    pub(super) fn clone_of(origin: &Repository, more: &[&str]) -> Self {
        let repository = Repository { folder: tempfile::tempdir().unwrap() };
        let url = format!("file://{}", origin.path().display());
        repository.git(&[&["clone", "--quiet"], more, &[&url, "."]].concat());
        repository
    }

    pub(super) fn path(&self) -> &Path {
        self.folder.path()
    }

    pub(super) fn file(&self, path: &str) -> PathBuf {
        self.path().join(path)
    }

    pub(super) fn write(&self, path: &str, text: &str) {
        let path = self.file(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub(super) fn git(&self, arguments: &[&str]) -> String {
        let output = Command::new("git")
            .args(["-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false"])
            .args(arguments)
            .current_dir(self.path())
            .output()
            .unwrap();
        assert!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    }

    /// Commits all files, and returns the commit.
    pub(super) fn commit(&self, message: &str) -> String {
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--allow-empty", "--message", message]);
        self.head()
    }

    /// Commits a new file.
    pub(super) fn touch(&self, file: &str) -> String {
        self.write(file, "x");
        self.commit(file)
    }

    pub(super) fn head(&self) -> String {
        self.git(&["rev-parse", "HEAD"])
    }

    /// The program, as a decision task calls it for a push; `more` comes last and wins.
    pub(super) fn command(&self, more: &[&str]) -> Command {
        let head = self.head();
        let mut flags: Vec<(String, String)> = [
            ("project", "p"),
            ("level", "1"),
            ("owner", "who@example.org"),
            ("tasks-for", "github-push"),
            ("pushlog-id", "0"),
            ("pushdate", "0"),
            ("repository-type", "git"),
            ("base-repository", "https://github.com/o/p"),
            ("base-ref", "main"),
            ("base-rev", &head),
            ("head-repository", "https://github.com/o/p"),
            ("head-ref", "main"),
            ("head-rev", &head),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into();
        let mut rest = Vec::new();
        for flag in more {
            match flag.trim_start_matches("--").split_once('=') {
                Some((name, value)) => match flags.iter_mut().find(|(known, _)| known == name) {
                    Some(known) => known.1 = value.to_owned(),
                    None => rest.push((*flag).to_owned()),
                },
                None => rest.push((*flag).to_owned()),
            }
        }
        let mut command = program(self.path());
        command.args(["decision", "--native=always"]);
        command.args(flags.iter().map(|(name, value)| format!("--{name}={value}"))).args(rest);
        command
    }

    /// A decision that creates nothing and asks nobody.
    pub(super) fn dry(&self, more: &[&str]) -> Outcome {
        run(self.command(&[&["--dry-run", "--offline"], more].concat()))
    }

    /// A decision in a task that has a proxy.
    pub(super) fn decide(&self, fake: &Fake, more: &[&str]) -> Outcome {
        fake.decision_task(DECISION);
        let mut command = self.command(more);
        command.envs(fake.environment()).env("TASK_ID", DECISION);
        run(command)
    }

    /// The parameters that a decision has written.
    pub(super) fn parameters(&self) -> Value {
        serde_yaml::from_str(&fs::read_to_string(self.file("artifacts/parameters.yml")).unwrap()).unwrap()
    }

    /// The artifacts, sorted; nothing if there is no such folder.
    pub(super) fn artifacts(&self) -> Vec<String> {
        let Ok(entries) = self.file("artifacts").read_dir() else { return Vec::new() };
        let mut names: Vec<String> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }
}
