//! A repository with a small tree, an engine that plays, and the program as it is called there.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::support::checkout;

/// Two images, a task that leaves a folder, one that fetches from it, one for another worker.
const TREE: [(&str, &str); 6] = [
    (
        "taskcluster/config.yml",
        "\
trust-domain: t
task-priority: low
taskgraph: {repositories: {ci: {name: CI}}}
workers:
  aliases:
    w: {provisioner: p, implementation: docker-worker, os: linux, worker-type: w}
    g: {provisioner: p, implementation: generic-worker, os: linux, worker-type: g}
    images: {provisioner: p, implementation: docker-worker, os: linux, worker-type: images}
",
    ),
    (
        "taskcluster/kinds/docker-image/kind.yml",
        "\
loader: taskgraph.loader.transform:loader
transforms: [taskgraph.transforms.docker_image, taskgraph.transforms.cached_tasks, taskgraph.transforms.task]
tasks: {base: {}, child: {parent: base}}
",
    ),
    (
        "taskcluster/docker/base/Dockerfile",
        "FROM debian:12\n# %include-run-task\nVOLUME /builds/worker/checkouts\n",
    ),
    ("taskcluster/docker/child/Dockerfile", "FROM $DOCKER_IMAGE_PARENT\nVOLUME /builds/worker/checkouts\n"),
    (
        "taskcluster/kinds/make/kind.yml",
        "\
loader: taskgraph.loader.transform:loader
kind-dependencies: [docker-image]
transforms: [taskgraph.transforms.run, taskgraph.transforms.task]
task-defaults: {description: makes, worker-type: w, worker: {max-run-time: 60}}
tasks:
  corpus:
    worker:
      docker-image: {in-tree: base}
      artifacts: [{name: public/build, path: /builds/worker/artifacts, type: directory}]
    run: {using: run-task, checkout: false, command: make corpus}
  generic:
    worker-type: g
    run: {using: run-task, checkout: false, command: make}
",
    ),
    (
        "taskcluster/kinds/use/kind.yml",
        "\
loader: taskgraph.loader.transform:loader
kind-dependencies: [docker-image, make]
transforms: [taskgraph.transforms.run, taskgraph.transforms.task]
tasks:
  merge/1:
    description: merges
    dependencies: {corpus: make-corpus}
    fetches: {corpus: [{artifact: corpus.gz, extract: false}]}
    worker-type: w
    worker:
      docker-image: {in-tree: child}
      max-run-time: 60
      env: {UPSTREAM: {task-reference: <corpus>}}
      artifacts: [{name: public/out, path: /builds/worker/merged, type: file}]
    run: {using: run-task, checkout: true, cwd: '{checkout}', command: merge}
",
    ),
];

/// Programs that the engine needs.
const PROGRAMS: [&str; 11] =
    ["ls", "sed", "sh", "git", "cat", "cp", "tr", "basename", "sleep", "kill", "env"];

/// Result of a call.
pub(super) struct Outcome {
    /// Its status; nothing if a signal ended it.
    pub status: Option<i32>,
    pub out: String,
    pub err: String,
}

/// A repository, and a system beside it that has nothing but an engine.
pub(super) struct Fixture {
    pub repository: tempfile::TempDir,
    folder: tempfile::TempDir,
}

impl Fixture {
    /// One whose engines have these names.
    pub(super) fn new(engines: &[&str]) -> Self {
        let tree = tempfile::tempdir().unwrap();
        for (path, text) in TREE {
            let path = tree.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        let fixture = Fixture { repository: checkout(tree.path()), folder: tempfile::tempdir().unwrap() };
        for folder in ["bin", "fake/images", "fake/container", "run-task"] {
            fs::create_dir_all(fixture.path(folder)).unwrap();
        }
        for program in PROGRAMS {
            let found = ["/usr/local/bin", "/usr/bin", "/bin"].map(|folder| Path::new(folder).join(program));
            let found = found.iter().find(|path| path.exists()).unwrap();
            std::os::unix::fs::symlink(found, fixture.path("bin").join(program)).unwrap();
        }
        for file in ["run-task", "fetch-content", "hgrc", "robustcheckout.py"] {
            fs::write(fixture.path("run-task").join(file), file).unwrap();
        }
        for engine in engines {
            let path = fixture.path("bin").join(engine);
            fs::write(&path, include_str!("engine.sh")).unwrap();
            fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
        }
        fixture.fake("state", "exited 0\n");
        fixture
    }

    /// A path beside the repository.
    pub(super) fn path(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    /// The folder of artifacts.
    pub(super) fn artifacts(&self) -> PathBuf {
        self.path("artifacts")
    }

    /// A file of the engine's.
    pub(super) fn fake(&self, path: &str, text: &str) {
        let path = self.path("fake").join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// A file in the repository, or beside it.
    pub(super) fn write(path: &Path, text: &str) {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// The program, in the repository.
    pub(super) fn program(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_taskgraph-rs"));
        command
            .args(arguments)
            .current_dir(self.repository.path())
            .env_clear()
            .env("PATH", self.path("bin"))
            .env("HOME", self.folder.path())
            .env("FAKE", self.path("fake"))
            .env("TASKGRAPH_RUN_TASK_DIR", self.path("run-task"))
            .env("TASKCLUSTER_ROOT_URL", "http://127.0.0.1:1")
            .stdin(Stdio::null());
        command
    }

    /// Calls it.
    pub(super) fn call(&self, arguments: &[&str]) -> Outcome {
        self.run(&mut self.program(arguments))
    }

    /// Runs a command of the program. Paths and random parts are made equal.
    pub(super) fn run(&self, command: &mut Command) -> Outcome {
        let output = command.output().unwrap();
        let text = |bytes| self.equal(&String::from_utf8(bytes).unwrap());
        Outcome { status: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
    }

    /// Returns the calls of the engine, one a line.
    pub(super) fn log(&self) -> Vec<String> {
        let log = fs::read_to_string(self.path("fake/log")).unwrap_or_default();
        self.equal(&log).lines().map(str::to_owned).collect()
    }

    /// The calls of one kind.
    pub(super) fn calls(&self, call: &str) -> Vec<String> {
        self.log().into_iter().filter(|line| line.contains(&format!(" [{call}]"))).collect()
    }

    /// The images that the engine has.
    pub(super) fn images(&self) -> Vec<String> {
        self.listed("fake/images")
    }

    /// The files below a folder.
    pub(super) fn listed(&self, folder: &str) -> Vec<String> {
        let mut files = Vec::new();
        let _ = taskgraph::tree::walk(&self.path(folder), "", &mut files);
        files.sort();
        files
    }

    /// A text without what differs from run to run.
    fn equal(&self, text: &str) -> String {
        let repository = self.repository.path().canonicalize().unwrap();
        let folder = self.folder.path().canonicalize().unwrap();
        let text = text.replace(&*repository.to_string_lossy(), "REPOSITORY");
        let text = text.replace(&*folder.to_string_lossy(), "DESK");
        let text = regex::Regex::new(r"(taskgraph-rs-[A-Za-z0-9-]+)-[A-Za-z0-9]{8}\b")
            .unwrap()
            .replace_all(&text, "$1-CHANCE")
            .into_owned();
        let text = regex::Regex::new(r"(/tmp/)?\.tmp[A-Za-z0-9]{6}")
            .unwrap()
            .replace_all(&text, "TEMPORARY")
            .into_owned();
        regex::Regex::new(r"\b[0-9a-f]{40}\b").unwrap().replace_all(&text, "REVISION").into_owned()
    }
}
