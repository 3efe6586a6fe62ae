//! How the program was called: everything that comes from flags and the environment and not from the tree.

use std::path::PathBuf;

/// The production instance of Taskcluster, used where the environment names none.
pub const PRODUCTION_ROOT_URL: &str = "https://firefox-ci-tc.services.mozilla.com";

/// Flags and environment, read once in the command line.
#[derive(Clone, Debug)]
pub struct Settings {
    /// `--fast`: no digests and no checks of shapes.
    pub fast: bool,
    /// The root url of the Taskcluster instance, without a slash at the end.
    pub root_url: String,
    /// The id of the task that the program runs in.
    pub task_id: Option<String>,
    /// The directory with `run-task`, `fetch-content`, `hgrc` and `robustcheckout.py`, if one was found.
    pub run_task_dir: Option<PathBuf>,
}

impl Default for Settings {
    fn default() -> Self {
        Settings { fast: false, root_url: PRODUCTION_ROOT_URL.into(), task_id: None, run_task_dir: None }
    }
}
