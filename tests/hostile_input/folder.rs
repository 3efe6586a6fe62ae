//! A folder with a small tree in it, and the program called there. What has to hold for every call is checked here.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use taskgraph_compat::terminal::is_safe;
use tempfile::TempDir;

use crate::support::PARAMETERS;
use crate::support::program::program;

/// The password that tests put into urls. It must not come out anywhere.
pub(crate) const SECRET: &str = "s3cret";

/// Long after this, a call hangs: tests on a busy machine take a fraction of it.
const PATIENCE: Duration = Duration::from_secs(240);

const CONFIG: &str = "\
trust-domain: t
task-priority: low
taskgraph: {repositories: {ci: {name: CI}}}
treeherder: {group-names: {I: Images}}
workers:
    aliases:
        w: {provisioner: p, implementation: docker-worker, os: linux, worker-type: w}
        images: {provisioner: p, implementation: docker-worker, os: linux, worker-type: images}
";

/// Result of a call.
pub(crate) struct Outcome {
    pub status: i32,
    pub out: String,
    pub err: String,
}

impl Outcome {
    /// The call went well; its output.
    #[track_caller]
    pub(crate) fn fine(self) -> String {
        assert_eq!(self.status, 0, "{}", self.err);
        self.out
    }

    /// The input was refused: nothing on stdout, and all of these words in the message.
    #[track_caller]
    pub(crate) fn refused(self, words: &[&str]) -> String {
        assert_eq!((self.status, self.out.as_str()), (2, ""), "{}", self.err);
        for word in words {
            assert!(self.err.contains(word), "no `{word}` in:\n{}", self.err);
        }
        assert!(self.err.contains("nothing was generated"), "{}", self.err);
        self.err
    }
}

/// A folder to call the program in.
pub(crate) struct Folder {
    folder: TempDir,
    threads: Cell<usize>,
}

impl Folder {
    /// Nothing at all.
    pub(crate) fn empty() -> Self {
        Folder { folder: tempfile::tempdir().unwrap(), threads: Cell::new(0) }
    }

    /// A tree with one kind, `k`, of this text, and parameters in `p.yml`.
    pub(crate) fn kind(text: impl AsRef<[u8]>) -> Self {
        let folder = Folder::empty();
        folder.file("taskcluster/config.yml", CONFIG);
        folder.file("taskcluster/kinds/k/kind.yml", text);
        folder.file("p.yml", PARAMETERS);
        folder
    }

    /// A tree with one kind of these tasks, which pass through `transforms`, and the task transform.
    pub(crate) fn tasks(transforms: &[&str], tasks: &str) -> Self {
        Folder::kind(kind(transforms, tasks))
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn file(&self, path: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, content).unwrap();
        path
    }

    pub(crate) fn link(&self, path: &str, target: impl AsRef<Path>) {
        std::os::unix::fs::symlink(target, self.path().join(path)).unwrap();
    }

    /// `full`, with these flags besides.
    pub(crate) fn full(&self, more: &[&str]) -> Outcome {
        self.call(&[&["full", "-p", "p.yml"], more].concat())
    }

    /// Lets the calls that follow have so many threads; 0 for one a core.
    pub(crate) fn with_threads(&self, threads: usize) -> &Self {
        self.threads.set(threads);
        self
    }

    /// Calls the program with nothing in its environment but the number of threads.
    pub(crate) fn call(&self, arguments: &[&str]) -> Outcome {
        self.call_into(Stdio::piped(), arguments)
    }

    /// Calls it with its output going somewhere.
    pub(crate) fn call_into(&self, out: impl Into<Stdio>, arguments: &[&str]) -> Outcome {
        self.call_with(&[], out, arguments)
    }

    /// The same with something more in its environment.
    pub(crate) fn call_with(
        &self,
        environment: &[(&str, &str)],
        out: impl Into<Stdio>,
        arguments: &[&str],
    ) -> Outcome {
        let before = self.files();
        let child = program(self.path())
            .args(arguments)
            .envs(environment.iter().copied())
            .stdin(Stdio::null())
            .env("RAYON_NUM_THREADS", self.threads.get().to_string())
            .stdout(out)
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let outcome = wait(child);
        assert!((0..=3).contains(&outcome.status), "{}: {}", outcome.status, outcome.err);
        assert!(!outcome.err.contains("panicked"), "{}", outcome.err);
        for text in [&outcome.out, &outcome.err] {
            assert!(!text.contains(SECRET), "the secret is out:\n{text}");
            let acts = text.chars().find(|c| !is_safe(*c) && *c != '\n');
            assert_eq!(acts, None, "a raw character in:\n{}", text.escape_debug());
        }
        assert_eq!(before, self.files(), "files were written");
        outcome
    }

    fn files(&self) -> BTreeSet<PathBuf> {
        let mut found = BTreeSet::new();
        let mut open = vec![self.path().to_owned()];
        while let Some(folder) = open.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let entry = entry.unwrap();
                if entry.file_type().unwrap().is_dir() {
                    open.push(entry.path());
                }
                found.insert(entry.path());
            }
        }
        found
    }
}

fn wait(mut child: Child) -> Outcome {
    fn read(mut from: impl std::io::Read + Send + 'static) -> std::thread::JoinHandle<String> {
        std::thread::spawn(move || {
            let mut bytes = Vec::new();
            from.read_to_end(&mut bytes).unwrap();
            String::from_utf8(bytes).unwrap()
        })
    }
    let out = child.stdout.take().map(read);
    let err = read(child.stderr.take().unwrap());
    let started = Instant::now();
    let status = loop {
        match child.try_wait().unwrap() {
            Some(status) => break status,
            None if started.elapsed() > PATIENCE => {
                child.kill().unwrap();
                panic!("the program hangs");
            }
            None => std::thread::sleep(Duration::from_millis(2)),
        }
    };
    Outcome {
        status: status.code().unwrap_or(-1),
        out: out.map(|out| out.join().unwrap()).unwrap_or_default(),
        err: err.join().unwrap(),
    }
}

/// kind.yml with these tasks.
pub(crate) fn kind(transforms: &[&str], tasks: &str) -> String {
    let names: String = transforms.iter().map(|name| format!("taskgraph.transforms.{name}, ")).collect();
    format!(
        "loader: taskgraph.loader.transform:loader\ntransforms: [{names}taskgraph.transforms.task]\ntasks:\n{tasks}"
    )
}

/// A task of this name, with `more` fields.
pub(crate) fn task(name: &str, more: &str) -> String {
    let comma = if more.is_empty() { "" } else { ", " };
    format!(
        "    {name}: {{worker-type: w, worker: {{docker-image: {{indexed: x}}, max-run-time: 60}}, description: d{comma}{more}}}\n"
    )
}
