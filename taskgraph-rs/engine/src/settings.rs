//! Settings of the call: all that comes from flags and the environment and not from the tree.

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::{fs, io};

use sha2::{Digest as _, Sha256};

use crate::known_urls::Urls;
use crate::task_source::TaskSource;
use crate::tree::hex;
use taskgraph_compat::value::Str;

/// The production instance of Taskcluster, used where the environment names none.
pub const PRODUCTION_ROOT_URL: &str = "https://firefox-ci-tc.services.mozilla.com";

/// Flags and environment, read once in the command line.
#[derive(Clone, Debug)]
pub struct Settings {
    /// `--fast`: no digests and no checks of schemas.
    pub fast: bool,
    /// Whether what each transform does to each task is kept, to be explained. It costs memory, and changes nothing.
    pub trace: bool,
    /// Whether what has to hold for a graph is verified.
    pub verify: bool,
    /// Whether the contexts of docker images are kept, and not only their digests.
    pub keep_contexts: bool,
    /// The root url of the Taskcluster instance, without a slash at the end.
    pub root_url: String,
    /// The url under which tasks reach Taskcluster with their own scopes, if the program runs in a task that may.
    pub proxy_url: Option<String>,
    /// The id of the task that the program runs in.
    pub task_id: Option<String>,
    /// The number of the run of that task, from 0.
    pub run_id: Option<u64>,
    /// Whether tasks are removed and replaced; what no worker can run is in any case.
    pub optimize: bool,
    /// The set of strategies that takes the place of what the parameter `optimize_strategies` says.
    pub optimize_strategies: Option<String>,
    /// The files that run-task consists of, if they were found.
    pub run_task: Option<RunTask>,
    /// The known answers about urls.
    pub urls: Urls,
    /// Source of earlier tasks while the graph is made. Nothing without a network.
    pub task_source: Option<Arc<dyn TaskSource>>,
    /// The folder that the Python of the tree writes artifacts into, if the graph is that of a decision.
    pub python_artifacts: Option<PathBuf>,
}

impl Default for Settings {
    fn default() -> Self {
        Settings {
            fast: false,
            trace: false,
            verify: true,
            keep_contexts: false,
            root_url: PRODUCTION_ROOT_URL.into(),
            proxy_url: None,
            task_id: None,
            run_id: None,
            optimize: true,
            optimize_strategies: None,
            run_task: None,
            urls: Urls::default(),
            task_source: None,
            python_artifacts: None,
        }
    }
}

/// The files that Taskgraph brings into images and tasks.
#[derive(Clone, Debug)]
pub struct RunTask {
    /// Name and path of each.
    pub files: [(&'static str, PathBuf); 4],
    /// The digest of the script, as soon as somebody has asked for it.
    digest: Arc<OnceLock<Str>>,
}

impl RunTask {
    /// All of them in one folder, as Taskgraph keeps them.
    pub fn in_directory(directory: &Path) -> Self {
        let file = |name: &'static str| (name, directory.join(name));
        RunTask::of([file("run-task"), file("fetch-content"), file("hgrc"), file("robustcheckout.py")])
    }

    /// The folder of these files in Taskgraph's images.
    pub fn in_image() -> Self {
        RunTask::of([
            ("run-task", "/usr/local/bin/run-task".into()),
            ("fetch-content", "/usr/local/bin/fetch-content".into()),
            ("hgrc", "/etc/mercurial/hgrc.d/mozilla.rc".into()),
            ("robustcheckout.py", "/usr/local/mercurial/robustcheckout.py".into()),
        ])
    }

    fn of(files: [(&'static str, PathBuf); 4]) -> Self {
        RunTask { files, digest: Arc::default() }
    }

    /// The script itself.
    pub fn script(&self) -> &Path {
        &self.files[0].1
    }

    /// The SHA-256 of the script, in hex. It is read once.
    pub fn digest(&self) -> io::Result<Str> {
        if let Some(known) = self.digest.get() {
            return Ok(known.clone());
        }
        let digest: Str = hex(&Sha256::digest(fs::read(self.script())?)).into();
        Ok(self.digest.get_or_init(|| digest).clone())
    }

    /// The first file that is not there.
    pub fn missing(&self) -> Option<&'static str> {
        self.files.iter().find(|(_, path)| !path.is_file()).map(|(name, _)| *name)
    }
}
