//! A small tree with Python of its own, and the program called there.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

use crate::support::{CONFIG, PARAMETERS};

/// The start of a module with one transform; its body follows, twice indented.
pub(super) const TRANSFORM: &str = "\
import os, signal, sys, time
from taskgraph.transforms.base import TransformSequence
transforms = TransformSequence()
@transforms.add
def own(config, tasks):
    for task in tasks:
";

/// The module that it is in.
pub(super) const MODULE: &str = "taskcluster/own_taskgraph/transforms/own.py";

/// An interpreter with Taskgraph. Says in one line if there is none.
#[expect(clippy::print_stderr, reason = "a test says what it leaves out")]
pub(super) fn interpreter() -> Option<PathBuf> {
    let found = std::env::var_os("TASKGRAPH_TEST_PYTHON").map(PathBuf::from);
    if found.is_none() {
        eprintln!("left out: TASKGRAPH_TEST_PYTHON names no interpreter with Taskgraph");
    }
    found
}

/// Result of a call. Paths that differ from run to run are removed from its messages.
pub(super) struct Outcome {
    pub status: i32,
    pub out: String,
    pub err: String,
}

impl Outcome {
    /// The call went well; its output.
    #[track_caller]
    pub(super) fn fine(self) -> String {
        assert_eq!(self.status, 0, "{}", self.err);
        self.out
    }

    /// The input was refused, and nothing printed; the message.
    #[track_caller]
    pub(super) fn refused(self) -> String {
        assert_eq!((self.status, self.out.as_str()), (2, ""), "{}", self.err);
        assert!(self.err.contains("nothing was generated"), "{}", self.err);
        self.err
    }

    /// The machine is at fault; the message.
    #[track_caller]
    pub(super) fn machine(self) -> String {
        assert_eq!((self.status, self.out.as_str()), (3, ""), "{}", self.err);
        self.err
    }
}

/// A tree in a repository of its own.
pub(super) struct Tree {
    folder: TempDir,
    python: Option<PathBuf>,
}

impl Tree {
    /// A tree with one kind, whose transforms are that of the tree, if this is its text, and that of Taskgraph.
    pub(super) fn new(own: &str) -> Self {
        Tree::with("own_taskgraph.transforms.own:transforms, taskgraph.transforms.task:transforms", own)
    }

    /// The same with the tree's transform behind that of Taskgraph: what it yields are tasks.
    pub(super) fn at_the_end(own: &str) -> Self {
        Tree::with("taskgraph.transforms.task:transforms, own_taskgraph.transforms.own:transforms", own)
    }

    fn with(transforms: &str, own: &str) -> Self {
        let tree = Tree { folder: tempfile::tempdir().unwrap(), python: interpreter() };
        tree.file("taskcluster/config.yml", CONFIG);
        let kind = format!(
            "\
loader: taskgraph.loader.transform:loader
transforms: [{transforms}]
tasks:
    one: {{worker-type: w, worker: {{docker-image: {{indexed: x}}, max-run-time: 60}}, description: d}}
"
        );
        tree.file("taskcluster/kinds/k/kind.yml", &kind);
        tree.file("taskcluster/own_taskgraph/__init__.py", "");
        tree.file("taskcluster/own_taskgraph/transforms/__init__.py", "");
        tree.file(MODULE, own);
        tree.file("p.yml", PARAMETERS);
        for arguments in [
            &["init", "--quiet", "--initial-branch=main"][..],
            &["add", "--all"],
            &["-c", "user.name=t", "-c", "user.email=t@example.org", "commit", "--quiet", "--message=tree"],
            &["remote", "add", "origin", "https://github.com/example/tree"],
        ] {
            let git = Command::new("git").args(arguments).current_dir(tree.path()).status();
            assert!(git.unwrap().success(), "git {arguments:?}");
        }
        tree
    }

    pub(super) fn path(&self) -> &Path {
        self.folder.path()
    }

    pub(super) fn file(&self, path: &str, text: &str) {
        let path = self.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// Registers a function of the tree's package.
    pub(super) fn register(&self, module: &str) {
        let config = CONFIG.replace("taskgraph: {", "taskgraph: {register: \"own_taskgraph:register\", ");
        self.file("taskcluster/config.yml", &config);
        self.file("taskcluster/own_taskgraph/__init__.py", module);
    }

    /// `full` as JSON, made by Python where nothing is native; nothing if there is no interpreter for the tests.
    pub(super) fn full(&self, more: &[&str]) -> Option<Outcome> {
        self.made(&[&["full", "--json", "-p", "p.yml"], more].concat())
    }

    /// The same for any command.
    pub(super) fn made(&self, arguments: &[&str]) -> Option<Outcome> {
        let python = self.python.as_ref()?.display().to_string();
        Some(self.call(&[arguments, &["--native", "always", "--python", &python]].concat()))
    }

    /// Calls the program with next to nothing in its environment.
    pub(super) fn call(&self, arguments: &[&str]) -> Outcome {
        self.call_with(&[("PATH", "/usr/local/bin:/usr/bin:/bin")], arguments)
    }

    /// Calls it with an environment. No file may come of it.
    pub(super) fn call_with(&self, environment: &[(&str, &str)], arguments: &[&str]) -> Outcome {
        let before = self.files();
        let output = self.command(arguments).envs(environment.iter().copied()).output().unwrap();
        assert_eq!(before, self.files(), "files were written");
        let text = |bytes: &[u8]| self.neutral(std::str::from_utf8(bytes).unwrap());
        let (out, err) = (text(&output.stdout), text(&output.stderr));
        // Newer versions of Taskgraph log more, with the time.
        let reported: Vec<&str> = err.lines().filter(|line| !line.contains(" - INFO - ")).collect();
        let err = if reported.is_empty() { String::new() } else { reported.join("\n") + "\n" };
        assert!(!err.contains("panicked"), "{err}");
        Outcome { status: output.status.code().unwrap_or(-1), out, err }
    }

    /// The program, in this tree, with nothing in its environment.
    pub(super) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_taskgraph-rs"));
        command.args(arguments).current_dir(self.path()).env_clear().stdin(Stdio::null());
        command
    }

    /// A text without the paths of this run.
    pub(super) fn neutral(&self, text: &str) -> String {
        let python = self.python.as_ref().map(|python| python.display().to_string());
        let text = match &python {
            Some(python) => text.replace(python, "[python]"),
            None => text.to_owned(),
        };
        text.replace(&self.path().display().to_string(), "[tree]")
    }

    /// All files of the tree, without those of git.
    pub(super) fn files(&self) -> BTreeSet<PathBuf> {
        let mut found = BTreeSet::new();
        let mut open = vec![self.path().to_owned()];
        while let Some(folder) = open.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() && !path.ends_with(".git") {
                    open.push(path.clone());
                }
                found.insert(path);
            }
        }
        found
    }
}
